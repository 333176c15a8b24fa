"""From logits to the next token: penalties, a shortlist, and the draw.

Axes: B batch, V vocabulary, K kept tokens. Weights are probabilities that need not sum to 1.

A vocabulary holds thousands of tokens, and only a few of them can be meant: so tokens that are out
of the question are left out before anything dear is computed.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from chatlstm.engine.api import Sampling
from chatlstm.engine.filters import Weights, filter_weights

Logits: TypeAlias = NDArray[np.floating]

RECENT_TOKENS = 64
COLDEST = 1e-6  # a lower temperature draws the same, and in the end overflows
LEAST_WEIGHT = 1e-30  # of the best token's; nothing below it is ever drawn
ROUNDING = 1e-4  # what a weight's logarithm may be off


def choose_tokens(
    logits: Logits, generated: Sequence[Sequence[int]], sampling: Sampling, random: np.random.Generator
) -> NDArray[np.int64]:
    """Filter the logits and draw one token a row.

    Args:
        logits: Unnormalised log-probabilities in nats, shape ``(B, V)``; each row has a finite one.
        generated: What each row has drawn so far, B sequences.
        sampling: Which filters act; temperature 0 takes the most probable token.
        random: Where chance comes from.

    Returns:
        Token ids, shape ``(B,)``.

    Example:
        >>> choose_tokens(np.array([[0.0, 1.0]]), [[]], Sampling(temperature=0), np.random.default_rng(1))
        array([1])
    """
    if sampling.repetition_penalty > 1:
        logits = penalise_repetition(logits, generated, sampling.repetition_penalty)
    if sampling.no_repeat_ngram:
        logits = ban_repeated_ngrams(logits, generated, sampling.no_repeat_ngram)
    if sampling.temperature == 0:
        best: NDArray[np.int64] = logits.argmax(1)
        return best
    rows, tokens, weights = keep_candidates(logits, sampling)
    return tokens[draw_places(rows, weights, random.random(len(logits)))]


def keep_candidates(
    logits: Logits, sampling: Sampling
) -> tuple[NDArray[np.int64], NDArray[np.int64], Weights]:
    """Apply temperature and filters.

    Args:
        logits: Shape ``(B, V)``; each row has a finite one.
        sampling: Which filters act; its temperature is not 0.

    Returns:
        Row, token id and weight of each token that is kept, ``(K,)`` each, row by row.

    Example:
        >>> rows, tokens, weights = keep_candidates(np.log([[0.1, 0.6, 0.3]]), Sampling(top_k=2))
        >>> tokens.tolist(), weights.round(2).tolist()
        ([1, 2], [1.0, 0.5])
    """
    rows, tokens, weights, totals = _shortlist(logits, sampling)
    if not sampling.top_k and sampling.nucleus == sampling.typical == 1:
        return rows, tokens, weights
    ends = rows.searchsorted(np.arange(len(logits) + 1))
    spans = [slice(*span) for span in pairwise(ends)]
    kept = [filter_weights(weights[span], sampling, total) for span, total in zip(spans, totals, strict=True)]
    mask = np.concatenate(kept)
    return rows[mask], tokens[mask], weights[mask]


def _shortlist(
    logits: Logits, sampling: Sampling
) -> tuple[NDArray[np.int64], NDArray[np.int64], Weights, Weights]:
    """Leave out what no filter would keep.

    Returns:
        Row, token id and weight of each token that may be kept, ``(K,)`` each and row by row, the
        best token of a row weighing 1; and what all tokens of each row weigh, ``(B,)``, where a
        filter asks for it.
    """
    size, temperature = logits.shape[1], max(sampling.temperature, COLDEST)
    highest = logits.max(1)
    least, totals = math.log(LEAST_WEIGHT), np.ones(len(logits))
    floors: Logits | float = least
    if 0 < sampling.top_k < size:
        floors = (np.partition(logits, -sampling.top_k, axis=1)[:, -sampling.top_k] - highest) / temperature
        floors = np.maximum(floors - ROUNDING, least)
    elif sampling.nucleus < 1:
        totals = np.exp((logits - highest[:, None]) / temperature).sum(1, dtype=np.float64)
        floors = np.log(totals * (1 - sampling.nucleus) / size)  # all below weigh less than what may be left out
    elif sampling.min_p > 0:
        floors = math.log(sampling.min_p)
    places = np.flatnonzero(logits >= (highest + temperature * floors)[:, None])
    rows, tokens = np.divmod(places, size)
    shifted = (logits.ravel()[places] - highest[rows]) / temperature
    return rows, tokens, np.exp(shifted).astype(np.float64), totals


def draw_places(rows: NDArray[np.int64], weights: Weights, chances: Weights) -> NDArray[np.int64]:
    """Draw one place a row, each as often as its weight says.

    Args:
        rows: To which row each place belongs, ascending, shape ``(K,)``; every row has a place.
        weights: Shape ``(K,)``, ``> 0``.
        chances: Uniform in ``[0, 1)``, one a row, shape ``(B,)``.

    Returns:
        Indices into ``weights``, shape ``(B,)``.

    Example:
        >>> draw_places(np.array([0, 0, 1]), np.array([1.0, 3.0, 0.1]), np.array([0.3, 0.9]))
        array([1, 2])
    """
    sums = weights.cumsum()
    ends = rows.searchsorted(np.arange(len(chances)), side="right")
    upto = sums[ends - 1]
    before = np.concatenate([[0.0], upto[:-1]])
    # rounding can carry a place beyond the end
    drawn: NDArray[np.int64] = np.minimum(sums.searchsorted(before + chances * (upto - before), side="right"), ends - 1)
    return drawn


def penalise_repetition(logits: Logits, generated: Sequence[Sequence[int]], penalty: float) -> Logits:
    """Make tokens among a row's last 64 less probable.

    Args:
        logits: Shape ``(B, V)``.
        generated: What each row has drawn so far.
        penalty: Divides positive logits and multiplies negative ones, ``>= 1``.

    Returns:
        New logits of the same shape.

    Source:
        Keskar et al. 2019, section 4.1, arXiv:1909.05858.

    Example:
        >>> penalise_repetition(np.array([[2.0, -2.0, 1.0]]), [[0, 1]], penalty=2.0)
        array([[ 1., -4.,  1.]])
    """
    logits = logits.copy()
    for row, drawn in zip(logits, generated, strict=True):
        recent = list(set(drawn[-RECENT_TOKENS:]))
        picked = row[recent]
        row[recent] = np.where(picked > 0, picked / penalty, picked * penalty)
    return logits


def ban_repeated_ngrams(logits: Logits, generated: Sequence[Sequence[int]], size: int) -> Logits:
    """Mask the tokens that would repeat a run of ``size`` tokens within a row.

    A row all of whose tokens would be masked is left as it is.

    Args:
        logits: Shape ``(B, V)``.
        generated: What each row has drawn so far.
        size: Length of the run, ``>= 1``.

    Returns:
        Logits of the same shape, new ones where something is masked.

    Source:
        Paulus et al. 2017, section 2.5, arXiv:1705.04304.

    Example:
        >>> ban_repeated_ngrams(np.zeros((1, 3)), [[1, 2, 1]], size=2)
        array([[  0.,   0., -inf]])
    """
    banned = [list(_list_repeating(drawn, size)) for drawn in generated]
    if not any(banned):
        return logits
    masked = logits.copy()
    for row, tokens in zip(masked, banned, strict=True):
        before = row[tokens]
        row[tokens] = -np.inf
        if row.max() == -np.inf:
            row[tokens] = before
    return masked


def _list_repeating(drawn: Sequence[int], size: int) -> Iterator[int]:
    """List the tokens that followed earlier occurrences of the last ``size - 1`` tokens."""
    if size == 1 or len(drawn) < size:
        yield from drawn if size == 1 else ()
        return
    *before, last = drawn[1 - size :]
    place = size - 2
    with suppress(ValueError):  # there is no further one
        while True:
            place = drawn.index(last, place, len(drawn) - 1) + 1
            if list(drawn[place - size + 1 : place - 1]) == before:
                yield drawn[place]


def sum_powers(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the logarithm of the sum of each row's powers, shape ``(B,)``: what logits are short of nats.

    Example:
        >>> sum_powers(np.log(np.array([[0.5, 1.5]], np.float32))).round(4)
        array([0.6931], dtype=float32)
    """
    highest = logits.max(1, keepdims=True)
    shifted = logits - highest
    totals: NDArray[np.float32] = np.log(np.exp(shifted, out=shifted).sum(1)) + highest[:, 0]
    return totals

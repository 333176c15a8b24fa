"""From logits to the next token: filters, each a pure function, and the draw.

Axes: B batch, V vocabulary. Probabilities need not sum to 1: what matters is their ratio.
"""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from chatlstm.engine.api import Sampling

Rows: TypeAlias = NDArray[np.floating]

RECENT_TOKENS = 64
COLDEST = 1e-6  # a lower temperature draws the same, and in the end overflows


def choose_tokens(
    logits: Rows, generated: Sequence[Sequence[int]], sampling: Sampling, random: np.random.Generator
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
    probabilities = np.exp((logits - logits.max(1, keepdims=True)) / max(sampling.temperature, COLDEST))
    if sampling.top_k:
        probabilities = keep_top_k(probabilities, sampling.top_k)
    if sampling.nucleus < 1:
        probabilities = keep_nucleus(probabilities, sampling.nucleus)
    if sampling.min_p > 0:
        probabilities = keep_min_p(probabilities, sampling.min_p)
    if sampling.typical < 1:
        probabilities = keep_typical(probabilities, sampling.typical)
    return draw_tokens(probabilities, random)


def draw_tokens(probabilities: Rows, random: np.random.Generator) -> NDArray[np.int64]:
    """Draw one token a row, each as often as it is probable.

    Args:
        probabilities: Shape ``(B, V)``, ``>= 0``; each row has a positive one.
        random: Where chance comes from.

    Returns:
        Token ids, shape ``(B,)``.

    Example:
        >>> draw_tokens(np.array([[0.0, 0.2, 0.0]]), np.random.default_rng(1))
        array([1])
    """
    chosen = np.empty(len(probabilities), np.int64)
    for place, (row, chance) in enumerate(zip(probabilities, random.random(len(probabilities)), strict=True)):
        kept = np.flatnonzero(row)  # most often a few, so that only these are summed
        sums = row[kept].cumsum(dtype=np.float64)
        # rounding can carry the last place beyond the end
        chosen[place] = kept[min(int(sums.searchsorted(chance * sums[-1], side="right")), len(kept) - 1)]
    return chosen


def penalise_repetition(logits: Rows, generated: Sequence[Sequence[int]], penalty: float) -> Rows:
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


def ban_repeated_ngrams(logits: Rows, generated: Sequence[Sequence[int]], size: int) -> Rows:
    """Mask the tokens that would repeat a run of ``size`` tokens within a row.

    A row all of whose tokens would be masked is left as it is.

    Args:
        logits: Shape ``(B, V)``.
        generated: What each row has drawn so far.
        size: Length of the run, ``>= 1``.

    Returns:
        New logits of the same shape.

    Source:
        Paulus et al. 2017, section 2.5, arXiv:1705.04304.

    Example:
        >>> ban_repeated_ngrams(np.zeros((1, 3)), [[1, 2, 1]], size=2)
        array([[  0.,   0., -inf]])
    """
    logits = logits.copy()
    for row, drawn in zip(logits, generated, strict=True):
        banned = list(_list_repeating(drawn, size))
        if banned:
            before = row[banned]
            row[banned] = -np.inf
            if row.max() == -np.inf:
                row[banned] = before
    return logits


def keep_top_k(probabilities: Rows, count: int) -> Rows:
    """Keep the ``count`` most probable tokens; among equals the lower token ids stay.

    Args:
        probabilities: Shape ``(B, V)``, ``>= 0``.
        count: ``>= 1``; at V or more nothing is dropped.

    Returns:
        New probabilities of the same shape, 0 where a token is dropped.

    Source:
        Fan et al. 2018, section 5.1, arXiv:1805.04833.

    Example:
        >>> keep_top_k(np.array([[0.4, 0.4, 0.2]]), count=1)
        array([[0.4, 0. , 0. ]])
    """
    ordered = np.sort(probabilities, axis=1)[:, ::-1]
    return _keep_largest(probabilities, ordered, np.full(len(probabilities), min(count, ordered.shape[1])))


def keep_nucleus(probabilities: Rows, mass: float) -> Rows:
    """Keep the nucleus, the smallest set of tokens that holds ``mass``.

    Among equals the lower token id is kept, so that ties fall alike everywhere.

    Args:
        probabilities: Shape ``(B, V)``, ``>= 0``.
        mass: Share to keep, dimensionless, ``0 < mass <= 1``. At 1 nothing is dropped.

    Returns:
        New probabilities of the same shape, 0 outside the nucleus; a row with a positive one
        keeps at least one.

    Raises:
        ValueError: ``mass`` is outside its range.

    Source:
        Holtzman et al. 2020, section 3.1, arXiv:1904.09751.

    Example:
        >>> keep_nucleus(np.array([[0.5, 0.3, 0.2]]), mass=0.7)
        array([[0.5, 0.3, 0. ]])
    """
    if not 0 < mass <= 1:
        raise ValueError(f"mass must be in (0, 1], got {mass}")
    if mass == 1:
        return probabilities.copy()
    ordered = np.sort(probabilities, axis=1)[:, ::-1]
    return _keep_largest(probabilities, ordered, _count_for(ordered, mass))


def keep_min_p(probabilities: Rows, share: float) -> Rows:
    """Drop the tokens less probable than ``share`` of the most probable one.

    Args:
        probabilities: Shape ``(B, V)``, ``>= 0``.
        share: ``0 <= share < 1``.

    Returns:
        New probabilities of the same shape, 0 where a token is dropped.

    Source:
        Nguyen et al. 2024, section 3, arXiv:2407.01082.

    Example:
        >>> keep_min_p(np.array([[0.6, 0.3, 0.1]]), share=0.4)
        array([[0.6, 0.3, 0. ]])
    """
    least = probabilities.max(1, keepdims=True) * share  # (B, 1)
    kept: Rows = probabilities * (probabilities >= least)
    return kept


def keep_typical(probabilities: Rows, mass: float) -> Rows:
    """Keep the tokens whose surprise is closest to the expected one, up to ``mass``.

    Args:
        probabilities: Shape ``(B, V)``, ``>= 0``.
        mass: Share to keep, ``0 < mass <= 1``.

    Returns:
        New probabilities of the same shape, 0 where a token is dropped; at least one a row stays.

    Source:
        Meister et al. 2023, section 3, arXiv:2202.00666.

    Example:
        >>> keep_typical(np.array([[0.6, 0.3, 0.1]]), mass=0.2)
        array([[0. , 0.3, 0. ]])
    """
    shares = probabilities / probabilities.sum(1, keepdims=True)
    with np.errstate(divide="ignore"):
        surprise = -np.log(shares)
    expected = np.multiply(shares, surprise, where=shares > 0, out=np.zeros_like(shares)).sum(1, keepdims=True)
    order = np.abs(surprise - expected).argsort(axis=1, kind="stable")
    kept = np.arange(shares.shape[1]) < _count_for(np.take_along_axis(shares, order, 1), mass)[:, None]
    mask = np.zeros_like(kept)
    np.put_along_axis(mask, order, kept, 1)
    typical: Rows = probabilities * mask
    return typical


def _list_repeating(drawn: Sequence[int], size: int) -> Iterator[int]:
    """List the tokens that followed earlier occurrences of the last ``size - 1`` tokens."""
    tail = list(drawn[len(drawn) - size + 1 :])
    for end in range(size - 1, len(drawn)):
        if (size == 1 or drawn[end - 1] == tail[-1]) and list(drawn[end - size + 1 : end]) == tail:
            yield drawn[end]


def _count_for(ordered: Rows, mass: float) -> NDArray[np.int64]:
    """Count, a row, the first tokens that hold a share of all, shape ``(B,)``; at least one."""
    sums = ordered.cumsum(axis=1, dtype=np.float64)
    counts: NDArray[np.int64] = (sums[:, :-1] < mass * sums[:, -1:]).sum(1) + 1
    return counts


def _keep_largest(probabilities: Rows, ordered: Rows, counts: NDArray[np.int64]) -> Rows:
    """Keep so many of each row's largest; ``ordered`` holds the same values, the largest first."""
    least = np.take_along_axis(ordered, counts[:, None] - 1, 1)  # (B, 1)
    mask = probabilities >= least
    for row in np.flatnonzero(mask.sum(1) > counts):
        equals = np.flatnonzero(probabilities[row] == least[row])
        mask[row, equals[counts[row] - (probabilities[row] > least[row]).sum() :]] = False
    largest: Rows = probabilities * mask
    return largest

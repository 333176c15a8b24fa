"""A model of runs of tokens, by counting alone: what a network must at least beat; no torch here.

Axes: N tokens, R different runs of one length, C different contexts, V vocabulary.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chatlstm.engine.corpus import lay_out_records
from chatlstm.engine.held_out import HeldOut
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import END, Tokenizer

ORDER = 4  # tokens of the longest runs; four of 16 bits each fill a number of 64
BATCH = 1_000  # records cut into tokens at once

Numbers = NDArray[np.uint64]


class Ngrams:
    """Predicts a token from the three before it, by interpolated Kneser-Ney smoothing.

    Of each length of run one discount is taken, n1 / (n1 + 2 n2), from how many runs were seen once and
    twice; the shortest are interpolated with equal chances for all of the vocabulary.

    Args:
        token_ids: What to count, shape ``(N,)``, at least one, each below ``vocabulary_size``.
        vocabulary_size: Tokens there are, ``<= 65536``.
        order: Tokens of the longest runs, 1 to 4.

    Raises:
        ValueError: ``token_ids`` is empty.

    Source:
        Chen and Goodman 1999, "An empirical study of smoothing techniques for language modeling",
        section 2.7; the discount of Ney, Essen and Kneser 1994.

    Example:
        >>> ngrams = Ngrams(np.array([5, 6, 7, 5, 6, 7, 5, 6]), vocabulary_size=10)
        >>> seen, unseen = ngrams.predict(np.array([5, 6, 7]))[-1], ngrams.predict(np.array([5, 6, 9]))[-1]
        >>> bool(seen > 0.5 > unseen > 0)
        True
    """

    def __init__(self, token_ids: NDArray[np.integer], *, vocabulary_size: int, order: int = ORDER) -> None:
        if not len(token_ids):
            raise ValueError("n-grams need at least one token to count, got none")
        self._base = np.uint64(vocabulary_size)
        self._order = order
        runs, counts = np.unique(self._pack(token_ids, order), return_counts=True)
        levels = [_Level.count(runs, counts, self._base)]
        for length in range(order - 1, 0, -1):
            # a shorter run counts the different tokens before it, not how often it stands
            runs, counts = np.unique(runs % self._base ** np.uint64(length), return_counts=True)
            levels.append(_Level.count(runs, counts, self._base))
        self._levels = levels[::-1]

    def predict(self, token_ids: NDArray[np.integer]) -> NDArray[np.float64]:
        """Give the probability of each token after those before it, the first after ``END``.

        Args:
            token_ids: A text, shape ``(N,)``.

        Returns:
            Shape ``(N,)``, each above 0.
        """
        probabilities = np.full(len(token_ids), 1 / float(self._base))
        for length, level in enumerate(self._levels, start=1):
            probabilities = level.interpolate(self._pack(token_ids, length), self._base, probabilities)
        return probabilities

    def _pack(self, token_ids: NDArray[np.integer], length: int) -> Numbers:
        """Write the run that ends at each token as one number, shape ``(N,)``."""
        padded = np.concatenate([np.full(length - 1, END, np.uint64), token_ids.astype(np.uint64)])
        packed = np.zeros(len(token_ids), np.uint64)
        for place in range(length):
            packed = packed * self._base + padded[place : place + len(token_ids)]
        return packed


@dataclass(frozen=True)
class _Level:
    """The runs of one length.

    Args:
        runs: In ascending order, shape ``(R,)``.
        counts: Of each, shape ``(R,)``.
        contexts: The runs without their last token, in ascending order, shape ``(C,)``.
        totals: Counts of each context's runs together, shape ``(C,)``.
        kinds: How many different runs each context has, shape ``(C,)``.
        discount: Taken from each count, above 0.
    """

    runs: Numbers
    counts: NDArray[np.int64]
    contexts: Numbers
    totals: NDArray[np.int64]
    kinds: NDArray[np.int64]
    discount: float

    @classmethod
    def count(cls, runs: Numbers, counts: NDArray[np.int64], base: np.uint64) -> "_Level":
        contexts, starts, kinds = np.unique(runs // base, return_index=True, return_counts=True)
        once, twice = int((counts == 1).sum()), int((counts == 2).sum())
        # where no run stands once, something is left for runs that were never seen all the same
        discount = max(once, 1) / max(once + 2 * twice, 2)
        return cls(runs, counts, contexts, np.add.reduceat(counts, starts), kinds, discount)

    def interpolate(
        self, runs: Numbers, base: np.uint64, shorter: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Give the probability of each run's last token, from those that shorter runs gave; all of shape ``(N,)``."""
        counts = _look_up(runs, self.runs, self.counts)
        totals = _look_up(runs // base, self.contexts, self.totals)
        left = self.discount * _look_up(runs // base, self.contexts, self.kinds) * shorter
        known = (np.maximum(counts - self.discount, 0) + left) / np.maximum(totals, 1)
        return np.where(totals > 0, known, shorter)


def measure_ngrams(training: Sequence[Record], held_out: Sequence[Record], tokenizer: Tokenizer) -> HeldOut:
    """Count the runs of some records, and predict every token of others from them.

    Args:
        training: What to count, at least one.
        held_out: What to predict, at least one.
        tokenizer: Cuts both.

    Returns:
        Totals over ``held_out``, to stand beside those of a network with this tokenizer.
    """
    ngrams = Ngrams(_cut(training, tokenizer), vocabulary_size=tokenizer.vocabulary_size)
    probabilities = ngrams.predict(_cut(held_out, tokenizer))
    size = sum(len(turn.encode()) for record in held_out for turn in record.turns)
    return HeldOut(-math.fsum(np.log(probabilities)), len(probabilities), size)


def _cut(records: Sequence[Record], tokenizer: Tokenizer) -> NDArray[np.uint16]:
    starts = range(0, len(records), BATCH)
    return np.concatenate([lay_out_records(records[start : start + BATCH], tokenizer).tokens for start in starts])


def _look_up(wanted: Numbers, known: Numbers, values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the value of each number that is known, and 0 for the others."""
    places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[places] == wanted, values[places], 0)

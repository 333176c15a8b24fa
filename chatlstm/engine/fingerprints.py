"""Fingerprints of a text: few of its runs of words, such that whoever copies a passage has one too; no torch here.

Axes: N places in pieces of text laid end to end; P pieces; F fingerprints; W windows; B buckets.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from chatlstm.engine.copying import RUN, Windows, scatter_numbers

CHANCE = 2.0**-16
"""That a fingerprint which is not in a set is found there all the same, about."""


@dataclass(frozen=True)
class Fingerprints:
    """The runs of some pieces of text, each as a number.

    Args:
        numbers: Of each run, the same for the same words, shape ``(F,)``.
        starts: The place where each begins, shape ``(F,)``.
        lengths: Its words, shape ``(F,)``.
        chosen: Whether it is one of the few that stand for the text, shape ``(F,)``.
    """

    numbers: NDArray[np.uint64]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    chosen: NDArray[np.bool_]


@dataclass(frozen=True)
class Choice:
    """Which runs stand for a text.

    Args:
        window: Of so many runs of eight in a row one is chosen, 1 to 8: whatever ``span`` words two pieces share,
            they share one that is chosen in both.
        least: A piece of fewer than eight words, but so many, is chosen whole.

    Raises:
        ValueError: ``window`` or ``least`` is outside its range.

    Example:
        >>> Choice(window=5, least=3).span
        12
    """

    window: int
    least: int

    def __post_init__(self) -> None:
        if not 1 <= self.window <= RUN:
            raise ValueError(f"window must be 1 to {RUN}, got {self.window}")
        if self.least < 1:
            raise ValueError(f"least must be at least 1, got {self.least}")

    @property
    def span(self) -> int:
        """Words of which a fingerprint is sure to be chosen."""
        return RUN + self.window - 1


def take_fingerprints(words: NDArray[np.int64], lengths: NDArray[np.int64], choice: Choice) -> Fingerprints:
    """Number all runs of eight words of some pieces, and the short pieces, and choose the few that stand for them.

    Args:
        words: A number for each word, the pieces laid end to end, shape ``(N,)``.
        lengths: Words of each piece, shape ``(P,)``, their sum N.
        choice: Which are chosen.

    Returns:
        The runs of eight in order, then the pieces of fewer words, all of which are chosen.

    Source:
        Schleimer et al. 2003, "Winnowing: Local Algorithms for Document Fingerprinting", for what is sure to be
        found; Groot Koerkamp and Pibiri 2024, "The mod-minimizer", for choosing fewer of them.

    Example:
        >>> found = take_fingerprints(np.arange(20), np.array([16, 4]), Choice(window=4, least=3))
        >>> found.lengths.tolist(), found.starts.tolist()[-1]
        ([8, 8, 8, 8, 8, 8, 8, 8, 8, 4], 16)
    """
    whole = np.repeat(lengths, lengths)  # (N,) words of the piece
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(words))  # (N,) of them from here on
    windows = Windows(words)
    places = np.flatnonzero(left >= RUN)
    runs = [(windows.number(RUN)[places], places, np.isin(places, _choose_places(windows, left, whole, choice)))]
    for length in range(choice.least, RUN):
        places = np.flatnonzero((whole == length) & (left == length))
        runs.append((windows.number(length)[places], places, np.ones(len(places), np.bool_)))
    numbers, starts, chosen = (np.concatenate(parts) for parts in zip(*runs, strict=True))
    # the last bits of a polynomial's value hang on the last bits of its members alone
    return Fingerprints(scatter_numbers(numbers), starts, np.minimum(whole[starts], RUN), chosen)


def _choose_places(
    windows: Windows, left: NDArray[np.int64], whole: NDArray[np.int64], choice: Choice
) -> NDArray[np.int64]:
    """Choose in each window of ``span`` words where a run of eight begins; a shorter piece is a window of its own."""
    size = RUN % choice.window or choice.window
    order = scatter_numbers(windows.number(size))
    starts = np.flatnonzero((left >= choice.span) | ((left == whole) & (whole >= RUN)))
    steps = np.arange(choice.span - size + 1)
    places = starts[:, None] + steps  # (W, span - size + 1)
    outside = steps > left[starts, None] - size
    ranked = np.where(outside, np.uint64(2**64 - 1), order[np.minimum(places, len(order) - 1)])
    return np.unique(starts + np.minimum(ranked.argmin(1) % choice.window, left[starts] - RUN))


class FingerprintSet:
    """A set of fingerprints that takes 18 bits for each: it may hold another one by a chance of ``CHANCE``.

    The first bits of a fingerprint name one of as many buckets as there are fingerprints, its last 16 are kept.

    Args:
        buckets: For each bucket a 1 for each fingerprint in it and then a 0, as bits, shape ``(ceil((F + B) / 8),)``.
        remainders: The last 16 bits of each, in the order of the buckets, shape ``(F,)``.

    Raises:
        ValueError: The two do not belong together.

    Source:
        Elias 1974, "Efficient Storage and Retrieval by Content and Address of Static Files"; Cleary 1984, "Compact
        Hash Tables Using Bidirectional Linear Probing", for keeping the remainder alone.

    Example:
        >>> held = FingerprintSet.pack(np.array([7, 2**63 + 1], np.uint64))
        >>> held.contains(np.array([2**63 + 1, 8], np.uint64)).tolist()
        [True, False]
    """

    def __init__(self, buckets: NDArray[np.uint8], remainders: NDArray[np.uint16]) -> None:
        size = 2 * len(remainders)
        if buckets.dtype != np.uint8 or remainders.dtype != np.uint16 or len(buckets) != -(-size // 8):
            raise ValueError(f"{len(buckets)} bytes of buckets do not fit {len(remainders)} fingerprints")
        self.buckets = buckets
        self.remainders = remainders

    @classmethod
    def pack(cls, numbers: NDArray[np.uint64]) -> "FingerprintSet":
        """Make the set of some fingerprints, in any order."""
        count = len(np.unique(numbers))
        buckets, remainders = _part(np.unique(numbers), count)
        order = np.lexsort((remainders, buckets))
        bits = np.zeros(2 * count, np.uint8)
        bits[buckets[order] + np.arange(count)] = 1  # as many 0s before it as buckets
        return cls(np.packbits(bits), remainders[order])

    def __len__(self) -> int:
        return len(self.remainders)

    def contains(self, numbers: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Tell which fingerprints are in the set, shape ``(F,)``."""
        buckets, remainders = _part(numbers, len(self))
        found = np.zeros(len(numbers), np.bool_)
        if not len(self):
            return found
        places, ends = self._ends[buckets], self._ends[buckets + 1]
        while (open_ := places < ends).any():
            found |= open_ & (self.remainders[np.minimum(places, len(self) - 1)] == remainders)
            places = places + 1
        return found

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        """How many fingerprints lie before each bucket and behind the last, shape ``(B + 1,)``."""
        bits = np.unpackbits(self.buckets, count=2 * len(self))
        zeros = np.flatnonzero(bits == 0)
        if len(zeros) != len(self):
            raise ValueError("the buckets do not hold as many fingerprints as there are")
        return np.concatenate([[0], zeros - np.arange(len(zeros))])


def _part(numbers: NDArray[np.uint64], count: int) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
    """Give the bucket of each fingerprint among ``count``, and its last bits."""
    buckets = (numbers >> np.uint64(32)) * np.uint64(count) >> np.uint64(32)
    return buckets.astype(np.int64), (numbers & np.uint64(0xFFFF)).astype(np.uint16)

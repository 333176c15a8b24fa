"""How much of what a model writes stands word for word in its training text; no torch here.

Axes: N places in the texts, laid end to end; P places in a stretch of the training text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chatlstm.engine.corpus import release_mapped

RUN = 8  # shorter runs are phrases of the language
STRETCH = 1 << 18  # places read at once
_BASE = 0x9E3779B97F4A7C15  # odd, so that 64 bits hold an inverse


@dataclass(frozen=True)
class Copied:
    """What was found of some texts in a training text.

    Args:
        share: Of all runs of eight tokens in the texts, those that stand in the training text, 0 to 1.
        longest: Tokens of the longest run that does.
    """

    share: float
    longest: int


class Copies:
    """Some texts, looked for in a training text that is read a stretch at a time.

    Args:
        texts: What each text is made of, tokens or words, as numbers from 0 on; no run goes from one
            into the next.

    Example:
        >>> copies = Copies([[1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 4]])
        >>> copies.read(np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 0]))
        >>> copies.longest, copies.list_shares()
        (8, [0.5])
    """

    def __init__(self, texts: Sequence[Sequence[int]]) -> None:
        lengths = [len(text) for text in texts]
        self._windows = Windows(np.array([number for text in texts for number in text], np.int64))
        self._texts = len(texts)
        self._text = np.repeat(np.arange(len(texts)), lengths)  # (N,)
        self._left = np.repeat(np.cumsum(lengths), lengths) - np.arange(sum(lengths))  # (N,), of its text
        self._runs = self._list_numbers(RUN)
        self._found = np.zeros(len(self._runs), np.bool_)
        self.longest = 0
        """Of how many tokens or words the longest run is that was found so far."""

    def read(self, training: NDArray[np.integer]) -> None:
        """Look for the texts in a stretch of the training text.

        Args:
            training: Numbers, shape ``(P,)``; those that no text holds may be negative.
        """
        windows = Windows(training)
        self._found |= _contains(windows.number(RUN), self._runs)
        step = 1
        while step:  # longer by twice as much each time, until that is too long
            longer = self.longest + step
            if _contains(windows.number(longer), self._list_numbers(longer)).any():
                self.longest, step = longer, 2 * step
            else:
                step //= 2

    def list_shares(self) -> list[float]:
        """Give of each text of eight and more the share of its runs of eight that were found."""
        copied, runs = self._count()
        return [int(found) / int(count) for found, count in zip(copied, runs, strict=True) if count]

    def sum_up(self) -> Copied:
        """Tell what was found of all texts together."""
        copied, runs = self._count()
        return Copied(int(copied.sum()) / max(int(runs.sum()), 1), self.longest)

    def _list_numbers(self, length: int) -> NDArray[np.uint64]:
        """Give the numbers of the different runs of a length, in ascending order."""
        numbers = self._windows.number(length)
        return np.unique(numbers[self._left[: len(numbers)] >= length])

    def _count(self) -> NDArray[np.int64]:
        """Count the runs of eight of each text that were found, and all of them, shape ``(2, texts)``."""
        numbers = self._windows.number(RUN)
        whole = self._left[: len(numbers)] >= RUN
        of_text = self._text[: len(numbers)][whole]
        found = self._found[np.searchsorted(self._runs, numbers[whole])]
        counts = [np.bincount(part, minlength=self._texts) for part in (of_text[found], of_text)]
        return np.asarray(counts, np.int64)


def find_copied(texts: Sequence[Sequence[int]], training: NDArray[np.uint16]) -> Copied:
    """Look for texts in a training text.

    Args:
        texts: Token ids of each text.
        training: Token ids, shape ``(P,)``; read a stretch at a time, so it may be a memory map.

    Returns:
        How much was found.

    Example:
        >>> find_copied([[1, 2, 3, 4, 5, 6, 7, 8, 9, 50]], np.arange(20, dtype=np.uint16))
        Copied(share=0.6666666666666666, longest=9)
    """
    copies = Copies(texts)
    beyond = max(map(len, texts), default=0)  # so that a run at the end of a stretch is whole
    for start in range(0, len(training), STRETCH):
        copies.read(np.asarray(training[start : start + STRETCH + beyond]))
        release_mapped(training)
    return copies.sum_up()


class Windows:
    """Numbers the runs of a sequence, those of any length at the cost of one subtraction.

    A run's number is the value at ``_BASE`` of the polynomial of its scattered members, modulo 2 to the
    64: runs that are the same have the same one, and two others by a chance of 2 to the -60 or so.

    Args:
        members: The sequence, any whole numbers, shape ``(N,)``.

    Source:
        Karp and Rabin 1987, "Efficient randomized pattern-matching algorithms".

    Example:
        >>> numbers = Windows(np.array([1, 2, 3, 1, 2])).number(2)
        >>> bool(numbers[0] == numbers[3]), bool(numbers[0] == numbers[1])
        (True, False)
    """

    def __init__(self, members: NDArray[np.integer]) -> None:
        powers = np.cumprod(np.full(len(members), _BASE, np.uint64))
        self._inverses = np.cumprod(np.full(len(members), pow(_BASE, -1, 2**64), np.uint64))
        self._sums = np.zeros(len(members) + 1, np.uint64)
        np.cumsum(scatter_numbers(members) * powers, out=self._sums[1:])

    def number(self, length: int) -> NDArray[np.uint64]:
        """Give the number of the run that begins at each place; none where the sequence is shorter."""
        count = max(len(self._sums) - length, 0)
        return np.asarray((self._sums[length:] - self._sums[:count]) * self._inverses[:count], np.uint64)


def scatter_numbers(members: NDArray[np.integer]) -> NDArray[np.uint64]:
    """Spread numbers over 64 bits, each to its own place (the finaliser of splitmix64), shape ``(N,)``."""
    bits: NDArray[np.uint64] = members.astype(np.uint64, copy=False) + np.uint64(1)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        bits = (bits ^ (bits >> np.uint64(shift))) * np.uint64(factor)
    return bits ^ (bits >> np.uint64(31))


def _contains(numbers: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell which of ``wanted`` are among ``numbers``; sorting many is quicker than looking each up."""
    if not len(numbers):
        return np.zeros(len(wanted), np.bool_)
    ordered = np.sort(numbers)
    places = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return np.asarray(ordered[places] == wanted, np.bool_)

"""How much of what a model writes stands word for word in its training text; no torch here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chatlstm.engine.corpus import release_mapped

RUN = 8  # tokens; shorter runs are phrases of the language
HALF = RUN // 2  # of them fit into 64 bits
CHUNK_TOKENS = 1 << 20


@dataclass(frozen=True)
class Copied:
    """What was found of some texts in a training text.

    Args:
        share: Of all runs of eight tokens in the texts, those that stand in the training text, 0 to 1.
        longest: Tokens of the longest run that does; 0 where none of eight does.
    """

    share: float
    longest: int


def find_copied(texts: Sequence[Sequence[int]], training: NDArray[np.uint16]) -> Copied:
    """Look for runs of eight tokens and more in a training text.

    Args:
        texts: Token ids of each text; no run goes from one into the next.
        training: Token ids, shape ``(tokens,)``; read a piece at a time, so it may be a memory map.

    Returns:
        How much was found; nothing in texts shorter than a run.

    Example:
        >>> find_copied([[1, 2, 3, 4, 5, 6, 7, 8, 9, 50]], np.arange(20, dtype=np.uint16))
        Copied(share=0.6666666666666666, longest=9)
    """
    packed = [_pack_halves(np.array(text, np.uint16)) for text in texts if len(text) >= RUN]
    if not packed:
        return Copied(0.0, 0)
    halves = np.unique(np.concatenate(packed))
    runs = [_number_runs(halves, part) for part in packed]
    # a place that equals nothing lies between two texts
    written = np.concatenate([part for run in runs for part in (run, [-1])])
    found: set[int] = set()
    lengths = np.zeros(len(written) + 1, np.int64)  # of the run that ends at each place
    longest, before = 0, -1
    for place, number in _find_runs(halves, np.unique(written[written >= 0]), training):
        if place != before + 1:
            lengths[:] = 0
        lengths[1:] = np.where(written == number, lengths[:-1] + 1, 0)
        longest, before = max(longest, int(lengths.max())), place
        found.add(number)
    count = int((written >= 0).sum())
    share = float(np.isin(written, list(found)).sum()) / count
    return Copied(share, longest + RUN - 1 if longest else 0)


def _pack_halves(token_ids: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """Write each four tokens that follow each other as one number; no two fours have the same."""
    wide = token_ids.astype(np.uint64)
    count = len(wide) - HALF + 1
    packed = np.zeros(count, np.uint64)
    for offset in range(HALF):
        packed = (packed << np.uint64(16)) | wide[offset : offset + count]
    return packed


def _number_runs(halves: NDArray[np.uint64], packed: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Number each eight tokens by the numbers of its halves; -1 where one is none of ``halves``."""
    places = np.minimum(np.searchsorted(halves, packed), len(halves) - 1)
    numbers = np.where(halves[places] == packed, places, -1)
    first, second = numbers[:-HALF], numbers[HALF:]
    return np.where((first >= 0) & (second >= 0), first * len(halves) + second, -1)


def _find_runs(
    halves: NDArray[np.uint64], wanted: NDArray[np.int64], training: NDArray[np.uint16]
) -> Iterator[tuple[int, int]]:
    """Find runs in the training text; give each one's place and number, from the first on."""
    for start in range(0, len(training) - RUN + 1, CHUNK_TOKENS):
        chunk = np.asarray(training[start : start + CHUNK_TOKENS + RUN - 1])
        numbers = _number_runs(halves, _pack_halves(chunk))
        for place in np.flatnonzero(np.isin(numbers, wanted)):
            yield start + int(place), int(numbers[place])
        release_mapped(training)

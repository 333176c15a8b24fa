"""Lines of the training text, in a filter that is small enough to ship: no poem repeats one.

It is a Bloom filter: every line that was put in is known again, and of other lines one in a hundred
or so is taken for known, which costs a good line now and then and never lets a copy through.

Axes: N lines.
"""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

BITS_PER_LINE = 10
PROBES = 7  # ln 2 times the bits a line: the fewest mistakes
SHORTEST = 3  # characters; two are a word and not a line
_START, _PRIME = 0xCBF29CE484222325, 0x100000001B3
_MIX = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
_WORD = 2**64 - 1

Numbers: TypeAlias = NDArray[np.uint64]


class KnownLines:
    """A set of lines that only ever errs by taking a new line for a known one.

    Args:
        bits: Its table, packed, of ``uint8``; not empty.

    Source:
        Bloom 1970, "Space/Time Trade-offs in Hash Coding with Allowable Errors"; two hashes make all
        probes (Kirsch and Mitzenmacher 2006).

    Example:
        >>> known = KnownLines(fill_table(["白日依山尽"]))
        >>> "白日依山尽" in known, "白日依山行" in known
        (True, False)
    """

    def __init__(self, bits: NDArray[np.uint8]) -> None:
        self._bits = bits

    def __contains__(self, line: str) -> bool:
        """Tell whether a line is known."""
        return bool(self.find_endings(line[:-1], np.array([ord(line[-1])], np.uint64))[0])

    def find_endings(self, beginning: str, characters: Numbers) -> NDArray[np.bool_]:
        """Tell which characters would complete a beginning to a known line.

        Args:
            beginning: A line without its last character.
            characters: Code points that may end it, shape ``(N,)``.

        Returns:
            Shape ``(N,)``; none where the line would be shorter than three characters.
        """
        if len(beginning) + 1 < SHORTEST:
            return np.zeros(len(characters), np.bool_)
        first, step = _split(_add(_hash(beginning), characters))
        known = np.zeros(len(characters), np.bool_)
        alive = np.arange(len(characters))
        for probe in range(PROBES):  # each leaves half of the new lines
            places = _place(first[alive], step[alive], probe, 8 * len(self._bits))
            held = self._bits[places >> np.uint64(3)] >> (places & np.uint64(7)).astype(np.uint8) & 1
            alive = alive[held.astype(np.bool_)]
        known[alive] = True
        return known


def fill_table(lines: Iterable[str]) -> NDArray[np.uint8]:
    """Put lines into a table for ``KnownLines``; the same bytes for the same lines in any order.

    Lines of fewer than three characters are left out.
    """
    hashes = {_hash(line) for line in lines if len(line) >= SHORTEST}
    bits = np.zeros(8 * max(1, -(-BITS_PER_LINE * len(hashes) // 8)), np.bool_)
    first, step = _split(np.array(sorted(hashes), np.uint64))
    for probe in range(PROBES):
        bits[_place(first, step, probe, len(bits))] = True
    return np.packbits(bits, bitorder="little")


def write_known_lines(lines: Iterable[str], path: Path) -> None:
    """Write the table of some lines, for ``read_known_lines``.

    ``data/README.md`` tells what the shipped ones were made of.

    Args:
        lines: Without signs.
        path: Where.
    """
    path.write_bytes(fill_table(lines).tobytes())


@cache
def read_known_lines(language: str) -> KnownLines:
    """Read the lines that the shipped checkpoint of a language was trained on.

    Args:
        language: ``"en"`` or ``"zh"``.
    """
    data = files("chatlstm_poetry").joinpath("data", f"known_lines_{language}.bin").read_bytes()
    return KnownLines(np.frombuffer(data, np.uint8))


def _hash(line: str) -> int:
    value = _START
    for character in line:
        value = (value ^ ord(character)) * _PRIME & _WORD
    return value


def _add(value: int, characters: Numbers) -> Numbers:
    """Hash a line of hash ``value`` with each character behind it."""
    return (np.uint64(value) ^ characters) * np.uint64(_PRIME)


def _split(hashes: Numbers) -> tuple[Numbers, Numbers]:
    """Give where the probes of each line begin and how far they are apart, shape ``(N,)`` each."""
    mixed = (hashes ^ hashes >> np.uint64(30)) * np.uint64(_MIX[0])
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(_MIX[1])
    mixed ^= mixed >> np.uint64(31)
    return mixed >> np.uint64(32), mixed & np.uint64(2**32 - 1) | np.uint64(1)


def _place(first: Numbers, step: Numbers, probe: int, bits: int) -> Numbers:
    """Give the place of one probe of each line in a table of so many bits, shape ``(N,)``."""
    return np.remainder(first + step * np.uint64(probe), np.uint64(bits), dtype=np.uint64)

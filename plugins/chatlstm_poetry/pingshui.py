"""The rhyme book of classical verse: which tones a character has, and with which others it rhymes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Tone = Literal["平", "仄"]
Book = Literal["group", "part"]
TABLE = "pingshui.txt"


@dataclass(frozen=True)
class Reading:
    """One way to read a character.

    Args:
        tone: ``"平"``, level, or ``"仄"``, oblique: rising, departing and entering.
        group: Its group of the 106 of 平水韵; empty where it rhymes with nothing.
        part: Its part of the 19 of 词林正韵; empty likewise.
    """

    tone: Tone
    group: str
    part: str

    def key(self, book: Book) -> str:
        """Give what two readings share that rhyme: the group in 诗, the part in 词."""
        return self.group if book == "group" else self.part


@cache
def read_readings() -> Mapping[str, tuple[Reading, ...]]:
    """Read the readings of each character; a character of several counts as any of them.

    Source:
        平水韵 of 1223 and 戈载, 词林正韵, 1821; ``pingshui.txt`` says whence the table.

    Example:
        >>> read_readings()["楼"]
        (Reading(tone='平', group='尤', part='12'),)
    """
    readings: dict[str, tuple[Reading, ...]] = {}
    text = files("chatlstm_poetry").joinpath("data", TABLE).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        tone, group, part, characters = line.split(" ")
        rhymes = group != "-"
        reading = Reading("平" if tone == "平" else "仄", group if rhymes else "", part if rhymes else "")
        for character in characters:
            readings[character] = (*readings.get(character, ()), reading)
    return readings


def list_tones(character: str) -> set[Tone]:
    """List the tones of a character; none where its reading is not known.

    Example:
        >>> sorted(list_tones("看")), list_tones("A")
        (['仄', '平'], set())
    """
    return {reading.tone for reading in read_readings().get(character, ())}


def fits_tone(character: str, tone: str) -> bool:
    """Tell whether a character may be read in a tone.

    Args:
        character: One character.
        tone: ``"平"``, ``"仄"``, or ``"中"``, either.

    Example:
        >>> fits_tone("看", "平"), fits_tone("看", "仄"), fits_tone("月", "平"), fits_tone("月", "中")
        (True, True, False, True)
    """
    tones = list_tones(character)
    return bool(tones) and (tone == "中" or tone in tones)


def list_keys(character: str, tone: str, book: Book) -> set[str]:
    """List what a character rhymes by in a tone.

    Args:
        character: One character.
        tone: ``"平"``, ``"仄"`` or ``"中"``, either.
        book: ``"group"`` for 诗, ``"part"`` for 词.

    Example:
        >>> list_keys("楼", "平", "group"), list_keys("楼", "仄", "group")
        ({'尤'}, set())
    """
    readings = read_readings().get(character, ())
    return {reading.key(book) for reading in readings if tone in ("中", reading.tone)} - {""}

"""The forms of Chinese verse: of each line its length, its tones, its sign, and where it rhymes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from chatlstm.plugin import MisuseError
from chatlstm_poetry.pingshui import Book
from chatlstm_poetry.tunes import NAMES, TUNES


@dataclass(frozen=True)
class LineRule:
    """What a line must be.

    Args:
        tones: The patterns it may follow, all of one length: ``平`` level, ``仄`` oblique, ``中`` either.
        rhyme: Lines of one letter rhyme with each other; empty where the line does not rhyme.
        sign: What stands behind it.
        echo: Whether it repeats the line before it.
    """

    tones: tuple[str, ...]
    rhyme: str
    sign: str
    echo: bool = False

    @property
    def length(self) -> int:
        """Count its characters."""
        return len(self.tones[0])


@dataclass(frozen=True)
class Pattern:
    """One way to fill a form.

    Args:
        name: Of 诗 how its first line begins and whether it rhymes, of 词 the tune.
        lines: The rules of its lines.
        book: What its rhymes are judged by.
    """

    name: str
    lines: tuple[LineRule, ...]
    book: Book


SHI = ("五绝", "七绝", "五律", "七律")
CI = "词"
FORMS = (*SHI, CI)

# The four lines of regulated verse. The first character is free, the third where neither three level tones
# come to stand at the end nor one level tone alone between oblique ones (孤平); 平平仄平仄 is an old licence.
_FIVE = {
    "A": ("中仄中平仄",),
    "B": ("平平中仄平", "仄平平仄平"),
    "C": ("中平平仄仄", "平平仄平仄"),
    "D": ("中仄仄平平",),
}
_BEFORE_FIVE = {"A": "中平", "B": "中仄", "C": "中仄", "D": "中平"}
# Within a couplet tones are opposed (对), the next couplet begins as the last one ended (粘).
_OPENINGS = {"仄": (("首句不入韵", "ABCD"), ("首句入韵", "DBCD")), "平": (("首句不入韵", "CDAB"), ("首句入韵", "BDAB"))}
_CLOSINGS = {"仄": "ABCD", "平": "CDAB"}  # the second quatrain of eight lines: its first line never rhymes


def list_units(length: int) -> set[int]:
    """List where in a line words of two characters begin, counted from 0.

    Example:
        >>> sorted(list_units(7))
        [0, 2, 4, 5]
    """
    return {place for place in (*range(0, length - 3, 2), length - 3, length - 2) if place >= 0}


def list_patterns(form: str, tune: str = "") -> tuple[Pattern, ...]:
    """List the ways to fill a form.

    Args:
        form: One of ``FORMS``.
        tune: Of a 词, by any of its names.

    Raises:
        MisuseError: A form or tune that is not known; the sentence lists those that are.

    Source:
        王力, 诗词格律, 1962, chapters 2 and 3.

    Example:
        >>> [pattern.name for pattern in list_patterns("五绝")][:2]
        ['仄起首句不入韵', '仄起首句入韵']
        >>> [rule.length for rule in list_patterns("词", "忆江南")[0].lines]
        [3, 5, 7, 7, 5]
    """
    if form in SHI:
        return _list_shi()[form]
    if form != CI:
        raise MisuseError(f"no Chinese form '{form}'; known: {', '.join(FORMS)}")
    name = NAMES.get(tune, tune)
    if name not in TUNES:
        raise MisuseError(f"no tune '{tune}'; known: {', '.join((*TUNES, *NAMES))}")
    return (_read_tune(name),)


@cache
def _list_shi() -> Mapping[str, tuple[Pattern, ...]]:
    return {form: tuple(_list_regulated(5 if form[0] == "五" else 7, form[1] == "律")) for form in SHI}


def _list_regulated(width: int, doubled: bool) -> Sequence[Pattern]:
    patterns = []
    for family, openings in _OPENINGS.items():
        for manner, kinds in openings:
            whole = kinds + _CLOSINGS[family] * doubled
            lines = tuple(_rule(kind, width, place) for place, kind in enumerate(whole))
            start = lines[0].tones[0][1]  # the second character tells 平起 from 仄起
            patterns.append(Pattern(f"{start}起{manner}", lines, "group"))
    return patterns


def _rule(kind: str, width: int, place: int) -> LineRule:
    before = _BEFORE_FIVE[kind] if width == 7 else ""
    rhymes = kind in "BD"
    return LineRule(tuple(before + tones for tones in _FIVE[kind]), "a" if rhymes else "", "，。"[place % 2])


@cache
def _read_tune(name: str) -> Pattern:
    lines = []
    for word in TUNES[name].split():
        tones = word.rstrip("abcd=")
        rhyme = word[len(tones) :].rstrip("=")
        lines.append(LineRule((tones,), rhyme, "。" if rhyme else "，", word.endswith("=")))
    return Pattern(name, tuple(lines), "part")

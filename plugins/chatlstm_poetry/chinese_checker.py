"""Tells what a Chinese poem lacks of its form; it knows nothing of how poems are made here."""

import re
from collections.abc import Sequence
from itertools import zip_longest

from chatlstm_poetry.patterns import LineRule, Pattern, list_patterns
from chatlstm_poetry.pingshui import Book, fits_tone, list_keys, list_tones

_BREAKS = re.compile(r"[，。！？；：,.!?;:\s]+")


def split_lines(poem: str) -> list[str]:
    """Cut a poem into its lines of verse, without signs.

    Example:
        >>> split_lines("白日依山尽，黄河入海流。")
        ['白日依山尽', '黄河入海流']
    """
    return [line for line in _BREAKS.split(poem.replace("、", "")) if line]


def check_poem(poem: str, form: str, *, tune: str = "", heads: str = "") -> list[str]:
    """List the faults of a poem, by the pattern of its form that it follows best.

    Args:
        poem: The poem with its signs; how its lines are laid out does not matter.
        form: Such as ``"五绝"``.
        tune: Of a 词.
        heads: Characters that its lines must begin with, from the first line on.

    Returns:
        A sentence a fault; none where the form is kept.

    Raises:
        MisuseError: A form or tune that is not known.

    Example:
        >>> check_poem("白日依山尽，黄河入海流。欲穷千里目，更上一层楼。", "五绝")
        []
        >>> check_poem("江南好，风景旧曾谙。", "五绝")
        ['2 lines, not 4']
    """
    return match_pattern(split_lines(poem), list_patterns(form, tune), heads=heads)[1]


def match_pattern(
    lines: Sequence[str], patterns: Sequence[Pattern], *, heads: str = ""
) -> tuple[Pattern, list[str]]:
    """Find the pattern that a poem follows best.

    Args:
        lines: Its lines of verse, without signs.
        patterns: At least one; among equals the first is taken.
        heads: Characters that its lines must begin with.

    Returns:
        The pattern, and what the poem lacks of it.
    """
    rated = [(pattern, _list_faults(lines, pattern)) for pattern in patterns]
    pattern, faults = min(rated, key=lambda one: len(one[1]))
    return pattern, faults + _find_wrong_heads(lines, heads)


def _list_faults(lines: Sequence[str], pattern: Pattern) -> list[str]:
    if len(lines) != len(pattern.lines):
        return [f"{len(lines)} lines, not {len(pattern.lines)}"]
    faults = []
    for number, (line, rule) in enumerate(zip(lines, pattern.lines, strict=True), start=1):
        faults += [f"line {number}: {fault}" for fault in _check_line(line, rule)]
        if rule.echo and line != lines[number - 2]:
            faults.append(f"line {number}: does not repeat the line before it")
    return faults or _check_rhymes(lines, pattern)


def _check_line(line: str, rule: LineRule) -> list[str]:
    if len(line) != rule.length:
        return [f"{len(line)} characters, not {rule.length}"]
    unknown = [character for character in line if not list_tones(character)]
    if unknown:
        return [f"{character} has no known reading" for character in unknown]
    return min((_find_wrong_tones(line, tones) for tones in rule.tones), key=len)


def _find_wrong_tones(line: str, tones: str) -> list[str]:
    return [
        f"{character}, its character {place}, is not {tone}"
        for place, (character, tone) in enumerate(zip(line, tones, strict=True), start=1)
        if not fits_tone(character, tone)
    ]


def _check_rhymes(lines: Sequence[str], pattern: Pattern) -> list[str]:
    faults = []
    for letter in sorted({rule.rhyme for rule in pattern.lines} - {""}):
        ends = [
            (line[-1], rule.tones[0][-1])
            for line, rule in zip(lines, pattern.lines, strict=True)
            if rule.rhyme == letter and not rule.echo
        ]
        faults += _check_rhyme(ends, pattern.book)
    return faults


def _check_rhyme(ends: Sequence[tuple[str, str]], book: Book) -> list[str]:
    characters = [character for character, _ in ends]
    twice = sorted({one for one in characters if characters.count(one) > 1})
    faults = [f"rhymes on {character} twice" for character in twice]
    if not set.intersection(*(list_keys(character, tone, book) for character, tone in ends)):
        faults.append(f"{'、'.join(characters)} do not rhyme")
    return faults


def _find_wrong_heads(lines: Sequence[str], heads: str) -> list[str]:
    return [
        f"line {number} does not begin with {head}"
        for number, (head, line) in enumerate(zip_longest(heads, lines[: len(heads)], fillvalue=""), start=1)
        if not line.startswith(head)
    ]

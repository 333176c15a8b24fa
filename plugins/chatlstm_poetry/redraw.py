"""Which line of which poem of a conversation is to be written anew; for poems of any language."""

import re
from dataclasses import dataclass
from itertools import pairwise

from chatlstm.plugin import MisuseError, Request

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_DIGITS = "零一二三四五六七八九十"
_ENGLISH_VERB = re.compile(r"(?i)\b(?:change|redraw|rewrite|replace|redo|rework|new|another|different)\b")
_ENGLISH_LINE = re.compile(
    rf"(?i)\bline\s+(?:number\s+)?(\d+|{'|'.join(_NUMBERS)})\b|\b({'|'.join(_ORDINALS)}|last)\s+line\b"
)
_CHINESE_VERB = re.compile(r"换|改|重写|重作|重来|另写")
_CHINESE_LINE = re.compile(r"第\s*(\d+|[一二三四五六七八九十]+)\s*[句行]|(首句|末句|最后一[句行])")


@dataclass(frozen=True)
class Redraw:
    """A line to write anew.

    Args:
        poem: The whole poem, a line of verse a line of text.
        line: Which of its lines, counted from 0.
        asked: The words by which the person had asked for the poem.
    """

    poem: str
    line: int
    asked: str

    @property
    def lines(self) -> list[str]:
        """The lines of the poem, with their signs."""
        return list_lines(self.poem)


def list_lines(poem: str) -> list[str]:
    """List the lines of a poem that are not empty.

    Example:
        >>> list_lines("One.\\n\\nTwo.")
        ['One.', 'Two.']
    """
    return [line for line in poem.splitlines() if line.strip()]


def find_redraw(request: Request) -> Redraw | None:
    """Find what is to be written anew, if that is what the person asks for.

    Args:
        request: With the turns before it.

    Returns:
        The last poem, that is the last reply of two lines or more, and its line; None where the
        words ask for something else, or where no poem came before.

    Raises:
        MisuseError: The poem has no such line.

    Example:
        >>> from chatlstm.plugin import Turn
        >>> context = (Turn("person", "a couplet on rain"), Turn("reply", "It rains,\\nit drains."))
        >>> find_redraw(Request("change line 2", context)).line
        1
    """
    number = find_line_number(request.text)
    if number == 0:
        return None
    asked = ""
    found: tuple[str, str] | None = None
    for before, turn in pairwise(request.context):
        if before.speaker == "person" and not find_line_number(before.text):
            asked = before.text
        if turn.speaker == "reply" and len(list_lines(turn.text)) > 1:
            found = (turn.text, asked)
    if found is None:
        return None
    lines = len(list_lines(found[0]))
    if number > lines:
        raise MisuseError(f"the poem has {lines} lines, so there is no line {number}")
    return Redraw(found[0], number - 1 if number > 0 else lines - 1, found[1])


def find_line_number(text: str) -> int:
    """Find which line a person wants to be changed.

    Returns:
        Its number from 1; -1 for the last line; 0 where the words ask for something else.

    Example:
        >>> find_line_number("换第三句"), find_line_number("please change the last line"), find_line_number("line 3")
        (3, -1, 0)
    """
    english = _ENGLISH_LINE.search(text)
    if english and _ENGLISH_VERB.search(text):
        return _read_english((english[1] or english[2]).lower())
    chinese = _CHINESE_LINE.search(text)
    if chinese and _CHINESE_VERB.search(text):
        return _read_chinese(chinese[1] or chinese[2])
    return 0


def _read_english(word: str) -> int:
    for words in (_NUMBERS, _ORDINALS):
        if word in words:
            return words.index(word) + 1
    return -1 if word == "last" else int(word)


def _read_chinese(word: str) -> int:
    if word.isdecimal():
        return int(word)
    if not set(word) <= set(_DIGITS):
        return 1 if word == "首句" else -1
    tens, ten, ones = word.rpartition("十")
    if not ten:
        return _DIGITS.index(word[-1])
    return 10 * (_DIGITS.index(tens) if tens else 1) + (_DIGITS.index(ones) if ones else 0)

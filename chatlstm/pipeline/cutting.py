"""Cutting long text into records of bounded size, where a reader would pause."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace

from chatlstm.records import Record

MOST_CHARACTERS = 16_384  # of a record; no text of the catalogue has so many

# where to cut, the best first: behind a line, behind a sentence, behind a word
_ENDS = (
    re.compile(r"\n"),
    re.compile(r"[.!?…][\"'”’»)\]]*(?=\s)|[。！？][”’」』）]*"),
    re.compile(r"\s"),
)


def cut_text(text: str, size: int = MOST_CHARACTERS) -> list[str]:
    """Cut a text into pieces.

    Args:
        text: Any text.
        size: Characters of a piece at most, ``>= 1``.

    Returns:
        The pieces in order, none empty and none with blanks around it, except that the last keeps
        those at its end; nothing but such blanks is lost. Each but the last fills more than half
        of ``size``, blanks counted.

    Example:
        >>> cut_text("It rained. The old fox slept all day long.", size=16)
        ['It rained.', 'The old fox', 'slept all day', 'long.']
    """
    pieces = []
    begin = 0
    while len(text) - begin > size:
        end = _find_end(text, begin + size // 2 + 1, begin + size)
        pieces.append(text[begin:end].strip())
        begin = end
    pieces.append(text[begin:].lstrip())
    return [piece for piece in pieces if piece]


def cut_record(record: Record, size: int = MOST_CHARACTERS) -> Iterator[Record]:
    """Cut a record that is too long, between turns where that is enough.

    Args:
        record: Any record.
        size: Characters of a record at most, ``>= 1``.

    Yields:
        The record itself where it fits; else its parts, which share a document, so that they are
        held out together.

    Example:
        >>> [part.turns for part in cut_record(Record("story", ("One. Two.", "Three.")), size=9)]
        [('One. Two.',), ('Three.',)]
    """
    if sum(map(len, record.turns)) <= size:
        yield record
        return
    whole = hashlib.blake2b("\0".join(record.turns).encode(), digest_size=16).hexdigest()
    document = record.document or whole
    held: list[str] = []
    length = 0
    for turn in record.turns:
        for number, piece in enumerate(cut_text(turn, size)):
            # two pieces of a turn in one record would look like two turns
            if held and (number or length + len(piece) > size):
                yield replace(record, turns=tuple(held), document=document)
                held, length = [], 0
            held.append(piece)
            length += len(piece)
    if held:
        yield replace(record, turns=tuple(held), document=document)


def _find_end(text: str, low: int, high: int) -> int:
    for pattern in _ENDS:
        ends = [found.end() for found in pattern.finditer(text, low - 1, high)]
        if ends:
            return ends[-1]
    return high

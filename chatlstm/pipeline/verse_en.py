"""How stanzas, and the sentences of tales, become records of lines whose words stand in reversed order."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chatlstm.pipeline.catalogue import Filters
from chatlstm.pipeline.cleaning import split_sentences, word_pattern
from chatlstm.pipeline.rows import Draft, text_of, texts_of
from chatlstm.pipeline.text_files import Row
from chatlstm.pipeline.verse_lines import (
    Subjects,
    count_case,
    head_lines,
    set_case,
    tidy_line,
    turn_round,
)

MOST_LINES = 14
LEAST_AUTHORS = 3  # who must write a word so for its spelling to count as known
ODD_SHARE = 0.12  # of words known to fewer, above which a stanza's spelling is taken for old
LINE_WORDS = 14  # of a line of verse; a longer one is prose by mistake
CLAUSE_WORDS = 10  # of a line of prose

_LETTERS = re.compile(r"[a-z']+")
_RESPELLED = (  # old spellings, and what is written today
    (re.compile(r"(?<=[aeio])u(?=[aeiy])"), "v"),
    (re.compile(r"^v(?=[bcdfglmnprst])"), "u"),
    (re.compile(r"ie$"), "y"),
    (re.compile(r"ck$"), "c"),
    (re.compile(r"(?<=[lnr]d|ll)e$"), ""),
    (re.compile(r"([gnpt])\1e$"), r"\1"),
)


@dataclass(frozen=True)
class Stanza:
    """Lines that belong together, tidied.

    Args:
        lines: Words and plain punctuation.
        scheme: A letter a line, the same for lines that rhyme; empty for prose.
        author: Who wrote it.
        document: What it is from.

    Example:
        >>> Stanza(("The cat", "sat on the mat."), "ab").author
        ''
    """

    lines: tuple[str, ...]
    scheme: str = ""
    author: str = ""
    document: str = ""


def read_stanzas(rows: Iterable[Row], filters: Filters) -> Iterator[Draft]:
    """Read rows that hold ``lines``, ``scheme``, ``author`` and ``title``; old spelling is left out."""
    rude = word_pattern(filters.drop_words)
    stanzas = [part for row in rows for part in cut_stanza(_tidy(row))]
    odd = find_odd(count_authors(stanzas))
    kept = (one for one in stanzas if not _is_old(one, odd))
    yield from _lay_out([one for one in kept if not (rude and rude.search("\n".join(one.lines)))])


def lay_out_prose(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """Lay tales out as lines, a clause a line; what is held out of the tales is held out of these too."""
    stanzas = []
    for (text,), document in drafts:
        lines = tuple(filter(None, map(tidy_line, split_clauses(text))))
        for begin in range(0, len(lines), MOST_LINES):
            stanzas.append(Stanza(lines[begin : begin + MOST_LINES], document=document or text))
    yield from _lay_out(stanzas)


def _tidy(row: Row) -> Stanza:
    lines = tuple(map(tidy_line, texts_of(row, "lines")))
    scheme = text_of(row, "scheme")
    is_verse = all(lines) and max(len(line.split()) for line in lines) <= LINE_WORDS
    if not is_verse or len(scheme) != len(lines):
        return Stanza(())
    author, title = text_of(row, "author"), text_of(row, "title")
    return Stanza(lines, scheme, author, f"{author}: {title}" if title else "\n".join(lines))


def cut_stanza(stanza: Stanza) -> Iterator[Stanza]:
    """Cut a stanza of more than 14 lines where no rhyme is open; what is left of it has two lines or more.

    Example:
        >>> long = Stanza(tuple("abcdefghijklmnop"), "ababcdcdefefghgh")
        >>> [part.scheme for part in cut_stanza(long)]
        ['abab', 'ababcdcdefef']
    """
    lines, scheme = stanza.lines, stanza.scheme
    while len(lines) > MOST_LINES:
        ends = (end for end in range(4, MOST_LINES + 1) if not set(scheme[:end]) & set(scheme[end:]))
        end = next(ends, 0)
        if not end:
            return
        yield replace(stanza, lines=lines[:end], scheme=_relabel(scheme[:end]))
        lines, scheme = lines[end:], scheme[end:]
    if len(lines) > 1:
        yield replace(stanza, lines=lines, scheme=_relabel(scheme))


def _relabel(scheme: str) -> str:
    letters = {letter: chr(ord("a") + place) for place, letter in enumerate(dict.fromkeys(scheme))}
    return "".join(letters[letter] for letter in scheme)


def count_authors(stanzas: Iterable[Stanza]) -> dict[str, int]:
    """Count how many authors use each word.

    Example:
        >>> count_authors([Stanza(("the sea",), "a", "A"), Stanza(("the sunne",), "a", "B")])["the"]
        2
    """
    authors: dict[str, set[str]] = defaultdict(set)
    for stanza in stanzas:
        for line in stanza.lines:
            for word in _LETTERS.findall(line.lower()):
                authors[word].add(stanza.author)
    return {word: len(names) for word, names in authors.items()}


def find_odd(authors: Mapping[str, int]) -> frozenset[str]:
    """Find the words that fewer than three authors use, or that more use in a newer spelling.

    Args:
        authors: How many use each word.

    Example:
        >>> sorted(find_odd({"the": 9, "sunne": 3, "sun": 8, "yclept": 1}))
        ['sunne', 'yclept']
    """
    return frozenset(word for word, count in authors.items() if _is_odd(word, count, authors))


def _is_odd(word: str, count: int, authors: Mapping[str, int]) -> bool:
    newer = (old.sub(new, word) for old, new in _RESPELLED)
    return count < LEAST_AUTHORS or any(authors.get(one, 0) > 1.5 * count for one in newer if one != word)


def _is_old(stanza: Stanza, odd: frozenset[str]) -> bool:
    words = [word for line in stanza.lines for word in _LETTERS.findall(line.lower())]
    return sum(word in odd for word in words) > ODD_SHARE * len(words)


def split_clauses(text: str) -> list[str]:
    """Split prose into lines: sentences, long ones at their commas.

    Example:
        >>> split_clauses("He ran. When the moon was up over the hill, the old fox came to the door.")
        ['He ran.', 'When the moon was up over the hill,', 'the old fox came to the door.']
    """
    lines: list[str] = []
    for sentence in (one for paragraph in text.split("\n") for one in split_sentences(paragraph)):
        held = ""
        for clause in re.split(r"(?<=[,;:]) ", sentence):
            if held and len(held.split()) + len(clause.split()) > CLAUSE_WORDS:
                lines.append(held)
                held = ""
            held = f"{held} {clause}".strip()
        lines.append(held)
    return [line for line in lines if line]


def _lay_out(stanzas: Sequence[Stanza]) -> Iterator[Draft]:
    """Give the two turns of each stanza: what it is, and its lines with their words turned round."""
    capitals = count_case(line for one in stanzas for line in one.lines)
    subjects = Subjects(one.lines for one in stanzas)
    for one in stanzas:
        head = head_lines(one.lines, one.scheme, subjects.choose(one.lines))
        yield (head, turn_round(set_case(line, capitals) for line in one.lines)), one.document

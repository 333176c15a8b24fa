"""Search: from what a person typed to the turns that hold it, the places marked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, literal, select, text

from chatlstm.history.index import is_indexed
from chatlstm.history.tables import CONVERSATION, TURN, TURN_WORDS, select_turns
from chatlstm.history.turn import StoredTurn
from chatlstm.history.turn_rows import read_turn
from chatlstm.history.words import Word, list_words

Span = tuple[int, int]
_BEFORE, _AROUND = 30, 120
_CHUNK = re.compile(r'"[^"]*"|\S+')
_ASK_INDEX = text(
    "SELECT rowid FROM turn_search WHERE turn_search MATCH :asked ORDER BY rowid DESC LIMIT :limit"
)


@dataclass(frozen=True)
class Phrase:
    """Words that must follow each other.

    Args:
        words: Folded words as ``list_words`` gives them, at least one.
        is_prefix: Whether the last one need only be the beginning of a word.

    Example:
        >>> Phrase(("moon", "light")).is_prefix
        False
    """

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True)
class Query:
    """What is looked for: all of the phrases; or, where none is a word, the very characters.

    Args:
        phrases: Each must occur.
        literal: The text itself.

    Example:
        >>> Query((), "🎉").phrases
        ()
    """

    phrases: tuple[Phrase, ...]
    literal: str


@dataclass(frozen=True)
class Match:
    """A turn that was found.

    Args:
        turn: The turn.
        title: Title of its conversation.
        excerpt: The text around the first place that was meant, on one line.
        spans: Where in the excerpt stands what was looked for: start, and the character behind the end.

    Example:
        >>> from datetime import UTC, datetime
        >>> from chatlstm.records import Turn
        >>> noon, said = datetime(2026, 7, 31, 12, tzinfo=UTC), Turn("person", "Hello, moon.")
        >>> turn = StoredTurn(1, "260731-g000", None, said, "done", noon, noon)
        >>> Match(turn, "Hello, moon.", "Hello, moon.", ((7, 11),)).excerpt[7:11]
        'moon'
    """

    turn: StoredTurn
    title: str
    excerpt: str
    spans: tuple[Span, ...]


def parse_query(typed: str) -> Query:
    """Read what a person typed.

    Words between spaces must all occur, anywhere; what stands in double quotes, and a run of
    Chinese, must occur as it is; a star asks for words that begin so.

    Args:
        typed: Any text.

    Returns:
        The query.

    Example:
        >>> parse_query('"full moon" poem* 月光').phrases
        (Phrase(words=('full', 'moon'), is_prefix=False), Phrase(words=('poem',), is_prefix=True),
         Phrase(words=('月光',), is_prefix=False))
    """
    phrases = []
    for chunk in _CHUNK.finditer(typed):
        words = list_words(chunk[0])
        if not words:
            continue
        last = words[-1]
        if last.ends_run and len(words) > 1 and words[-2].end == last.end:
            del words[-1]  # the pair before says it; in the text the run may go on
        is_prefix = words[-1].ends_run or chunk[0].endswith("*")
        phrases.append(Phrase(tuple(word.text for word in words), is_prefix))
    return Query(tuple(phrases), typed.encode(errors="ignore").decode().strip())


def find_spans(said: str, query: Query) -> list[Span]:
    """Find where in a text stands what was looked for.

    Args:
        said: The text of a turn.
        query: What was looked for.

    Returns:
        Start of each place and the character behind its end, in order; places that touch are one.

    Example:
        >>> find_spans("床前明月光", parse_query("明月光"))
        [(2, 5)]
    """
    if not query.phrases:
        places = re.finditer(re.escape(query.literal), said) if query.literal else ()
        return [place.span() for place in places]
    words = list_words(said)
    found = sorted(span for phrase in query.phrases for span in _place_phrase(words, phrase))
    merged: list[Span] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def cut_excerpt(said: str, spans: Sequence[Span]) -> tuple[str, tuple[Span, ...]]:
    """Cut out what stands around the first span.

    Args:
        said: The text of a turn.
        spans: Places in it, in order.

    Returns:
        Some 120 characters on one line, dots where more was cut off, and the places within them.

    Example:
        >>> cut_excerpt("one\\ntwo", [(4, 7)])
        ('one two', ((4, 7),))
    """
    first = spans[0][0] if spans else 0
    start = max(0, min(first - _BEFORE, len(said) - _AROUND))
    end = start + _AROUND
    left, right = "…" * (start > 0), "…" * (end < len(said))
    shift = len(left) - start
    kept = [(max(a, start) + shift, min(b, end) + shift) for a, b in spans if a < end and b > start]
    return left + re.sub(r"\s", " ", said[start:end]) + right, tuple(kept)


def find_matches(connection: Connection, typed: str, limit: int) -> tuple[Match, ...]:
    """Find the turns that hold what a person typed.

    Args:
        connection: In a transaction.
        typed: What was typed, see ``parse_query``.
        limit: How many at most, ``>= 0``.

    Returns:
        The matches, the one stored last first; none where nothing was typed.
    """
    query = parse_query(typed)
    if not query.literal:
        return ()
    ids = _find_ids(connection, query, limit)
    found = select_turns().join(CONVERSATION, CONVERSATION.c.id == TURN.c.conversation_id)
    found = found.add_columns(CONVERSATION.c.title).where(TURN.c.id.in_(ids)).order_by(TURN.c.id.desc())
    matches = []
    for row in connection.execute(found):
        turn = read_turn(row)
        excerpt = cut_excerpt(turn.turn.text, find_spans(turn.turn.text, query))
        matches.append(Match(turn, row.title, *excerpt))
    return tuple(matches)


def _find_ids(connection: Connection, query: Query, limit: int) -> Sequence[int]:
    """Find the ids of the turns that match, the highest first."""
    if query.phrases and is_indexed(connection):
        asked = " AND ".join(map(_write_phrase, query.phrases))
        return connection.execute(_ASK_INDEX, {"asked": asked, "limit": limit}).scalars().all()
    held = [_hold_phrase(phrase) for phrase in query.phrases]
    found = select(TURN_WORDS.c.turn_id).order_by(TURN_WORDS.c.turn_id.desc()).limit(limit)
    if not held:
        found = found.join(TURN, TURN.c.id == TURN_WORDS.c.turn_id)
        held = [func.instr(TURN.c.text, query.literal) > 0]
    return connection.execute(found.where(*held)).scalars().all()


def _hold_phrase(phrase: Phrase) -> ColumnElement[bool]:
    row = f" {' '.join(phrase.words)}" + " " * (not phrase.is_prefix)
    return func.instr(literal(" ") + TURN_WORDS.c.words + " ", row) > 0


def _write_phrase(phrase: Phrase) -> str:
    """Write a phrase in the query language of FTS5; folded words hold no quotes."""
    return f'"{" ".join(phrase.words)}"' + " *" * phrase.is_prefix


def _place_phrase(words: Sequence[Word], phrase: Phrase) -> Iterator[Span]:
    *body, last = phrase.words
    asks_character = list_words(last)[-1].ends_run  # of a pair that begins so, only the first is meant
    for start in range(len(words) - len(body)):
        row = words[start : start + len(phrase.words)]
        end = row[-1]
        if [word.text for word in row[:-1]] != body:
            continue
        if end.text == last:
            yield row[0].start, end.end
        elif phrase.is_prefix and end.text.startswith(last):
            yield row[0].start, end.start + 1 if asks_character else end.end

"""How the rows of English sources become turns."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from chatlstm.errors import MisuseError
from chatlstm.pipeline.catalogue import Filters
from chatlstm.pipeline.cleaning import (
    detokenise,
    fits_chat,
    is_latin,
    join_chunks,
    plain,
    split_sentences,
    tidy_turn,
    word_pattern,
)
from chatlstm.pipeline.rows import Draft, mark_style, text_of, texts_of
from chatlstm.pipeline.text_files import Row
from chatlstm.pipeline.verse_en import lay_out_prose

_HEADING = re.compile(r"(?i)(?:chapter|part|book)\b.{0,60}|[ivxlc]+\.?|\d+\.?|the end\.?")
_INLINE_HEADING = re.compile(r"\s*\bCHAPTER [IVXLC]+\b\.?\s*")
_INITIALS = re.compile(r"^[A-Z]{2,}(?: [A-Z]+)*(?=[ ,])")  # a chapter's first words
_LEADING = re.compile(r"^(?:and|of|the|an?|in|its?|their|his|her) ")
_KEYWORD = re.compile(r"[^\W_][\w .'&-]+[\w.]")
_DULL = {"Prime", "State", "President", "Minister", "Prime Minister", "western", "vice"}


def read_dialogue(rows: Iterable[Row], filters: Filters) -> Iterator[Draft]:
    """Read rows that hold ``turns``, and perhaps a ``style``."""
    rude = word_pattern(filters.drop_words)
    for row in rows:
        if filters.styles and text_of(row, "style") not in filters.styles:
            continue
        yield from cut_dialogue(texts_of(row, "turns"), partial(_tidy, filters=filters), filters, rude)


def read_chitchat(rows: Iterable[Row], filters: Filters) -> Iterator[Draft]:
    """Read rows that hold ``messages``, grouped and signed by their ``sender``."""
    rude = word_pattern(filters.drop_words)
    for row in rows:
        groups = row.get("messages")
        turns: list[str] = []
        speaker = None
        for group in groups if isinstance(groups, list) else []:
            for message in group:
                sender = message["sender"]
                if sender == speaker:
                    turns[-1] += "\n" + message["text"]
                else:
                    turns.append(message["text"])
                speaker = sender
        yield from cut_dialogue(turns, partial(_tidy, filters=filters), filters, rude)


def cut_dialogue(
    turns: list[str], tidy: Callable[[str], str], filters: Filters, rude: re.Pattern[str] | None
) -> Iterator[Draft]:
    """Tidy a dialogue and cut it at every turn that cannot stay.

    Args:
        turns: The dialogue as it was found.
        tidy: Gives a turn as it should read; an empty text where it cannot stay.
        filters: The source's filters.
        rude: Words a dialogue must not hold at all.

    Returns:
        Its parts of two turns or more; parts of one dialogue share a document.
    """
    if len(turns) < filters.min_turns or (rude and any(rude.search(turn) for turn in turns)):
        return
    parts: list[list[str]] = [[]]
    for turn in turns:
        if text := tidy(turn):
            parts[-1].append(text)
        else:
            parts.append([])
    kept = [tuple(part) for part in parts if len(part) >= 2]
    whole = hashlib.sha256("\n".join(turns).encode()).hexdigest()[:16]
    for part in kept:
        yield part, whole if len(kept) > 1 else ""


def _tidy(turn: str, filters: Filters) -> str:
    text = tidy_turn(detokenise(turn) if filters.detokenise else turn)
    short = not filters.max_words or len(text.split()) <= filters.max_words
    return text if short and fits_chat(text) and not holds_phrase(turn, filters) else ""


def holds_phrase(text: str, filters: Filters) -> bool:
    """Tell whether a text holds one of the phrases to be dropped, in any case."""
    low = text.lower()
    return any(phrase in low for phrase in filters.drop_phrases)


def read_tale(rows: Iterable[Row], filters: Filters) -> Iterator[Draft]:
    """Read rows that hold ``text``, and perhaps a ``title``."""
    rude = word_pattern(filters.drop_words)
    for row in rows:
        text = plain(text_of(row, "text"))
        if holds_phrase(text, filters):
            continue
        if (rude and rude.search(text)) or not is_latin(text):
            continue
        text = text.replace('" - "', '"\n"')  # old print parts two speakers so
        paragraphs = [line for line in text.split("\n") if line]
        chunks = list(join_chunks(paragraphs, filters.chunk_characters))
        title = row.get("title")
        for chunk in chunks:
            yield mark_style(chunk, filters.style, str(title) if title and len(chunks) > 1 else "")


def read_tale_lines(rows: Iterable[Row], filters: Filters) -> Iterator[Draft]:
    """Read the same tales as lines of prose whose words stand in reversed order, for poems to learn from."""
    return lay_out_prose(read_tale(rows, filters))


def read_novel(rows: Iterable[Row], filters: Filters) -> Iterator[Draft]:
    """Read the listed books from rows that hold a whole book as ``text``.

    Raises:
        MisuseError: No row holds the first words of a listed book.
    """
    rude = word_pattern(filters.drop_words)
    missing = dict(filters.books)
    for row in rows:
        text = plain(text_of(row, "text"))
        title = next((one for one, first in missing.items() if first in text), None)
        if title is None:
            continue
        body = text[text.index(missing.pop(title)) :]
        pieces = (piece for line in body.split("\n") for piece in _INLINE_HEADING.split(line))
        paragraphs = [_mend_print(one) for one in pieces if one and not _is_heading(one)]
        for chunk in join_chunks(paragraphs, filters.chunk_characters):
            if is_latin(chunk) and not (rude and rude.search(chunk)):
                yield mark_style(chunk, filters.style, title)
    if missing:
        raise MisuseError(f"filters.books: not found: {', '.join(missing)}")


def _mend_print(text: str) -> str:
    text = re.sub(r"([a-z]{2,})- ([a-z]{2,})", r"\1\2", text)  # a word broken at a line's end
    text = re.sub(r" +([,;:!?])", r"\1", text)
    return _INITIALS.sub(lambda found: found[0].title(), text)


def _is_heading(line: str) -> bool:
    short = len(line) < 70 and not re.search(r"[.!?,;:\"'-]$", line)
    return short or line.isupper() or bool(_HEADING.fullmatch(line))


def read_voa(rows: Iterable[Row], filters: Filters) -> Iterator[Draft]:
    """Read articles that hold ``sents`` and ``entities``."""
    for row in rows:
        sentences = [plain(one) for one in texts_of(row, "sents")]
        paragraphs = [" ".join(sentences[i : i + 2]) for i in range(0, len(sentences), 2)]
        yield from _article(texts_of(row, "entities"), paragraphs, filters)


def read_events(rows: Iterable[Row], filters: Filters) -> Iterator[Draft]:
    """Read short news that hold ``text``, ``links``, ``topics`` and a ``category``."""
    for row in rows:
        if filters.drop_categories and text_of(row, "category") in filters.drop_categories:
            continue
        words = texts_of(row, "links") + texts_of(row, "topics")
        yield from _article(words, [plain(text_of(row, "text"))], filters)


def _article(words: list[str], paragraphs: list[str], filters: Filters) -> Iterator[Draft]:
    text = "\n\n".join(_first_words(paragraphs, filters.max_words))
    unwanted = word_pattern(filters.drop_words)
    if unwanted and unwanted.search(text):
        return
    keywords = _choose_keywords([plain(word) for word in words], text, filters.keywords)
    if keywords and text and is_latin(text) and text[0].isalnum():
        yield (", ".join(keywords), text), ""


def _choose_keywords(words: list[str], text: str, limit: int) -> list[str]:
    chosen: list[str] = []
    for word in (_LEADING.sub("", word) for word in words):
        fresh = not any(word in one or one in word for one in chosen)
        if fresh and _KEYWORD.fullmatch(word) and word in text and word not in _DULL:
            chosen.append(word)
    return chosen[:limit]


def _first_words(paragraphs: list[str], limit: int) -> list[str]:
    if not limit:
        return paragraphs
    kept: list[str] = []
    left = limit
    for paragraph in paragraphs:
        sentences = []
        for sentence in split_sentences(paragraph):
            left -= len(sentence.split())
            if left < 0:
                break
            sentences.append(sentence)
        if sentences and sentences[-1][:-1].isdigit():  # the number of a list's next item
            sentences.pop()
        kept.extend([" ".join(sentences)] if sentences else [])
        if left < 0:
            break
    return kept


def read_digitalgov(rows: Iterable[Row], filters: Filters) -> Iterator[Draft]:
    """Read articles that hold ``title``, ``topics`` and ``text``."""
    for row in rows:
        if not row.get("topics"):
            continue
        title = plain(text_of(row, "title"))
        topics = dict.fromkeys(texts_of(row, "topics"))  # some stand twice
        keywords = [topic.replace("-", " ") for topic in topics]
        lines = [line for line in plain(text_of(row, "text")).split("\n") if _is_prose(line)]
        lines = [line.removeprefix("Summary:").strip() for line in lines]
        body = "\n\n".join(_first_words(lines, filters.max_words))
        if keywords and title and body and is_latin(title + body):
            yield (", ".join(keywords[: filters.keywords]), f"{title}\n\n{body}"), ""


def _is_prose(line: str) -> bool:
    whole = len(line) > 60 and line[0].isalnum() and line[-1] in '.!?"'
    return whole and not re.search(r"https?:|www\.|[\[\]{}<>|*_#]", line)

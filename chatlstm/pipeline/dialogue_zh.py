"""How the rows of Chinese dialogues become turns."""

from collections.abc import Iterable, Iterator
from functools import partial

from chatlstm.pipeline.catalogue import Filters
from chatlstm.pipeline.cleaning_zh import fits_chinese_chat, phrase_pattern, tidy_chinese
from chatlstm.pipeline.readers_en import cut_dialogue, holds_phrase
from chatlstm.pipeline.rows import Draft, text_of, texts_of
from chatlstm.pipeline.text_files import Row


def read_dialogue(rows: Iterable[Row], filters: Filters) -> Iterator[Draft]:
    """Read rows that hold ``turns`` in Chinese."""
    rude = phrase_pattern(filters.drop_words)
    for row in rows:
        yield from cut_dialogue(texts_of(row, "turns"), partial(_tidy, filters=filters), filters, rude)


def read_sentences(rows: Iterable[Row], filters: Filters) -> Iterator[Draft]:
    """Read rows that hold a Chinese sentence as ``zh``; each is a turn of its own, and stands once."""
    rude = phrase_pattern(filters.drop_words)
    seen = set()
    for row in rows:
        text = _tidy(text_of(row, "zh"), filters)
        if text and text not in seen and not (rude and rude.search(text)):
            seen.add(text)
            yield (text,), ""


def _tidy(turn: str, filters: Filters) -> str:
    text = tidy_chinese(turn)
    short = not filters.max_characters or len(text) <= filters.max_characters
    return text if short and fits_chinese_chat(text) and not holds_phrase(turn, filters) else ""

"""How the rows of each kind of source become turns: a closed table of plain functions."""

from chatlstm.pipeline.dialogue_zh import read_dialogue as read_dialogue_zh
from chatlstm.pipeline.dialogue_zh import read_sentences
from chatlstm.pipeline.functions import read_functions, read_mbpp
from chatlstm.pipeline.readers_en import (
    read_chitchat,
    read_dialogue,
    read_digitalgov,
    read_events,
    read_novel,
    read_tale,
    read_tale_lines,
    read_voa,
)
from chatlstm.pipeline.readers_zh import read_chapters, read_voa_zh
from chatlstm.pipeline.rows import Reader, read_table
from chatlstm.pipeline.verse_en import read_stanzas
from chatlstm.pipeline.verse_zh import read_ci, read_shi

READERS: dict[str, Reader] = {
    "chapters": read_chapters,
    "chitchat": read_chitchat,
    "ci": read_ci,
    "dialogue": read_dialogue,
    "dialogue_zh": read_dialogue_zh,
    "digitalgov": read_digitalgov,
    "events": read_events,
    "functions": read_functions,
    "mbpp": read_mbpp,
    "novel": read_novel,
    "sentences_zh": read_sentences,
    "shi": read_shi,
    "stanzas": read_stanzas,
    "table": read_table,
    "tale": read_tale,
    "tale_lines": read_tale_lines,
    "voa": read_voa,
    "voa_zh": read_voa_zh,
}

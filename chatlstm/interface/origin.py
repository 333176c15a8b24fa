"""``/origin``: which passages of the last reply match the training text, and how much of it they are."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from chatlstm.engine.checkpoint import find_checkpoint, list_sources, read_config
from chatlstm.errors import MisuseError
from chatlstm.interface.assemble import checkpoint_folders, open_origins
from chatlstm.interface.confidence import name_percent
from chatlstm.interface.exhibit import JSON, show_json_line
from chatlstm.interface.talk import Talk
from chatlstm.interface.tiles import count_columns, make_tiles, paint_lines, wrap_tiles
from chatlstm.pipeline.catalogue import Source, find_entries

if TYPE_CHECKING:
    from chatlstm.pipeline.provenance import Passage
    from chatlstm.session.provenance import Trace

SHOWN_PASSAGES, SHOWN_SOURCES, INDENT = 5, 2, 2
UNITS = {"zh": "characters", "code": "tokens"}
_CHARACTER = re.compile(r"\s*\S")

Entries = Mapping[str, Source | None]


def show_origin(talk: Talk, argument: str) -> None:
    """Show the longest passages of the last reply that match the training text, whose they are, and their share.

    Raises:
        MisuseError: There is no reply, or the argument cannot be taken.
        ChatLSTMError: The checkpoint that wrote it is not there any more, or has no index.
    """
    if argument not in ("", JSON):
        raise MisuseError(f"/origin takes {JSON} or nothing, got {argument!r}")
    from chatlstm.session.provenance import trace_reply  # a chat begins sooner without it

    trace = trace_reply(talk.session.read_end(), open_origins)
    entries = find_entries(name for passage in trace.found.passages for name in passage.sources)
    if argument == JSON:
        show_json_line(talk, describe_trace(trace, entries))
        return
    columns = count_columns()
    unit = name_unit(trace)
    passages = trace.found.passages
    for passage in passages[:SHOWN_PASSAGES]:
        talk.screen.say(f"{wrap_text(passage.text, columns)}\n{wrap_text(name_match(passage, entries, unit), columns)}")
    if len(passages) > SHOWN_PASSAGES:
        talk.screen.say(wrap_text(f"and {len(passages) - SHOWN_PASSAGES} shorter ones; {JSON} has them all", columns))
    talk.screen.say(wrap_text(sum_up(trace), columns))
    talk.screen.tell(wrap_text(tell_limits(trace), columns))


def describe_trace(trace: "Trace", entries: Entries) -> dict[str, object]:
    """Tell in JSON's values what was found."""
    return {
        "plugin": trace.plugin,
        "checkpoint": trace.checkpoint,
        "unit": name_unit(trace),
        "length": trace.found.words,
        "copied": trace.found.copied,
        "share": trace.found.share,
        "passages": [
            {
                "text": passage.text,
                "length": passage.words,
                "matches": [_describe_source(name, entries[name]) for name in passage.sources],
            }
            for passage in trace.found.passages
        ],
        "found_from": trace.index.choice.span,
        "halvings": trace.index.halvings,
        "chance": trace.found.chance,
        "not_indexed": list_left_out(trace),
    }


def name_match(passage: "Passage", entries: Entries, unit: str) -> str:
    """Say where a passage stands, whose that is and under which licence, and how long it is."""
    named = []
    for name in passage.sources[:SHOWN_SOURCES]:
        source = entries[name]
        whose = "your own text" if source is None else f"{source.attribution}, {source.licence}"
        named.append(f"{name} ({whose})")
    if len(passage.sources) > SHOWN_SOURCES:
        named.append(f"{len(passage.sources) - SHOWN_SOURCES} more")
    return f"{' ' * INDENT}matches {' and '.join(named)}, {passage.words} {unit}"


def sum_up(trace: "Trace") -> str:
    """Say which share of the reply matches, at least, since a passage's ends may be missed; or that nothing does."""
    found, unit = trace.found, name_unit(trace)
    if not found.passages:
        return f"No passage of this reply was found in the training text of {trace.checkpoint}."
    copied = f"At least {found.copied} of the reply's {found.words} {unit} ({found.share:.0%})"
    if found.copied == found.words:
        copied = f"All {found.words} {unit} of the reply"
    return f"{copied} stand in passages that match the training text of {trace.checkpoint}."


def tell_limits(trace: "Trace") -> str:
    """Say what is sure to be found, and how sure a match is."""
    choice, unit = trace.index.choice, name_unit(trace)
    lines = f" and equal lines of {choice.least} or more" if trace.index.language != "code" else ""
    told = f"Sure to be found: {choice.span} {unit} in a row{lines}; shorter passages often are not."
    if trace.index.halvings:
        told = f"The text was too long: of its runs one in {2**trace.index.halvings} is kept, and passages are missed."
    told += f" Runs are compared by hash: the chance of a false match here is {name_percent(trace.found.chance)}."
    missing = list_left_out(trace)
    return told + (f" Not in the index: {', '.join(missing)}." if missing else "")


def list_left_out(trace: "Trace") -> list[str]:
    """List the sources that the checkpoint was trained on, and its index does not hold."""
    folder = find_checkpoint(trace.checkpoint.rpartition("@")[0], checkpoint_folders())
    held = {name for name, _ in trace.index.parts}
    return [name for name in list_sources(read_config(folder)) if name not in held]


def name_unit(trace: "Trace") -> str:
    """Name what is counted in the checkpoint's language."""
    return UNITS.get(trace.index.language, "words")


def wrap_text(text: str, columns: int) -> str:
    """Break a text between words or wide characters, cleaned for a terminal.

    Example:
        >>> wrap_text("one two three", 9)
        'one two\\nthree'
    """
    tiles = (tile for character in _CHARACTER.findall(text) for tile in make_tiles(character, None, 0))
    return paint_lines(wrap_tiles(tiles, columns))


def _describe_source(name: str, source: Source | None) -> dict[str, str]:
    if source is None:
        return {"source": name, "attribution": "", "licence": "", "address": ""}
    return {
        "source": name,
        "attribution": source.attribution,
        "licence": source.licence,
        "address": source.address,
    }

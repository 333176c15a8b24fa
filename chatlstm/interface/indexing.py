"""The index of a checkpoint's training text, built with it, carried over, or built later."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from chatlstm.engine.checkpoint import (
    CheckpointConfig,
    add_origins,
    find_checkpoint,
    list_sources,
    read_config,
    read_origins,
)
from chatlstm.engine.corpus import TRAIN, choose_split, decode_turns, read_token_file
from chatlstm.errors import ChatLSTMError, MissingError
from chatlstm.interface.assemble import (
    assemble_registry,
    checkpoint_folders,
    corpora_folder,
    open_origins,
)
from chatlstm.interface.output import say, tell
from chatlstm.pipeline.domain import list_records
from chatlstm.pipeline.origins import OriginIndex, build_index, join_indexes, pack_index
from chatlstm.tokens.tokenizer import read_tokenizer

if TYPE_CHECKING:
    from chatlstm.pipeline.registry import Registry


def index_checkpoint(name: str, corpora: Path | None) -> None:
    """Build the index of a checkpoint from the text that its plugins bring, and tell how large it is.

    Args:
        name: Name or path of the checkpoint.
        corpora: Folder of the downloaded corpora.

    Raises:
        ChatLSTMError: A plugin or a text is missing, or the checkpoint cannot be written.
    """
    folder = find_checkpoint(name, checkpoint_folders())
    config = read_config(folder)
    tell(f"reading the training text of {', '.join(config.domains)}")
    begun = time.monotonic()
    index = build_index(_list_texts(config, corpora or corpora_folder()), config.language)
    _write_index(folder, index)
    say(f"{describe_index(index, config)}; built in {time.monotonic() - begun:.0f} s")


def index_run(run: Path, place: Path) -> None:
    """Build the index of what a run was trained on, behind that of the checkpoint it started from.

    The checkpoint stands without one, too: what fails is told.

    Args:
        run: The run's folder.
        place: Folder of the checkpoint it made.
    """
    from chatlstm.engine.run import read_run

    config = read_run(run)
    if config.shards:
        tell("there is no index for /origin: each worker read a share of the text")
        return
    tell("building the index of the training text, for /origin")
    tokenizer = read_tokenizer(run / "tokenizer.json")
    turns = decode_turns(read_token_file(run / "tokens" / TRAIN), tokenizer)
    registry = assemble_registry()
    try:
        index = build_index(_show_turns(turns, config.language, registry), config.language)
        if config.start:
            index = _put_behind_start(index, config.start)
        described = _write_index(place, index)
    except ChatLSTMError as error:
        tell(f"there is no index: {error}")
    else:
        tell(describe_index(index, described))


def carry_index(folder: Path, place: Path) -> None:
    """Give a checkpoint the index of another one that was trained on the same text, if that has one."""
    try:
        _, content = read_origins(folder)
    except MissingError:
        return
    add_origins(place, content)


def describe_index(index: OriginIndex, config: CheckpointConfig) -> str:
    """Tell in a line what an index holds, and which sources of the checkpoint it lacks."""
    count, size = sum(len(held) for _, held in index.parts), len(pack_index(index))
    held = {name for name, _ in index.parts}
    missing = [name for name in list_sources(config) if name not in held]
    told = f"{config.identity}: {count:,} fingerprints of {len(index.parts)} sources, {size / 1e6:.1f} MB"
    return told + (f"; not in it: {', '.join(missing)}" if missing else "")


def _put_behind_start(index: OriginIndex, start: str) -> OriginIndex:
    try:
        return join_indexes(open_origins(start), index)
    except MissingError as error:
        tell(f"the index holds the new text alone: {error}")
        return index


def _write_index(folder: Path, index: OriginIndex) -> CheckpointConfig:
    try:
        return add_origins(folder, pack_index(index))
    except OSError as error:
        raise ChatLSTMError(f"{folder}: the index cannot be written: {error.strerror}") from error


def _list_texts(config: CheckpointConfig, corpora: Path) -> Iterator[tuple[str, str]]:
    """Give what a checkpoint's plugins train on, turn by turn as a reply would show it."""
    registry = assemble_registry()
    for name in config.domains:
        for record in list_records(registry.find(name), corpora, language=config.language):
            if choose_split(record) == TRAIN:
                turns = ((f"{record.domain}/{record.source}", turn) for turn in record.turns)
                yield from _show_turns(turns, config.language, registry)


def _show_turns(
    turns: Iterable[tuple[str, str]], language: str, registry: "Registry"
) -> Iterator[tuple[str, str]]:
    """Give turns as replies would show them; where a plugin is not there, as they are."""
    for name, turn in turns:
        domain = registry.domains.get(name.partition("/")[0])
        try:
            shown = turn if domain is None else domain.show(turn, language)
        except Exception as error:  # whatever a stranger's plugin does
            raise ChatLSTMError(f"the plugin {name.partition('/')[0]!r} failed: {error!r}") from error
        yield name, shown

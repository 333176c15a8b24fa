"""``history export`` and ``history import``."""

import sys
from collections.abc import Iterator
from pathlib import Path

from chatlstm.engine.files import write_whole
from chatlstm.history.archive import Archive
from chatlstm.history.archive_file import read_archive_file, write_archives
from chatlstm.history.conversation import utc_now
from chatlstm.history.history import History
from chatlstm.history.transcript import write_markdown, write_text
from chatlstm.interface.assemble import assemble_history
from chatlstm.interface.conversations import look_into_history
from chatlstm.interface.output import say, tell


def run_export(prefix: str | None, form: str, output: Path | None) -> None:
    """Write one conversation, or all of them.

    Args:
        prefix: First characters of an id; None for all, the oldest first.
        form: ``"json"``, ``"markdown"`` or ``"text"``.
        output: The file, written whole; None for standard output.

    Raises:
        NoConversationError: There is none, or several begin so.
    """
    with look_into_history() as kept:
        if prefix is None:
            ids = sorted(one.id for one in kept.list_conversations())
        else:
            ids = [kept.find_conversation(prefix).id]
        plain = output is None and (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
        parts = write_parts(read_archives(kept, ids), form, plain=plain)
        if output is not None:
            write_whole(output, "".join(parts).encode())
            tell(f"{len(ids)} conversation{'s' * (len(ids) != 1)} in {output}")
            return
        for part in parts:
            say(part, end="")


def read_archives(kept: History, ids: list[str]) -> Iterator[Archive]:
    """Read conversations one after the other, for all together may be large."""
    for each in ids:
        yield kept.read_archive(each)


def write_parts(archives: Iterator[Archive], form: str, *, plain: bool) -> Iterator[str]:
    """Write conversations in a form, part by part."""
    if form == "json":
        yield from write_archives(archives, plain=plain)
        return
    write = write_markdown if form == "markdown" else write_text
    for archive in archives:
        yield from (f"{line}\n" for line in write(archive))


def run_import(file: Path) -> None:
    """Take in the conversations of a file, all or none.

    Args:
        file: An export of ChatLSTM or of another chat.

    Raises:
        ImportFaultError: It is neither, or damaged.
        HistoryError: The history cannot be written.
    """
    archives = read_archive_file(file, now=utc_now())
    with assemble_history() as kept:
        added = kept.add_archives(archives)
    for one in added:
        say(f"{one.id}  {' '.join(one.title.split())}")
    tell(f"imported {len(added)} conversation{'s' * (len(added) != 1)} from {file}")

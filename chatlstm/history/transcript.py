"""The current branch of a conversation as a person reads it: plain text, or Markdown."""

import re
from collections.abc import Iterator

from chatlstm.history.archive import Archive
from chatlstm.history.turn import StoredTurn

_FENCED = "code"  # the plugin whose replies are programs


def list_branch(archive: Archive) -> list[StoredTurn]:
    """List the turns of the current branch.

    Args:
        archive: The conversation.

    Returns:
        The turns from the first to the tip.
    """
    turns = {turn.id: turn for turn in archive.turns}
    branch, turn_id = [], archive.conversation.tip_id
    while turn_id is not None:
        branch.append(turns[turn_id])
        turn_id = turns[turn_id].parent_id
    return branch[::-1]


def write_text(archive: Archive) -> Iterator[str]:
    """Write a conversation as it looks in a terminal.

    Args:
        archive: The conversation.

    Yields:
        Lines; what the person said begins with ``>``.
    """
    yield from (archive.conversation.title, _describe(archive), "")
    for stored in list_branch(archive):
        if stored.turn.speaker == "person":
            yield from (f"> {line}".rstrip() for line in stored.turn.text.split("\n"))
        else:
            yield from stored.turn.text.split("\n")
            yield ""


def write_markdown(archive: Archive) -> Iterator[str]:
    """Write a conversation as Markdown: a heading a turn, the lines of verse kept apart.

    Args:
        archive: The conversation.

    Yields:
        Lines.
    """
    yield from (f"# {archive.conversation.title}", "", _describe(archive), "")
    for stored in list_branch(archive):
        plugin = stored.recipe.plugin if stored.recipe else "Reply"
        yield from (f"## {'You' if stored.turn.speaker == 'person' else plugin}", "")
        if plugin == _FENCED:
            runs = re.findall("`+", stored.turn.text)
            fence = "`" * max(3, 1 + max(map(len, runs), default=0))
            yield from (f"{fence}python", stored.turn.text, fence)
        else:
            lines = stored.turn.text.split("\n")
            yield from (f"{line}  " if line.strip() else "" for line in lines[:-1])  # "  " breaks a line
            yield lines[-1]
        yield ""


def _describe(archive: Archive) -> str:
    conversation = archive.conversation
    return f"{conversation.created:%Y-%m-%d %H:%M} UTC, {conversation.plugin}, {conversation.id}"

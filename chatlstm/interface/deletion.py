"""``history delete``: asks, deletes, and tells what could not be wiped at once."""

import sys
from datetime import timedelta

import click

from chatlstm.errors import MisuseError
from chatlstm.history.conversation import Conversation, utc_now
from chatlstm.history.history import History
from chatlstm.interface.conversations import look_into_history
from chatlstm.interface.output import show_table, tell

_SHOWN = 10


def run_delete(prefixes: tuple[str, ...], age: timedelta | None, *, yes: bool) -> int:
    """Delete conversations for good.

    Args:
        prefixes: Ids, or their first characters; none chooses by age.
        age: How long ago they were last spoken in, at least; None chooses all.
        yes: Do not ask.

    Returns:
        The exit code: 1 where something still stands in a file.

    Raises:
        MisuseError: There is no terminal to ask on.
        NoConversationError: An id names none, or several; then none is deleted.
    """
    with look_into_history() as kept:
        chosen = choose_conversations(kept, prefixes, age)
        if not chosen:
            tell("no conversation to delete")
            return 0
        if not yes:
            ask(chosen)
        remains = kept.delete_conversations([one.id for one in chosen])
    tell(remains or f"deleted {count_conversations(chosen)} for good")
    return 1 if remains else 0


def choose_conversations(
    kept: History, prefixes: tuple[str, ...], age: timedelta | None
) -> list[Conversation]:
    """List the conversations that are meant, each once."""
    if prefixes:
        return list({one.id: one for one in map(kept.find_conversation, prefixes)}.values())
    latest = utc_now() - (age or timedelta())
    return [one for one in kept.list_conversations() if age is None or one.updated < latest]


def ask(chosen: list[Conversation]) -> None:
    """Show what is to be deleted, and ask.

    Raises:
        MisuseError: There is no terminal to ask on.
        click.Abort: The person does not want it.
    """
    if not sys.stdin.isatty():
        raise MisuseError(f"{count_conversations(chosen)}: add --yes to delete without being asked")
    rows = [(one.id, str(one.turns), one.title) for one in chosen[:_SHOWN]]
    show_table(("id", "turns", "title"), rows)
    more = f" ({len(chosen) - _SHOWN} more are not shown)" if len(chosen) > _SHOWN else ""
    click.confirm(f"Delete {len(chosen)} for good?{more}", abort=True, err=True)


def count_conversations(chosen: list[Conversation]) -> str:
    """Say how many conversations there are."""
    return f"{len(chosen)} conversation{'s' * (len(chosen) != 1)}"

"""Deletion for good: the rows, then every byte that they leave behind in the files."""

import re
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from chatlstm.history import branches, conversation_rows, turn_rows
from chatlstm.history.conversation import make_title
from chatlstm.history.database import Database
from chatlstm.history.failure import HistoryError
from chatlstm.history.index import rebuild_index
from chatlstm.history.tables import CONVERSATION, PURGE, TURN, select_subtree

_COPY = re.compile(r"\.v\d+(\.partial)?(-wal|-shm|-journal)?")


def delete_conversations(connection: Connection, ids: Sequence[str]) -> None:
    """Delete the rows of conversations, and note that their text is to be purged.

    Args:
        connection: In a transaction that writes.
        ids: Whole ids.

    Raises:
        NoConversationError: There is no such conversation.
    """
    for conversation_id in ids:
        conversation_rows.need_conversation(connection, conversation_id)
        connection.execute(delete(CONVERSATION).where(CONVERSATION.c.id == conversation_id))
    _note_purge(connection)


def forget_turn(connection: Connection, turn_id: int) -> None:
    """Delete the rows of a turn and of what follows it, and note that their text is to be purged.

    Args:
        connection: In a transaction that writes.
        turn_id: The turn.

    Raises:
        NoTurnError: There is no such turn.
    """
    turn = turn_rows.need_turn(connection, turn_id)
    conversation = conversation_rows.need_conversation(connection, turn.conversation_id)
    forgotten = set(connection.execute(select_subtree(turn_id)).scalars())
    tree = branches.find_tree(connection, conversation.id)
    kept = [each for each in tree if each.id not in forgotten]
    if not kept:
        delete_conversations(connection, [conversation.id])
        return
    if conversation.tip_id in forgotten:
        conversation_rows.set_tip(connection, conversation.id, turn.parent_id)
    if conversation.title in {make_title(each.turn.text) for each in tree if each.id in forgotten}:
        conversation_rows.set_title(connection, conversation.id, make_title(kept[0].turn.text))
    connection.execute(delete(TURN).where(TURN.c.id.in_(select_subtree(turn_id))))
    _note_purge(connection)


def purge(database: Database) -> str:
    """Write the files of a history anew, without what was deleted, and remove older copies.

    What cannot be purged now is purged when the history is next opened.

    Args:
        database: The history, nothing deleted but not yet purged in a transaction of its own.

    Returns:
        What still stands where and why, in a sentence; empty where nothing does.
    """
    try:
        whole = database.compact()
        if database.path is not None:
            remove_copies(database.path)
        if whole:
            with database.write() as connection:
                connection.execute(delete(PURGE))
    except (HistoryError, OSError) as error:
        return f"what was deleted is gone from all lists, but not from the files yet ({error}); {_LATER}"
    if not whole:
        return (
            f"another program is reading {database.path}, so what was deleted still stands in "
            f"{database.path}-wal; {_LATER}"
        )
    return ""


_LATER = "that is made good when the history is next opened"


def resume_purge(database: Database) -> None:
    """Purge what a process deleted that did not come to purge it.

    Args:
        database: The history, just opened.
    """
    with database.read() as connection:
        due = connection.execute(select(PURGE.c.since)).first() is not None
    if due:
        purge(database)


def remove_copies(path: Path) -> None:
    """Remove the copies that migrations left beside a database: they hold what it held then.

    Args:
        path: The database.

    Raises:
        OSError: One cannot be removed.
    """
    for file in sorted(path.parent.glob("*")):
        name = file.name
        if name.startswith(path.name) and _COPY.fullmatch(name[len(path.name) :]):
            file.unlink(missing_ok=True)


def _note_purge(connection: Connection) -> None:
    rebuild_index(connection)
    connection.execute(insert(PURGE).values(since=round(time.time())))

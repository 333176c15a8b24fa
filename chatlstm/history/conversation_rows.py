"""Rows of ``conversation``, read into values and written from them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from chatlstm.history.conversation import Conversation, count_microseconds, make_id, read_moment
from chatlstm.history.failure import NoConversationError
from chatlstm.history.tables import CONVERSATION, TURN, select_conversations
from chatlstm.history.turn import StoredTurn


def read_conversation(row: Row[Any]) -> Conversation:  # Any: columns of many types
    """Make the value of a row of ``select_conversations``.

    Args:
        row: A whole row.

    Returns:
        The conversation.
    """
    return Conversation(
        id=row.id,
        title=row.title,
        plugin=row.plugin,
        tip_id=row.tip_id,
        created=read_moment(row.created),
        updated=read_moment(row.updated),
        turns=row.depth or 0,
    )


def find_conversation(connection: Connection, conversation_id: str) -> Conversation | None:
    """Read the conversation with an id.

    Args:
        connection: In a transaction.
        conversation_id: The whole id.

    Returns:
        The conversation, or None.
    """
    found = select_conversations().where(CONVERSATION.c.id == conversation_id)
    row = connection.execute(found).one_or_none()
    return None if row is None else read_conversation(row)


def need_conversation(connection: Connection, conversation_id: str) -> Conversation:
    """Read the conversation with an id, which must be there.

    Args:
        connection: In a transaction.
        conversation_id: The whole id.

    Returns:
        The conversation.

    Raises:
        NoConversationError: It is not there, or was deleted meanwhile.
    """
    conversation = find_conversation(connection, conversation_id)
    if conversation is None:
        raise NoConversationError(f"no conversation has the id {conversation_id!r}")
    return conversation


def list_conversations(connection: Connection, limit: int | None) -> tuple[Conversation, ...]:
    """Read the conversations in which something was said.

    Args:
        connection: In a transaction.
        limit: How many at most, ``>= 0``; None lists all.

    Returns:
        The conversations, the one last spoken in first; those whose tip stands before the first
        turn again are among them.
    """
    spoken = select(TURN.c.id).where(TURN.c.conversation_id == CONVERSATION.c.id).correlate(CONVERSATION)
    latest = (
        select_conversations()
        .where(spoken.exists())
        .order_by(CONVERSATION.c.updated.desc(), CONVERSATION.c.id.desc())
        .limit(limit)
    )
    return tuple(read_conversation(row) for row in connection.execute(latest))


def find_conversations(connection: Connection, prefix: str, limit: int) -> tuple[Conversation, ...]:
    """Read the conversations whose ids begin so.

    Args:
        connection: In a transaction.
        prefix: The first characters of an id, in lower case; the empty one finds nothing.
        limit: How many at most.

    Returns:
        The conversations, the oldest first.
    """
    if not prefix or not prefix.isascii():  # every id is ASCII
        return ()
    # A range uses the index, as LIKE would not; "\x7f" sorts behind all an id may hold.
    found = select_conversations().where(CONVERSATION.c.id.between(prefix, prefix + "\x7f"))
    matches = connection.execute(found.order_by(CONVERSATION.c.id).limit(limit))
    return tuple(read_conversation(row) for row in matches)


def find_free_id(connection: Connection, moment: datetime) -> str:
    """Find an id that no conversation has.

    Args:
        connection: In a transaction that writes.
        moment: When the conversation began.

    Returns:
        The id of that moment, or the next one that is free.
    """
    attempt = 0
    while find_conversation(connection, make_id(moment, attempt)):
        attempt += 1
    return make_id(moment, attempt)


def insert_conversation(connection: Connection, conversation: Conversation) -> None:
    """Write a new conversation.

    Args:
        connection: In a transaction that writes.
        conversation: What to write; its tip may be inserted later in the transaction.
    """
    connection.execute(
        insert(CONVERSATION).values(
            id=conversation.id,
            title=conversation.title,
            plugin=conversation.plugin,
            tip_id=conversation.tip_id,
            created=count_microseconds(conversation.created),
            updated=count_microseconds(conversation.updated),
        )
    )


def move_tip(connection: Connection, turn: StoredTurn, conversation: Conversation) -> None:
    """Make a turn the tip of its conversation.

    Args:
        connection: In a transaction that writes.
        turn: The new tip.
        conversation: Gives the title and the plugin the conversation has from now on.
    """
    connection.execute(
        update(CONVERSATION)
        .where(CONVERSATION.c.id == turn.conversation_id)
        .values(
            tip_id=turn.id,
            title=conversation.title,
            plugin=conversation.plugin,
            updated=count_microseconds(turn.created),
        )
    )


def set_tip(connection: Connection, conversation_id: str, turn_id: int | None) -> None:
    """Let a conversation go on behind one of its turns.

    Args:
        connection: In a transaction that writes.
        conversation_id: The conversation.
        turn_id: The turn, which belongs to it; None for before the first.
    """
    change = update(CONVERSATION).where(CONVERSATION.c.id == conversation_id)
    connection.execute(change.values(tip_id=turn_id))


def set_title(connection: Connection, conversation_id: str, title: str) -> None:
    """Give a conversation another title.

    Args:
        connection: In a transaction that writes.
        conversation_id: The conversation.
        title: What lists shall show.
    """
    change = update(CONVERSATION).where(CONVERSATION.c.id == conversation_id)
    connection.execute(change.values(title=title))

"""Rows of the tables, read into values and written from them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from chatlstm.history.conversation import Conversation, count_microseconds, read_moment
from chatlstm.history.failure import NoConversationError
from chatlstm.history.tables import CONVERSATION, TURN
from chatlstm.history.turn import Recipe, StoredTurn, encode_json
from chatlstm.records import Turn

UNNUMBERED = 0
"""The id of a turn that is not stored yet; the database counts from 1."""


def read_conversation(row: Row[Any]) -> Conversation:  # Any: columns of many types
    """Make the value of a row of ``conversation``.

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
    )


def read_turn(row: Row[Any]) -> StoredTurn:  # Any: columns of many types
    """Make the value of a row of ``turn``.

    Args:
        row: A whole row.

    Returns:
        The turn.
    """
    recipe = None
    if row.plugin is not None:
        recipe = Recipe(row.plugin, row.checkpoint, row.seed, json.loads(row.options))
    return StoredTurn(
        id=row.id,
        conversation_id=row.conversation_id,
        parent_id=row.parent_id,
        turn=Turn(row.speaker, row.text),
        status=row.status,
        created=read_moment(row.created),
        updated=read_moment(row.updated),
        recipe=recipe,
        tokens=row.tokens,
        seconds=row.seconds,
        details=json.loads(row.details),
    )


def find_conversation(connection: Connection, conversation_id: str) -> Conversation | None:
    """Read the conversation with an id.

    Args:
        connection: In a transaction.
        conversation_id: The whole id.

    Returns:
        The conversation, or None.
    """
    found = select(CONVERSATION).where(CONVERSATION.c.id == conversation_id)
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


def list_conversations(connection: Connection, limit: int) -> tuple[Conversation, ...]:
    """Read the conversations in which something was said.

    Args:
        connection: In a transaction.
        limit: How many at most, ``>= 0``.

    Returns:
        The conversations, the one last spoken in first.
    """
    latest = (
        select(CONVERSATION)
        .where(CONVERSATION.c.tip_id.is_not(None))
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
    found = select(CONVERSATION).where(CONVERSATION.c.id.between(prefix, prefix + "\x7f"))
    matches = connection.execute(found.order_by(CONVERSATION.c.id).limit(limit))
    return tuple(read_conversation(row) for row in matches)


def need_turn(connection: Connection, turn_id: int) -> StoredTurn:
    """Read the turn with an id, which must be there.

    Args:
        connection: In a transaction.
        turn_id: The id.

    Returns:
        The turn.

    Raises:
        ValueError: It is not there.
    """
    row = connection.execute(select(TURN).where(TURN.c.id == turn_id)).one_or_none()
    if row is None:
        raise ValueError(f"no turn has the id {turn_id}")
    return read_turn(row)


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


def insert_turn(connection: Connection, turn: StoredTurn) -> StoredTurn:
    """Write a new turn.

    Args:
        connection: In a transaction that writes.
        turn: What to write; the database numbers it if its id is ``UNNUMBERED``.

    Returns:
        The turn with its id.
    """
    recipe = turn.recipe
    inserted = connection.execute(
        insert(TURN).values(
            id=None if turn.id == UNNUMBERED else turn.id,
            conversation_id=turn.conversation_id,
            parent_id=turn.parent_id,
            speaker=turn.turn.speaker,
            text=turn.turn.text,
            status=turn.status,
            plugin=recipe and recipe.plugin,
            checkpoint=recipe and recipe.checkpoint,
            seed=recipe and recipe.seed,
            options=encode_json(recipe.options if recipe else {}),
            details=encode_json(turn.details),
            tokens=turn.tokens,
            seconds=turn.seconds,
            created=count_microseconds(turn.created),
            updated=count_microseconds(turn.updated),
        )
    )
    return replace(turn, id=inserted.lastrowid)


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


def change_turn(
    connection: Connection, turn_id: int, values: Mapping[str, str | int | float]
) -> None:
    """Write other values into a turn.

    Args:
        connection: In a transaction that writes.
        turn_id: The turn.
        values: By column.

    Raises:
        ValueError: There is no such turn.
    """
    change = update(TURN).where(TURN.c.id == turn_id).values(values)
    if connection.execute(change).rowcount == 0:
        raise ValueError(f"no turn has the id {turn_id}")


def stop_replies(connection: Connection, conversation_id: str) -> None:
    """Make every pending reply of a conversation a stopped one.

    Args:
        connection: In a transaction that writes.
        conversation_id: The conversation.
    """
    pending = (TURN.c.conversation_id == conversation_id) & (TURN.c.status == "pending")
    connection.execute(update(TURN).where(pending).values(status="stopped"))

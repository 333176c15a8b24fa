"""Rows of ``turn``, read into values and written from them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from chatlstm.history.conversation import count_microseconds, read_moment
from chatlstm.history.failure import NoTurnError
from chatlstm.history.feedback import Feedback
from chatlstm.history.index import write_words
from chatlstm.history.tables import FEEDBACK, TURN, select_turns
from chatlstm.history.turn import Outcome, Recipe, StoredTurn, check_text, encode_json
from chatlstm.records import Turn

UNNUMBERED = 0
"""The id of a turn that is not stored yet; the database counts from 1."""


def read_turn(row: Row[Any]) -> StoredTurn:  # Any: columns of many types
    """Make the value of a row of ``select_turns``.

    Args:
        row: A whole row.

    Returns:
        The turn.
    """
    recipe = None
    if row.plugin is not None:
        recipe = Recipe(row.plugin, row.checkpoint, row.seed, json.loads(row.options))
    told = row.mark is not None or row.correction is not None
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
        feedback=Feedback(row.mark, row.correction) if told else None,
    )


def need_turn(connection: Connection, turn_id: int) -> StoredTurn:
    """Read the turn with an id, which must be there.

    Args:
        connection: In a transaction.
        turn_id: The id.

    Returns:
        The turn.

    Raises:
        NoTurnError: It is not there, or was forgotten meanwhile.
    """
    row = connection.execute(select_turns().where(TURN.c.id == turn_id)).one_or_none()
    if row is None:
        raise NoTurnError(f"no turn has the id {turn_id}")
    return read_turn(row)


def insert_turn(connection: Connection, turn: StoredTurn) -> StoredTurn:
    """Write a new turn with its feedback and, unless it is pending, the words it is found by.

    Args:
        connection: In a transaction that writes.
        turn: What to write; the database numbers it if its id is ``UNNUMBERED``.

    Returns:
        The turn with its id.
    """
    recipe = turn.recipe
    parent = select(TURN.c.depth).where(TURN.c.id == turn.parent_id).scalar_subquery()
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
            depth=func.coalesce(parent, 0) + 1,
        )
    )
    stored = replace(turn, id=inserted.lastrowid)
    if stored.feedback is not None:
        write_feedback(connection, stored.id, stored.feedback)
    if stored.status != "pending":
        write_words(connection, stored.id, stored.turn.text)
    return stored


def write_feedback(connection: Connection, turn_id: int, feedback: Feedback | None) -> None:
    """Write what the person thinks of a reply in place of what was told before.

    Args:
        connection: In a transaction that writes.
        turn_id: The reply.
        feedback: The judgement; None takes it back.
    """
    connection.execute(delete(FEEDBACK).where(FEEDBACK.c.turn_id == turn_id))
    if feedback is not None:
        told = {"mark": feedback.mark, "correction": feedback.correction}
        connection.execute(insert(FEEDBACK).values(turn_id=turn_id, **told))


def change_turn(
    connection: Connection, turn_id: int, values: Mapping[str, str | int | float]
) -> None:
    """Write other values into a turn.

    Args:
        connection: In a transaction that writes.
        turn_id: The turn.
        values: By column.

    Raises:
        NoTurnError: There is no such turn.
    """
    change = update(TURN).where(TURN.c.id == turn_id).values(values)
    if connection.execute(change).rowcount == 0:
        raise NoTurnError(f"no turn has the id {turn_id}")


def end_reply(connection: Connection, turn_id: int, outcome: Outcome, moment: datetime) -> None:
    """Write how a reply ended, and the words it is found by.

    Args:
        connection: In a transaction that writes.
        turn_id: The reply.
        outcome: Its text, status and figures.
        moment: When it ended.

    Raises:
        NoTurnError: There is no such turn.
        ValueError: A text holds a lone surrogate.
    """
    values: dict[str, str | int | float] = {
        "text": check_text(outcome.text),
        "status": outcome.status,
        "tokens": outcome.tokens,
        "seconds": outcome.seconds,
        "details": encode_json(outcome.details),
        "updated": count_microseconds(moment),
    }
    change_turn(connection, turn_id, values)
    write_words(connection, turn_id, outcome.text)


def stop_replies(connection: Connection, conversation_id: str) -> None:
    """Make every pending reply of a conversation a stopped one.

    Args:
        connection: In a transaction that writes.
        conversation_id: The conversation.
    """
    pending = (TURN.c.conversation_id == conversation_id) & (TURN.c.status == "pending")
    for row in connection.execute(select(TURN.c.id, TURN.c.text).where(pending)).all():
        change_turn(connection, row.id, {"status": "stopped"})
        write_words(connection, row.id, row.text)

"""A whole conversation apart from any database: its tree, feedback and states."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from chatlstm.history import conversation_rows, turn_rows
from chatlstm.history.conversation import Conversation, make_id
from chatlstm.history.state import TurnState, write_state
from chatlstm.history.turn import StoredTurn


@dataclass(frozen=True)
class Archive:
    """All there is of a conversation.

    Args:
        conversation: The conversation; its tip is one of ``turns``.
        turns: The turns of all branches, a parent before its children.
        states: The model's state by the id of the turn it stands behind.

    Example:
        >>> from datetime import UTC, datetime
        >>> noon = datetime(2026, 7, 31, 12, tzinfo=UTC)
        >>> Archive(Conversation("260731-g000", "", "dialogue", None, noon, noon), ()).states
        {}
    """

    conversation: Conversation
    turns: tuple[StoredTurn, ...]
    states: Mapping[int, TurnState] = field(default_factory=dict)


def number_turns(archive: Archive) -> Archive:
    """Number the turns of a conversation from 1, so that its archive is the same wherever it lay.

    Args:
        archive: Turns with the ids of a database.

    Returns:
        The same conversation with numbers in place of the ids.
    """
    numbers = {turn.id: number for number, turn in enumerate(archive.turns, start=1)}
    turns = tuple(
        replace(turn, id=numbers[turn.id], parent_id=turn.parent_id and numbers[turn.parent_id])
        for turn in archive.turns
    )
    states = {numbers[turn_id]: state for turn_id, state in archive.states.items()}
    tip_id = archive.conversation.tip_id
    tipped = replace(archive.conversation, tip_id=tip_id and numbers[tip_id])
    return Archive(tipped, turns, states)


def cut_branch(archive: Archive, tip_id: int, *, now: datetime) -> Archive:
    """Cut one branch out of a conversation, to be a conversation of its own.

    Args:
        archive: The conversation.
        tip_id: The last turn of the branch.
        now: When the new conversation begins.

    Returns:
        A conversation of the turns that lead there, with their feedback and states.
    """
    turns = {turn.id: turn for turn in archive.turns}
    branch: list[StoredTurn] = []
    place: int | None = tip_id
    while place is not None:
        branch.insert(0, turns[place])
        place = turns[place].parent_id
    states = {turn.id: archive.states[turn.id] for turn in branch if turn.id in archive.states}
    conversation = replace(archive.conversation, id=make_id(now), tip_id=tip_id, created=now, updated=now)
    return Archive(conversation, tuple(branch), states)


def insert_archive(connection: Connection, archive: Archive) -> Conversation:
    """Write a conversation with all there is of it.

    Args:
        connection: In a transaction that writes.
        archive: The conversation; it gets another id where its own is taken, and its turns get the
            ids that the database gives.

    Returns:
        The conversation as it is stored.
    """
    wanted = archive.conversation
    if conversation_rows.find_conversation(connection, wanted.id):
        wanted = replace(wanted, id=conversation_rows.find_free_id(connection, wanted.created))
    conversation_rows.insert_conversation(connection, replace(wanted, tip_id=None))
    ids: dict[int, int] = {}
    for turn in archive.turns:
        parent_id = None if turn.parent_id is None else ids[turn.parent_id]
        new = replace(
            turn, id=turn_rows.UNNUMBERED, conversation_id=wanted.id, parent_id=parent_id
        )
        ids[turn.id] = turn_rows.insert_turn(connection, new).id
        if turn.id in archive.states:
            write_state(connection, ids[turn.id], archive.states[turn.id])
    tip_id = None if wanted.tip_id is None else ids[wanted.tip_id]
    conversation_rows.set_tip(connection, wanted.id, tip_id)
    return conversation_rows.need_conversation(connection, wanted.id)

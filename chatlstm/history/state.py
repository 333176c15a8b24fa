"""The model's state behind a reply, kept so that nothing has to be read again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, insert, select

from chatlstm.history.tables import STATE, TURN


@dataclass(frozen=True)
class TurnState:
    """What a recurrent model remembers behind a turn.

    Args:
        checkpoint: Name and content hash of the checkpoint it belongs to, such as ``"en@1f0c9a2b"``.
        dtype: The precision it was computed in, such as ``"int8"``; in another it is another state.
        data: The state as the engine saves it, a few KiB.

    Example:
        >>> TurnState("en@1f0c9a2b", "int8", b"...").dtype
        'int8'
    """

    checkpoint: str
    dtype: str
    data: bytes


def write_state(connection: Connection, turn_id: int, state: TurnState) -> None:
    """Write the state behind a turn in place of an older one.

    Args:
        connection: In a transaction that writes.
        turn_id: The turn.
        state: What to write.
    """
    connection.execute(delete(STATE).where(STATE.c.turn_id == turn_id))
    connection.execute(
        insert(STATE).values(
            turn_id=turn_id, checkpoint=state.checkpoint, dtype=state.dtype, data=state.data
        )
    )


def find_latest(
    connection: Connection, turn_ids: Sequence[int], *, checkpoint: str, dtype: str
) -> tuple[int, bytes] | None:
    """Read the state behind the latest of some turns that has one.

    Args:
        connection: In a transaction.
        turn_ids: The turns.
        checkpoint: Of which checkpoint.
        dtype: In which precision.

    Returns:
        The turn's id and the state, or None.
    """
    fits = STATE.c.turn_id.in_(turn_ids) & (STATE.c.checkpoint == checkpoint) & (STATE.c.dtype == dtype)
    latest = select(STATE.c.turn_id, STATE.c.data).where(fits).order_by(STATE.c.turn_id.desc()).limit(1)
    row = connection.execute(latest).one_or_none()
    return None if row is None else (row.turn_id, row.data)


def find_states(connection: Connection, conversation_id: str) -> dict[int, TurnState]:
    """Read the states of a whole conversation.

    Args:
        connection: In a transaction.
        conversation_id: The conversation.

    Returns:
        The states by the turn's id.
    """
    query = select(STATE).join(TURN, TURN.c.id == STATE.c.turn_id)
    found = connection.execute(query.where(TURN.c.conversation_id == conversation_id))
    return {row.turn_id: _read_state(row) for row in found}


def _read_state(row: Row[tuple[int, str, str, bytes]]) -> TurnState:
    return TurnState(row.checkpoint, row.dtype, row.data)

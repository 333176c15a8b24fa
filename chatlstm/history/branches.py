"""The branches of a conversation: its whole tree, siblings, and where a branch ends."""

from sqlalchemy import Connection, func, select

from chatlstm.history.tables import TURN, select_subtree, select_turns
from chatlstm.history.turn import StoredTurn
from chatlstm.history.turn_rows import read_turn


def find_tree(connection: Connection, conversation_id: str) -> tuple[StoredTurn, ...]:
    """Read every turn of a conversation.

    Args:
        connection: In a transaction.
        conversation_id: The conversation.

    Returns:
        The turns of all branches, the oldest first, so that a parent stands before its children.
    """
    found = select_turns().where(TURN.c.conversation_id == conversation_id).order_by(TURN.c.id)
    return tuple(read_turn(row) for row in connection.execute(found))


def find_siblings(connection: Connection, turn: StoredTurn) -> tuple[StoredTurn, ...]:
    """Read the turns that follow the same turn as this one.

    Args:
        connection: In a transaction.
        turn: One of them.

    Returns:
        All of them, the oldest first, this one among them.
    """
    of_one_parent = (
        TURN.c.conversation_id == turn.conversation_id
    ) & TURN.c.parent_id.is_not_distinct_from(turn.parent_id)
    found = select_turns().where(of_one_parent).order_by(TURN.c.id)
    return tuple(read_turn(row) for row in connection.execute(found))


def find_branch_end(connection: Connection, turn_id: int) -> int | None:
    """Find where the person was last, following a turn.

    Args:
        connection: In a transaction.
        turn_id: The turn.

    Returns:
        The latest turn that follows it on any branch, which nothing follows; the turn itself where
        nothing follows it, and None where it is not there.
    """
    tree = select_subtree(turn_id).subquery()
    return connection.execute(select(func.max(tree.c.id))).scalar()

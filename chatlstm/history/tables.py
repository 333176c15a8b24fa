"""The tables as queries see them; ``migrations.py`` creates them."""

from typing import Any

from sqlalchemy import (
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    ScalarSelect,
    Select,
    Table,
    Text,
    literal,
    select,
)

METADATA = MetaData()

CONVERSATION = Table(
    "conversation",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("plugin", Text, nullable=False),
    Column("tip_id", Integer),
    Column("created", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
)

TURN = Table(
    "turn",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", Text, nullable=False),
    Column("parent_id", Integer),
    Column("speaker", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("plugin", Text),
    Column("checkpoint", Text),
    Column("seed", Integer),
    Column("options", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("created", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("depth", Integer, nullable=False),
)

STATE = Table(
    "state",
    METADATA,
    Column("turn_id", Integer, primary_key=True),
    Column("checkpoint", Text, nullable=False),
    Column("dtype", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("turn_id", Integer, primary_key=True),
    Column("mark", Text),
    Column("correction", Text),
)

TURN_WORDS = Table(
    "turn_words",
    METADATA,
    Column("turn_id", Integer, primary_key=True),
    Column("words", Text, nullable=False),
)

PURGE = Table("purge", METADATA, Column("since", Integer, nullable=False))


# Any: columns of many types
def select_conversations() -> Select[Any]:
    """Select conversations, each with the depth of its tip.

    Returns:
        A query for rows of ``conversation`` with ``depth``, which is None before the first turn.

    Example:
        >>> "LEFT OUTER JOIN turn" in str(select_conversations())
        True
    """
    return select(CONVERSATION, TURN.c.depth).outerjoin(TURN, TURN.c.id == CONVERSATION.c.tip_id)


# Any: columns of many types
def select_turns() -> Select[Any]:
    """Select turns, each with its feedback.

    Returns:
        A query for rows of ``turn`` with ``mark`` and ``correction``.

    Example:
        >>> "LEFT OUTER JOIN feedback" in str(select_turns())
        True
    """
    return select(TURN, FEEDBACK.c.mark, FEEDBACK.c.correction).outerjoin(
        FEEDBACK, FEEDBACK.c.turn_id == TURN.c.id
    )


# Any: columns of many types
def select_branch(conversation_id: str, limit: int | None = None) -> Select[Any]:
    """Select the current branch of a conversation, from its tip back along the parents.

    Args:
        conversation_id: Whose branch.
        limit: How many turns to walk at most; the cost follows it, not the conversation's
            length. None walks to the first turn.

    Returns:
        A query for rows of ``select_turns``, oldest first.

    Example:
        >>> "RECURSIVE" in str(select_branch("260731-g000", limit=8))
        True
    """
    tip = select(CONVERSATION.c.tip_id).where(CONVERSATION.c.id == conversation_id)
    return select_branch_to(tip.scalar_subquery(), limit)


# Any: columns of many types
def select_branch_to(tip_id: int | ScalarSelect[Any], limit: int | None = None) -> Select[Any]:
    """Select a turn and what leads to it, back along the parents.

    Args:
        tip_id: The turn's id.
        limit: How many turns to walk at most; None walks to the first.

    Returns:
        A query for rows of ``select_turns``, oldest first.

    Example:
        >>> "RECURSIVE" in str(select_branch_to(7))
        True
    """
    tip = select(TURN.c.id, TURN.c.parent_id, literal(1).label("steps")).where(TURN.c.id == tip_id)
    branch = tip.cte("branch", recursive=True)
    step = select(TURN.c.id, TURN.c.parent_id, branch.c.steps + 1).join(
        branch, TURN.c.id == branch.c.parent_id
    )
    if limit is not None:
        step = step.where(branch.c.steps < limit)
    branch = branch.union_all(step)
    return select_turns().join(branch, TURN.c.id == branch.c.id).order_by(branch.c.steps.desc())


# Any: columns of many types
def select_subtree(turn_id: int) -> Select[Any]:
    """Select a turn and everything that follows it, on all branches.

    Args:
        turn_id: The turn's id.

    Returns:
        A query for ids.

    Example:
        >>> "RECURSIVE" in str(select_subtree(7))
        True
    """
    top = select(TURN.c.id, TURN.c.conversation_id).where(TURN.c.id == turn_id)
    tree = top.cte("subtree", recursive=True)
    followed = (TURN.c.conversation_id == tree.c.conversation_id) & (TURN.c.parent_id == tree.c.id)
    tree = tree.union_all(select(TURN.c.id, TURN.c.conversation_id).join(tree, followed))
    return select(tree.c.id)

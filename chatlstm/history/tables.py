"""The tables as queries see them; ``migrations.py`` creates them."""

from typing import Any

from sqlalchemy import (
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
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
def select_branch(conversation_id: str, limit: int | None = None) -> Select[Any]:
    """Select the current branch of a conversation, from its tip back along the parents.

    Args:
        conversation_id: Whose branch.
        limit: How many turns to walk at most; the cost follows it, not the conversation's
            length. None walks to the first turn.

    Returns:
        A query for rows of ``turn``, oldest first.

    Example:
        >>> "RECURSIVE" in str(select_branch("260731-g000", limit=8))
        True
    """
    branch = (
        select(TURN.c.id, TURN.c.parent_id, literal(1).label("depth"))
        .join(CONVERSATION, CONVERSATION.c.tip_id == TURN.c.id)
        .where(CONVERSATION.c.id == conversation_id)
        .cte("branch", recursive=True)
    )
    step = select(TURN.c.id, TURN.c.parent_id, branch.c.depth + 1).join(
        branch, TURN.c.id == branch.c.parent_id
    )
    if limit is not None:
        step = step.where(branch.c.depth < limit)
    branch = branch.union_all(step)
    return select(TURN).join(branch, TURN.c.id == branch.c.id).order_by(branch.c.depth.desc())

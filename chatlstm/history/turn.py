"""A turn as it is stored: what was said, and how a reply came about."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Literal

from chatlstm.history.feedback import Feedback
from chatlstm.records import Turn

Status = Literal["pending", "done", "stopped", "failed"]
"""``pending`` while a reply is drawn, then how it ended; a person's turn is ``done``."""


@dataclass(frozen=True)
class Recipe:
    """What a reply is made from; the same recipe and context give the same bytes.

    Args:
        plugin: Name of the plugin that answers.
        checkpoint: Name and content hash of the checkpoint, such as ``"en@1f0c9a2b"``.
        seed: The reply's seed, ``-2**63 <= seed < 2**63``.
        options: The plugin's options by name.

    Raises:
        ValueError: The seed is outside its range.

    Example:
        >>> Recipe("dialogue", "en@1f0c9a2b", seed=7).options
        {}
    """

    plugin: str
    checkpoint: str
    seed: int
    options: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not -(2**63) <= self.seed < 2**63:
            raise ValueError(f"seed must be in [-2**63, 2**63), got {self.seed}")


@dataclass(frozen=True)
class Outcome:
    """How a reply ended.

    Args:
        text: All of it.
        status: ``"done"``; ``"stopped"`` by the person; or ``"failed"`` by an error.
        tokens: How many tokens were drawn, ``>= 0``.
        seconds: How long that took, ``>= 0``.
        details: What else the plugin tells, in values that JSON knows.

    Raises:
        ValueError: A reply cannot end as pending, and no count may be negative.

    Example:
        >>> Outcome("Hi.", tokens=2, seconds=0.1).status
        'done'
    """

    text: str
    status: Status = "done"
    tokens: int = 0
    seconds: float = 0.0
    details: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.status == "pending":
            raise ValueError("a reply ends as 'done', 'stopped' or 'failed', got 'pending'")
        if self.tokens < 0 or not self.seconds >= 0:
            raise ValueError(
                f"tokens and seconds must be at least 0, got {self.tokens} and {self.seconds}"
            )


@dataclass(frozen=True)
class StoredTurn:
    """One turn of a conversation, as the history holds it.

    Args:
        id: Its number, unlike any other in this history.
        conversation_id: The conversation it belongs to.
        parent_id: The turn it follows; None for the first.
        turn: Who spoke, and what was said.
        status: How far it is.
        created: When it began, in UTC.
        updated: When it last changed, in UTC.
        recipe: What a reply was made from; None for a person's turn.
        tokens: How many tokens the reply took.
        seconds: How long the reply took.
        details: What else the plugin told.
        feedback: What the person thinks of the reply; None where that was not told.

    Example:
        >>> from datetime import UTC
        >>> noon = datetime(2026, 7, 31, 12, tzinfo=UTC)
        >>> turn = Turn("person", "Hello.")
        >>> StoredTurn(1, "260731-g000", None, turn, "done", noon, noon).recipe is None
        True
    """

    id: int
    conversation_id: str
    parent_id: int | None
    turn: Turn
    status: Status
    created: datetime
    updated: datetime
    recipe: Recipe | None = None
    tokens: int = 0
    seconds: float = 0.0
    details: Mapping[str, object] = field(default_factory=dict)
    feedback: Feedback | None = None


def check_text(text: str) -> str:
    """Refuse text that UTF-8 cannot hold, so that a fault shows before anything is written.

    Args:
        text: Any text; NUL and other control characters are kept as they are.

    Returns:
        The same text.

    Raises:
        ValueError: It holds a lone surrogate.

    Example:
        >>> check_text("ok \\ud800")
        Traceback (most recent call last):
        ...
        ValueError: text must not hold a lone surrogate, got '\\ud800' at character 3
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"text must not hold a lone surrogate, got {text[error.start]!r} "
            f"at character {error.start}"
        ) from error
    return text


def encode_json(values: Mapping[str, object]) -> str:
    """Write options or details as JSON, Chinese and emoji readable.

    Args:
        values: Values that JSON knows.

    Returns:
        One line of JSON; the order of the keys is kept.

    Raises:
        ValueError: A number is not finite, or a text holds a lone surrogate.
        TypeError: JSON has no such value.

    Example:
        >>> encode_json({"form": "五绝"})
        '{"form": "五绝"}'
    """
    return check_text(json.dumps(dict(values), ensure_ascii=False, allow_nan=False))


def keep_answered(turns: tuple[StoredTurn, ...], limit: int) -> tuple[StoredTurn, ...]:
    """Keep what a model can be shown: the person's turns that were answered, and the answers.

    A reply that failed, is still being drawn or is blank is left out with the turn it answers,
    so that the speakers alternate.

    Args:
        turns: Turns along one branch, oldest first.
        limit: How many turns to keep at most, ``>= 0``; the latest are kept.

    Returns:
        Pairs of a person's turn and its reply, oldest first.

    Example:
        >>> keep_answered((), limit=8)
        ()
    """
    pairs = [
        (said, answer)
        for said, answer in pairwise(turns)
        if said.turn.speaker == "person"
        and answer.turn.speaker == "reply"
        and answer.status in ("done", "stopped")
        and answer.turn.text.strip()
    ]
    latest = pairs[max(0, len(pairs) - limit // 2) :]
    return tuple(turn for pair in latest for turn in pair)


def keep_exchanges(turns: tuple[StoredTurn, ...], limit: int) -> tuple[Turn, ...]:
    """Keep what was said in those turns that ``keep_answered`` keeps.

    Example:
        >>> keep_exchanges((), limit=8)
        ()
    """
    return tuple(stored.turn for stored in keep_answered(turns, limit))

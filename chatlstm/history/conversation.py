"""A conversation as it is stored, its id and its title."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chatlstm.history.failure import NoConversationError

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread
_SLOTS = 32**4
_TITLE_LENGTH = 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Conversation:
    """A conversation: a tree of turns, of which one branch is current.

    Args:
        id: Short and unique; ids sort by the time the conversation began.
        title: What lists show; empty until the person has said something.
        plugin: The plugin that answered last, or will answer first.
        tip_id: The last turn of the current branch; None before the first turn.
        created: When it began, in UTC.
        updated: When a turn was last added, in UTC.
        turns: How many turns its current branch has, ``>= 0``.

    Example:
        >>> noon = datetime(2026, 7, 31, 12, tzinfo=UTC)
        >>> Conversation("260731-g000", "", "dialogue", None, noon, noon).plugin
        'dialogue'
    """

    id: str
    title: str
    plugin: str
    tip_id: int | None
    created: datetime
    updated: datetime
    turns: int = 0


def utc_now() -> datetime:
    """Read the clock.

    Returns:
        The present moment in UTC.

    Example:
        >>> utc_now().tzname()
        'UTC'
    """
    return datetime.now(UTC)


def count_microseconds(moment: datetime) -> int:
    """Turn a moment into the integer that is stored.

    Args:
        moment: A moment with a time zone.

    Returns:
        Microseconds since 1970 in UTC.

    Example:
        >>> count_microseconds(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
        1000000
    """
    return (moment - _EPOCH) // timedelta(microseconds=1)


def read_moment(microseconds: int) -> datetime:
    """Turn a stored integer back into a moment.

    Args:
        microseconds: Microseconds since 1970 in UTC.

    Returns:
        The moment in UTC.

    Example:
        >>> read_moment(1_000_000).isoformat()
        '1970-01-01T00:00:01+00:00'
    """
    return _EPOCH + timedelta(microseconds=microseconds)


def make_id(moment: datetime, attempt: int = 0) -> str:
    """Make a conversation's id from the time it began: the day, then the time of day.

    The day is cut into 32**4 slots of 1/12 second. Where a slot is taken, the next is tried.

    Args:
        moment: When the conversation began.
        attempt: How many slots after that moment were found taken, ``>= 0``.

    Returns:
        Eleven characters that sort by time, such as ``"260731-g000"``.

    Example:
        >>> make_id(datetime(2026, 7, 31, 12, tzinfo=UTC))
        '260731-g000'
        >>> make_id(datetime(2026, 7, 31, 12, tzinfo=UTC), attempt=1)
        '260731-g001'
    """
    slots = count_microseconds(moment) * _SLOTS // (_DAY // timedelta(microseconds=1))
    days, slot = divmod(slots + attempt, _SLOTS)
    code = ""
    for _ in range(4):
        slot, digit = divmod(slot, 32)
        code = _DIGITS[digit] + code
    return f"{_EPOCH + days * _DAY:%y%m%d}-{code}"


def make_title(text: str) -> str:
    """Make a conversation's title from the first thing said.

    Args:
        text: Any text.

    Returns:
        Its first 60 characters, runs of white space made one space.

    Example:
        >>> make_title("  What is\\nan LSTM? ")
        'What is an LSTM?'
    """
    title = " ".join(text[: 10 * _TITLE_LENGTH].split())  # enough of a long paste
    return title if len(title) <= _TITLE_LENGTH else f"{title[: _TITLE_LENGTH - 1].rstrip()}…"


def choose_conversation(
    prefix: str, matches: Sequence[Conversation], latest: Sequence[Conversation]
) -> Conversation:
    """Take the one conversation that was meant, or say why it cannot be told.

    Args:
        prefix: What the person gave as its id.
        matches: The conversations whose ids begin so.
        latest: Some others, to name where none does.

    Returns:
        The only match.

    Raises:
        NoConversationError: There is no match, or several.

    Example:
        >>> noon = datetime(2026, 7, 31, 12, tzinfo=UTC)
        >>> conversation = Conversation("260731-g000", "", "dialogue", None, noon, noon)
        >>> choose_conversation("26", [conversation], ()).id
        '260731-g000'
    """
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise NoConversationError(
            f"several conversations begin with {prefix!r}: {_name_all(matches)}; "
            "give more of the id"
        )
    known = f"the latest are {_name_all(latest)}" if latest else "there is none yet"
    raise NoConversationError(f"no conversation begins with {prefix!r}; {known}")


def _name_all(conversations: Sequence[Conversation]) -> str:
    return ", ".join(conversation.id for conversation in conversations)

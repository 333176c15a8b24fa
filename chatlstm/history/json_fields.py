"""Fields of a JSON file, each checked where it is read, so that a fault names its place."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from chatlstm.errors import ChatLSTMError
from chatlstm.history.turn import check_text

T = TypeVar("T")
_NAMES = {str: "a text", int: "a whole number", dict: "an object", list: "a list"}


class ImportFaultError(ChatLSTMError):
    """A file cannot be imported; nothing of it was.

    Example:
        >>> ImportFaultError("chats.json: $[3].title: needs a text").exit_code
        1
    """


def read_json(path: Path) -> object:
    """Read a JSON file.

    Args:
        path: The file, in UTF-8.

    Returns:
        What it holds.

    Raises:
        ImportFaultError: It is no JSON; the message names line and column.
        OSError: It cannot be read.
    """
    try:
        document: object = json.loads(path.read_bytes().decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise ImportFaultError(f"{path}:{error.lineno}:{error.colno}: is no JSON: {error.msg}") from error
    except UnicodeDecodeError as error:
        raise ImportFaultError(f"{path}: byte {error.start}: is no UTF-8") from error
    except (RecursionError, ValueError) as error:  # nested without end; a number of 5,000 digits
        raise ImportFaultError(f"{path}: is no JSON that can be read: {error}") from error
    return document


def need(value: object, kind: type[T], place: str) -> T:
    """Check what kind of value stands at a place.

    Args:
        value: The value.
        kind: ``str``, ``int``, ``dict`` or ``list``.
        place: Where it stands, for the message.

    Returns:
        The value.

    Raises:
        ImportFaultError: It is of another kind, or a text with a lone surrogate.

    Example:
        >>> need(7, int, "chats.json: $[0].seed")
        7
    """
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ImportFaultError(f"{place}: needs {_NAMES[kind]}")
    if isinstance(value, str):
        try:
            check_text(value)
        except ValueError as error:
            raise ImportFaultError(f"{place}: {error}") from error
    return value


def take(record: dict[str, object], key: str, kind: type[T], place: str) -> T:
    """Read a field that must be there.

    Args:
        record: A JSON object.
        key: The field.
        kind: As ``need`` knows it.
        place: Where the object stands.

    Returns:
        The field's value.

    Raises:
        ImportFaultError: It is missing, or of another kind.
    """
    return need(record.get(key), kind, f"{place}.{key}")


def take_number(record: dict[str, object], key: str, place: str) -> float:
    """Read a finite number that must be there.

    Args:
        record: A JSON object.
        key: The field.
        place: Where the object stands.

    Returns:
        The number.

    Raises:
        ImportFaultError: It is missing, no number, or too large.
    """
    value = record.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300:
        return float(value)
    raise ImportFaultError(f"{place}.{key}: needs a number")


def take_moment(record: dict[str, object], key: str, place: str) -> datetime:
    """Read a moment that must be there, in ISO 8601 with its zone.

    Args:
        record: A JSON object.
        key: The field.
        place: Where the object stands.

    Returns:
        The moment in UTC.

    Raises:
        ImportFaultError: It is missing, or no such moment.
    """
    text = take(record, key, str, place)
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ImportFaultError(f"{place}.{key}: needs a time such as 2026-07-31T12:00:00+00:00")

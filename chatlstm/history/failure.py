"""What can go wrong with the history, each as a sentence with the next step."""

import shlex
import sqlite3
from pathlib import Path

from chatlstm.errors import ChatLSTMError, MisuseError

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_UNWRITABLE = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
_ELSEWHERE = "choose another folder with CHATLSTM_HOME, or chat with --private"


class HistoryError(ChatLSTMError):
    """The history cannot be opened, read or written; what it held before is unchanged.

    Example:
        >>> HistoryError("history.db: the disk is full").exit_code
        1
    """


class NoConversationError(MisuseError):
    """No conversation, or more than one, answers to the id that was given.

    Example:
        >>> NoConversationError("no conversation '26'").exit_code
        2
    """


class NoTurnError(MisuseError):
    """No turn has the id that was given: it is of another conversation, or was forgotten meanwhile.

    Example:
        >>> NoTurnError("no turn has the id 3").exit_code
        2
    """


def explain_failure(place: str, error: sqlite3.Error) -> HistoryError:
    """Put a fault that SQLite reports in the words of a person who must mend it.

    Args:
        place: The database's path, or another name for it.
        error: The fault.

    Returns:
        The error to raise: what failed, why, and the next step.

    Example:
        >>> fault = sqlite3.DatabaseError("could not decode to UTF-8")
        >>> str(explain_failure("history.db", fault)).partition(";")[0]
        'history.db: damaged, or not a history of ChatLSTM (could not decode to UTF-8)'
    """
    try:
        code = error.sqlite_errorcode & 0xFF  # the low byte is the primary code
    except AttributeError:  # the driver's own complaint: a stored text is not UTF-8
        code = sqlite3.SQLITE_CORRUPT
    if code in _DAMAGED:
        return explain_damage(place, str(error))
    if code in _LOCKED:
        return HistoryError(
            f"{place}: another program keeps it locked ({error}); what was stored is safe. "
            "Close that program and try again, or chat with --private"
        )
    if code in _UNWRITABLE:
        return explain_unwritable(place, str(error))
    if code == sqlite3.SQLITE_FULL:
        return HistoryError(
            f"{place}: the disk is full ({error}); what was stored is safe. "
            f"Free some space, {_ELSEWHERE}"
        )
    return HistoryError(
        f"{place}: cannot be read or written ({error}); what was stored is unchanged. "
        f"See whether the disk is full or failing, {_ELSEWHERE}"
    )


def explain_damage(place: str, why: str) -> HistoryError:
    """Say that a file is not a usable history, and how to move it out of the way.

    Args:
        place: The database's path.
        why: What is wrong with it.

    Returns:
        The error to raise.

    Example:
        >>> str(explain_damage("/h/h.db", "file is not a database")).partition("aside: ")[2]
        'mkdir -p /h/damaged && mv /h/h.db* /h/damaged'
    """
    path = Path(place)
    aside = shlex.quote(str(path.with_name("damaged")))
    return HistoryError(
        f"{place}: damaged, or not a history of ChatLSTM ({why}); it was left as it is. "
        f"Move it aside: mkdir -p {aside} && mv {shlex.quote(str(path))}* {aside}"
    )


def explain_unwritable(place: str, why: str) -> HistoryError:
    """Say that the history cannot be written where it lies.

    Args:
        place: The database's path.
        why: What forbids it.

    Returns:
        The error to raise.

    Example:
        >>> str(explain_unwritable("h.db", "read-only file system")).partition(",")[0]
        'h.db: cannot be written (read-only file system). Allow writing there'
    """
    return HistoryError(f"{place}: cannot be written ({why}). Allow writing there, {_ELSEWHERE}")

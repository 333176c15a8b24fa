"""Opening the history: in a file, or in memory."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from chatlstm.history.conversation import utc_now
from chatlstm.history.database import Database, open_database
from chatlstm.history.deletion import resume_purge
from chatlstm.history.history import History
from chatlstm.history.index import can_index, prepare_index
from chatlstm.history.migrations import MIGRATIONS


def open_history(
    path: Path, *, clock: Callable[[], datetime] = utc_now, timeout: float = 30.0
) -> History:
    """Open the history in a file, made if it is not there.

    Args:
        path: The database file.
        clock: Tells the time, with its zone.
        timeout: How many seconds to wait while another process writes, ``>= 0``.

    Returns:
        The history.

    Raises:
        HistoryError: The file is locked, damaged, unwritable, newer or another program's.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     open_history(Path(folder, "history.db")).close()
    """
    return History(_open(path, timeout), clock)


def open_memory_history(*, clock: Callable[[], datetime] = utc_now) -> History:
    """Open a history that writes nothing and ends with the program.

    Args:
        clock: Tells the time, with its zone.

    Returns:
        The history.

    Example:
        >>> with open_memory_history() as history:
        ...     history.list_conversations(limit=5)
        ()
    """
    return History(_open(None, 0), clock)


def _open(path: Path | None, timeout: float) -> Database:
    with ExitStack() as undo:
        database = open_database(path, timeout=timeout, migrations=MIGRATIONS)
        undo.callback(database.close)
        prepare_index(database, available=can_index(database))
        resume_purge(database)
        undo.pop_all()
    return database

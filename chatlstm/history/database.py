"""The database file: opened with care, written in short transactions."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self, cast

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.exc import DatabaseError, IntegrityError, ProgrammingError

from chatlstm.history.failure import explain_failure, explain_unwritable
from chatlstm.history.migrations import Migration, migrate

# With WAL, NORMAL would survive a killed process, which leaves the operating system's cache
# behind; FULL also survives a power cut, for one fsync more a commit. A chat commits a few times
# a turn, so it never waits for that noticeably.
_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",  # sorting must not spill what was said into a temporary file
)
_PATIENCE_MS = 20
"""How long SQLite waits for the write lock before it is asked anew, see ``_execute_patiently``."""


class Database:
    """One connection to a database, used by one thread at a time.

    Args:
        connection: An open connection with ``isolation_level=None``, at the newest version.
        path: Where it lies; None in memory.
        timeout: How many seconds to wait while another process writes, ``>= 0``.

    Example:
        >>> with open_database(None, timeout=5, migrations=()) as database:
        ...     with database.read() as connection:
        ...         connection.exec_driver_sql("SELECT 1").scalar()
        1
    """

    def __init__(self, connection: sqlite3.Connection, path: Path | None, *, timeout: float) -> None:
        self.path = path
        self._connection = connection
        self._place = name_place(path)
        self._timeout = timeout
        self._lock = threading.Lock()
        self._engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
        # SQLAlchemy would close the one connection where Ctrl-C interrupts it
        self._engine.dialect.do_close = lambda dbapi_connection: None  # type: ignore[method-assign]  # of this one alone
        event.listen(self._engine, "begin", self._emit_begin)
        self._writer = self._engine.execution_options(writes=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one moment of the database."""
        with self._begin(self._engine) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection that holds the write lock; what it wrote is kept whole or not at all.

        The lock is taken at the beginning: a transaction that reads first and writes later
        fails at once under WAL when another process has written in between.
        """
        with self._begin(self._writer) as connection:
            yield connection

    def compact(self) -> bool:
        """Write the file anew without anything that was deleted, and empty its write-ahead log.

        Returns:
            Whether nothing of the old file is left; False while another process reads it as it was.

        Raises:
            HistoryError: It cannot be written just now; nothing is lost.
        """
        try:
            with self._lock:
                _execute_patiently(self._connection, "VACUUM", self._timeout)
                (busy, *_), *_ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise explain_failure(self._place, error) from error
        return not busy

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        with self._lock:
            self._engine.dispose()
            self._connection.close()

    @contextmanager
    def _begin(self, engine: Engine) -> Iterator[Connection]:
        try:
            with self._lock, engine.begin() as connection:
                yield connection
        except (IntegrityError, ProgrammingError):
            raise  # a mistake of the caller, not a fault of the file
        except DatabaseError as error:
            fault = cast(sqlite3.Error, error.orig)  # SQLAlchemy's type leaves the driver open
            raise explain_failure(self._place, fault) from error
        except sqlite3.Error as error:  # the lock was not to be had
            raise explain_failure(self._place, error) from error

    def _emit_begin(self, connection: Connection) -> None:
        if self._connection.in_transaction:  # one that was interrupted so that nobody ended it
            self._connection.rollback()
        if connection.get_execution_options().get("writes"):
            _execute_patiently(self._connection, "BEGIN IMMEDIATE", self._timeout)
        else:
            connection.exec_driver_sql("BEGIN")


def name_place(path: Path | None) -> str:
    """Name a database in messages.

    Args:
        path: Where it lies; None in memory.

    Returns:
        Its name.

    Example:
        >>> name_place(None)
        ':memory:'
    """
    return ":memory:" if path is None else str(path)


def open_database(
    path: Path | None, *, timeout: float, migrations: Sequence[Migration]
) -> Database:
    """Open a database, made if it is not there, and bring it to the newest version.

    Args:
        path: The file; None for a database in memory that never touches a disk.
        timeout: How many seconds to wait while another process writes, ``>= 0``.
        migrations: The steps to the newest version.

    Returns:
        The database. A file that is made has mode 0600, its folder 0700.

    Raises:
        HistoryError: The file is locked, damaged, unwritable, newer or another program's.

    Example:
        >>> open_database(None, timeout=5, migrations=()).close()
    """
    place = name_place(path)
    try:
        if path is not None:
            path = path.absolute()  # SQLite reads a meaning into some relative names
            _prepare_file(path)
        connection = _connect(path, timeout, migrations)
    except sqlite3.Error as error:
        raise explain_failure(place, error) from error
    except OSError as error:
        raise explain_unwritable(place, error.strerror or str(error)) from error
    return Database(connection, path, timeout=timeout)


def _prepare_file(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)  # before SQLite opens it: its -wal and -shm take the same mode
    if not path.is_file():
        raise OSError(None, "it is not a file")
    mode = path.stat().st_mode
    if mode & 0o077:
        path.chmod(mode & 0o700)
    for part in (path, path.parent):  # SQLite itself would notice at the first turn only
        if not os.access(part, os.W_OK):
            raise PermissionError(None, f"no permission to write to {part}")


def _connect(
    path: Path | None, timeout: float, migrations: Sequence[Migration]
) -> sqlite3.Connection:
    with ExitStack() as undo:
        connection = sqlite3.connect(
            path or ":memory:", timeout=timeout, isolation_level=None, check_same_thread=False
        )
        undo.callback(connection.close)
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        migrate(connection, path, migrations)
        # Last, for it writes to the file: one that is refused stays as it was.
        connection.execute("PRAGMA journal_mode = WAL")
        undo.pop_all()
    return connection


def _execute_patiently(connection: sqlite3.Connection, sql: str, timeout: float) -> None:
    """Execute what needs the write lock, every process that waits for it with the same chance.

    Left alone, SQLite looks for the lock less and less often, so that whoever has waited long loses
    to whoever comes anew: of 16 processes that wrote all the time, 5 failed within 15 seconds.
    """
    deadline = time.monotonic() + timeout
    connection.execute(f"PRAGMA busy_timeout = {min(_PATIENCE_MS, round(1000 * timeout))}")
    try:
        while True:
            try:
                connection.execute(sql)
                return
            except sqlite3.OperationalError as error:
                locked = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not locked or time.monotonic() >= deadline:
                    raise
    finally:
        connection.execute(f"PRAGMA busy_timeout = {round(1000 * timeout)}")

"""Migrations: the numbered steps that bring a database to the form this version reads.

The database records how many of them it has seen in ``PRAGMA user_version``. A step that was
published is never changed; another is added behind it.
"""

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from chatlstm.history.failure import HistoryError, explain_damage
from chatlstm.history.words import join_words

Migration = Callable[[sqlite3.Connection], None]

APPLICATION_ID = 0x4C53544D
"""Stands in the header of every database of ChatLSTM: "LSTM" in ASCII."""


def create_tables(connection: sqlite3.Connection) -> None:
    """Create the first tables: conversations, and their turns as a tree.

    A turn's parent and a conversation's tip always lie in the same conversation: the foreign
    keys span both columns. Times are microseconds since 1970 in UTC.

    Args:
        connection: An empty database, in a transaction.

    Example:
        >>> with closing(sqlite3.connect(":memory:")) as connection:
        ...     create_tables(connection)
        ...     connection.execute("SELECT count(*) FROM turn").fetchone()
        (0,)
    """
    connection.execute("""
        CREATE TABLE conversation (
            id TEXT NOT NULL PRIMARY KEY,
            title TEXT NOT NULL,
            plugin TEXT NOT NULL,
            tip_id INTEGER,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            FOREIGN KEY (id, tip_id) REFERENCES turn (conversation_id, id)
                DEFERRABLE INITIALLY DEFERRED
        )""")
    connection.execute("CREATE INDEX conversation_updated ON conversation (updated, id)")
    connection.execute("""
        CREATE TABLE turn (
            id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            conversation_id TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
            parent_id INTEGER,
            speaker TEXT NOT NULL CHECK (speaker IN ('person', 'reply')),
            text TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('pending', 'done', 'stopped', 'failed')),
            plugin TEXT,
            checkpoint TEXT,
            seed INTEGER,
            options TEXT NOT NULL DEFAULT '{}',
            details TEXT NOT NULL DEFAULT '{}',
            tokens INTEGER NOT NULL DEFAULT 0,
            seconds REAL NOT NULL DEFAULT 0,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            UNIQUE (conversation_id, id),
            FOREIGN KEY (conversation_id, parent_id) REFERENCES turn (conversation_id, id)
        )""")
    connection.execute("CREATE INDEX turn_parent ON turn (conversation_id, parent_id)")


def extend_tables(connection: sqlite3.Connection) -> None:
    """Give turns a depth, and tables to what hangs on them: state, feedback, words.

    A turn's depth is how many turns its branch has up to it. ``purge`` holds a row while deleted
    text may still stand in the files.

    Args:
        connection: A database of version 1, in a transaction.

    Example:
        >>> with closing(sqlite3.connect(":memory:")) as connection:
        ...     create_tables(connection)
        ...     extend_tables(connection)
        ...     connection.execute("SELECT count(*) FROM feedback").fetchone()
        (0,)
    """
    connection.execute("ALTER TABLE turn ADD COLUMN depth INTEGER NOT NULL DEFAULT 1")
    connection.execute("""
        CREATE TABLE state (
            turn_id INTEGER NOT NULL PRIMARY KEY REFERENCES turn (id) ON DELETE CASCADE,
            checkpoint TEXT NOT NULL,
            dtype TEXT NOT NULL,
            data BLOB NOT NULL
        )""")
    connection.execute("""
        CREATE TABLE feedback (
            turn_id INTEGER NOT NULL PRIMARY KEY REFERENCES turn (id) ON DELETE CASCADE,
            mark TEXT CHECK (mark IN ('good', 'bad')),
            correction TEXT,
            CHECK (mark IS NOT NULL OR correction IS NOT NULL)
        )""")
    connection.execute("""
        CREATE TABLE turn_words (
            turn_id INTEGER NOT NULL PRIMARY KEY REFERENCES turn (id) ON DELETE CASCADE,
            words TEXT NOT NULL
        )""")
    connection.execute("CREATE TABLE purge (since INTEGER NOT NULL)")
    depths: dict[int | None, int] = {None: 0}
    turns = connection.execute("SELECT id, parent_id, text, status FROM turn ORDER BY id").fetchall()
    for turn_id, parent_id, text, status in turns:  # a parent is always older than its children
        depths[turn_id] = depths[parent_id] + 1
        connection.execute("UPDATE turn SET depth = ? WHERE id = ?", (depths[turn_id], turn_id))
        if status != "pending":
            connection.execute("INSERT INTO turn_words VALUES (?, ?)", (turn_id, join_words(text)))


MIGRATIONS: tuple[Migration, ...] = (create_tables, extend_tables)
"""All steps in order; the first brings a database to version 1."""


def check_version(connection: sqlite3.Connection, place: str, latest: int) -> int:
    """Read a database's version, and refuse what this version of ChatLSTM cannot read.

    Args:
        connection: An open database; nothing is written to it.
        place: Its path, for the message.
        latest: The newest version that can be read.

    Returns:
        Its version; 0 for an empty database.

    Raises:
        HistoryError: It belongs to another program, or to a newer ChatLSTM.

    Example:
        >>> with closing(sqlite3.connect(":memory:")) as connection:
        ...     check_version(connection, ":memory:", latest=1)
        0
    """
    application, tables, version = connection.execute(
        "SELECT application_id, (SELECT count(*) FROM sqlite_master), user_version"
        " FROM pragma_application_id, pragma_user_version"
    ).fetchone()
    if application != APPLICATION_ID and (application or tables or version):
        raise explain_damage(place, "it is another program's database")
    if version > latest:
        raise HistoryError(
            f"{place}: written by a newer ChatLSTM (version {version} of the database; this one "
            f"reads up to {latest}); it was left as it is. Upgrade ChatLSTM, choose another "
            "folder with CHATLSTM_HOME, or chat with --private"
        )
    return int(version)


def migrate(
    connection: sqlite3.Connection, path: Path | None, migrations: Sequence[Migration]
) -> None:
    """Bring a database to the newest version, all steps or none.

    Before a database that holds something is changed it is copied, to its name with the old
    version behind it: ``history.db.v1``.

    Args:
        connection: The database, outside a transaction, with ``isolation_level=None``.
        path: Where it lies; None in memory.
        migrations: All steps in order.

    Raises:
        HistoryError: It is newer than ``migrations``, or another program's.
        sqlite3.Error: A step failed; the database is as it was.

    Example:
        >>> with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        ...     migrate(connection, None, MIGRATIONS)
        ...     connection.execute("PRAGMA user_version").fetchone()
        (2,)
    """
    place, latest = str(path or ":memory:"), len(migrations)
    if check_version(connection, place, latest) == latest:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Read again: another process may have migrated it while this one waited for the lock.
        version = check_version(connection, place, latest)
        if path is not None and 0 < version < latest:
            copy_database(path, path.with_name(f"{path.name}.v{version}"))
        for step in migrations[version:]:
            step(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {latest}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def copy_database(path: Path, target: Path) -> None:
    """Copy a database, what its write-ahead log holds included, to a file of mode 0600.

    Args:
        path: The database; others may read and write it meanwhile.
        target: The copy, written whole; an older file of that name is replaced.

    Raises:
        sqlite3.Error: The database cannot be read, or the copy not written.
        OSError: The copy cannot be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path, target = Path(folder, "history.db"), Path(folder, "copy.db")
        ...     sqlite3.connect(path).close()
        ...     copy_database(path, target)
        ...     target.exists()
        True
    """
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        partial.touch(mode=0o600)
        with closing(sqlite3.connect(path)) as source:
            source.execute("VACUUM INTO ?", (str(partial),))
        with partial.open("rb+") as copy:
            os.fsync(copy.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)

"""The index that search looks into: a full-text table beside the words of each turn.

The words are always stored. The index over them is kept by triggers, so that it changes in the
same transaction; where this Python's SQLite has no FTS5 there is none, and search reads the words.
"""


from sqlalchemy import Connection, delete, insert
from sqlalchemy.exc import OperationalError

from chatlstm.history.database import Database
from chatlstm.history.tables import TURN_WORDS
from chatlstm.history.words import join_words

_READY = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = 'turn_words_added'"
_ADD = "INSERT INTO turn_search (rowid, words) VALUES (new.turn_id, new.words);"
_REMOVE = "INSERT INTO turn_search (turn_search, rowid, words) VALUES ('delete', old.turn_id, old.words);"
_REBUILD = "INSERT INTO turn_search (turn_search) VALUES ('rebuild')"
_BUILD = (
    # words.py has cut and folded all, so the tokenizer must leave everything beyond ASCII alone
    "CREATE VIRTUAL TABLE turn_search USING fts5"
    " (words, content = 'turn_words', content_rowid = 'turn_id', tokenize = 'ascii')",
    _REBUILD,
    f"CREATE TRIGGER turn_words_added AFTER INSERT ON turn_words BEGIN {_ADD} END",
    f"CREATE TRIGGER turn_words_removed AFTER DELETE ON turn_words BEGIN {_REMOVE} END",
)
# Without FTS5 a virtual table cannot be dropped, only be taken out of the schema; the tables it stands
# on are plain ones.
_TAKE_DOWN = (
    "DROP TRIGGER turn_words_added",
    "DROP TRIGGER turn_words_removed",
    "PRAGMA writable_schema = ON",
    "DELETE FROM sqlite_master WHERE name = 'turn_search'",
    "PRAGMA writable_schema = OFF",
    "DROP TABLE turn_search_config",
    "DROP TABLE turn_search_data",
    "DROP TABLE turn_search_docsize",
    "DROP TABLE turn_search_idx",
)


def can_index(database: Database) -> bool:
    """Tell whether this Python's SQLite has FTS5.

    Args:
        database: Any open database.

    Returns:
        Whether a full-text table can be made and read.
    """
    with database.read() as connection:
        try:
            connection.exec_driver_sql("SELECT fts5_source_id()")
        except OperationalError:
            return False
    return True


def prepare_index(database: Database, *, available: bool) -> None:
    """Make the index where it is not there, or take it down where FTS5 is not at hand.

    A database may be opened by one Python with FTS5 and another without: what the other wrote is
    indexed when the first opens it again. Nobody would delete from an index that is not kept.

    Args:
        database: An open history.
        available: Whether FTS5 is there.

    Raises:
        HistoryError: The database cannot be written.
    """
    with database.read() as connection:
        if is_indexed(connection) == available:
            return
    with database.write() as connection:
        if is_indexed(connection) == available:  # another process was first
            return
        for sql in _BUILD if available else _TAKE_DOWN:
            connection.exec_driver_sql(sql)


def is_indexed(connection: Connection) -> bool:
    """Tell whether the index is there and kept.

    Args:
        connection: In a transaction.

    Returns:
        Whether search may ask the index.
    """
    return bool(connection.exec_driver_sql(_READY).scalar())


def write_words(connection: Connection, turn_id: int, text: str) -> None:
    """Write the words a turn is found by, in place of older ones.

    Args:
        connection: In a transaction that writes.
        turn_id: The turn.
        text: What was said.
    """
    connection.execute(delete(TURN_WORDS).where(TURN_WORDS.c.turn_id == turn_id))
    connection.execute(insert(TURN_WORDS).values(turn_id=turn_id, words=join_words(text)))


def rebuild_index(connection: Connection) -> None:
    """Write the index anew, so that nothing in it tells what was deleted.

    Args:
        connection: In a transaction that writes.
    """
    if is_indexed(connection):
        connection.exec_driver_sql(_REBUILD)

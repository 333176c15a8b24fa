import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect

from chatlstm.history.database import open_database
from chatlstm.history.failure import HistoryError
from chatlstm.history.migrations import MIGRATIONS, Migration, migrate
from chatlstm.history.opening import open_history
from chatlstm.history.tables import METADATA


def add_notes(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE note (text TEXT NOT NULL)")


def fail_halfway(connection: sqlite3.Connection) -> None:
    add_notes(connection)
    connection.execute("INSERT INTO nowhere VALUES (1)")


def store_turn(path: Path, text: str) -> None:
    with open_history(path) as history:
        history.add_person_turn(history.start_conversation("dialogue").id, text)


def migrate_file(path: Path, migrations: Sequence[Migration]) -> None:
    open_database(path, timeout=0, migrations=migrations).close()


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_the_tables_are_those_the_queries_name() -> None:
    with (
        open_database(None, timeout=0, migrations=MIGRATIONS) as database,
        database.read() as connection,
    ):
        made = {
            (table, column["name"], column["nullable"])
            for table in inspect(connection).get_table_names()
            for column in inspect(connection).get_columns(table)
        }

    named = {
        (table.name, column.name, column.nullable)
        for table in METADATA.sorted_tables
        for column in table.columns
    }
    assert made == named


OLD_TURNS = (  # id, parent, speaker, text, status: 4 answers 1 anew, and was being drawn
    (1, None, "person", "Über den Mond", "done"),
    (2, 1, "reply", "床前明月光", "done"),
    (3, 2, "person", "More.", "done"),
    (4, 1, "reply", "half", "pending"),
)


def write_first_version(path: Path) -> None:
    """Write a history as the first version of the tables held it."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, MIGRATIONS[:1])
        connection.execute("BEGIN")
        connection.execute("INSERT INTO conversation VALUES ('c', 'Mond', 'poetry', 4, 5, 6)")
        connection.executemany(
            "INSERT INTO turn (id, conversation_id, parent_id, speaker, text, status, created, updated)"
            " VALUES (?, 'c', ?, ?, ?, ?, 7, 8)",
            OLD_TURNS,
        )
        connection.execute("COMMIT")


def test_the_turns_of_the_first_version_get_their_depth(path: Path) -> None:
    write_first_version(path)
    migrate_file(path, MIGRATIONS)

    assert query(path, "SELECT id, depth FROM turn ORDER BY id") == [(1, 1), (2, 2), (3, 3), (4, 2)]


def test_the_turns_of_the_first_version_that_had_ended_get_their_words(path: Path) -> None:
    write_first_version(path)
    migrate_file(path, MIGRATIONS)

    assert query(path, "SELECT turn_id, words FROM turn_words ORDER BY turn_id") == [
        (1, "uber den mond"),
        (2, "床前 前明 明月 月光 光"),
        (3, "more"),
    ]


def test_the_first_version_is_copied_and_all_its_turns_are_kept(path: Path) -> None:
    write_first_version(path)
    migrate_file(path, MIGRATIONS)

    turns = "SELECT id, parent_id, speaker, text, status FROM turn ORDER BY id"
    assert query(path, turns) == query(path.with_name("history.db.v1"), turns) == [*OLD_TURNS]


def test_a_new_database_records_version_and_owner(path: Path) -> None:
    store_turn(path, "Hello.")

    assert query(path, "PRAGMA user_version") == [(len(MIGRATIONS),)]
    assert query(path, "PRAGMA application_id") == [(int.from_bytes(b"LSTM"),)]


def test_a_new_database_is_not_copied(path: Path) -> None:
    store_turn(path, "Hello.")

    assert [file.name for file in path.parent.iterdir()] == ["history.db"]


def test_a_migration_keeps_what_was_stored(path: Path) -> None:
    store_turn(path, "Hello.")
    migrate_file(path, (*MIGRATIONS, add_notes))

    assert query(path, "SELECT text FROM turn") == [("Hello.",)]
    assert query(path, "SELECT count(*) FROM note") == [(0,)]
    assert query(path, "PRAGMA user_version") == [(3,)]


def test_a_database_is_copied_before_it_is_migrated(path: Path) -> None:
    store_turn(path, "Hello.")
    migrate_file(path, (*MIGRATIONS, add_notes))
    copy = path.with_name("history.db.v2")

    assert query(copy, "SELECT text FROM turn") == [("Hello.",)]
    assert query(copy, "PRAGMA user_version") == [(2,)]
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_copy_can_be_opened_as_a_history(path: Path) -> None:
    store_turn(path, "Hello.")
    migrate_file(path, (*MIGRATIONS, add_notes))

    with open_history(path.with_name("history.db.v2")) as history:
        assert len(history.list_conversations(limit=5)) == 1


def test_a_copy_holds_what_another_process_left_in_the_log(path: Path) -> None:
    with open_history(path) as history:
        history.add_person_turn(history.start_conversation("dialogue").id, "in the log")
        migrate_file(path, (*MIGRATIONS, add_notes))

    assert query(path.with_name("history.db.v2"), "SELECT text FROM turn") == [("in the log",)]


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    store_turn(path, "Hello.")
    with pytest.raises(HistoryError, match="nowhere"):
        migrate_file(path, (*MIGRATIONS, fail_halfway))

    assert query(path, "PRAGMA user_version") == [(2,)]
    assert query(path, "SELECT count(*) FROM sqlite_master WHERE name = 'note'") == [(0,)]


def test_a_migration_that_fails_gives_the_lock_back() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, None, (*MIGRATIONS, fail_halfway))

        assert not connection.in_transaction


def test_a_copy_that_cannot_be_written_stops_the_migration(path: Path) -> None:
    store_turn(path, "Hello.")
    path.with_name("history.db.v2").mkdir()
    with pytest.raises(HistoryError, match="cannot be written"):
        migrate_file(path, (*MIGRATIONS, add_notes))

    assert query(path, "PRAGMA user_version") == [(2,)]
    assert sorted(file.name for file in path.parent.iterdir()) == ["history.db", "history.db.v2"]


def test_another_process_may_have_migrated_meanwhile(path: Path) -> None:
    """The second opener reads the old version, then waits; the first is done by then."""
    store_turn(path, "Hello.")

    def overtake(connection: sqlite3.Connection) -> None:
        raise AssertionError("the step was done already")

    class Overtaken(sqlite3.Connection):
        def execute(self, sql: str, parameters: object = (), /) -> sqlite3.Cursor:
            if sql == "BEGIN IMMEDIATE":
                migrate_file(path, (*MIGRATIONS, add_notes))
            return super().execute(sql, parameters)  # type: ignore[arg-type]  # as it was given

    with closing(sqlite3.connect(path, isolation_level=None, factory=Overtaken)) as connection:
        migrate(connection, path, (*MIGRATIONS, overtake))

    assert query(path, "PRAGMA user_version") == [(3,)]


def test_a_database_from_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    store_turn(path, "Hello.")
    migrate_file(path, (*MIGRATIONS, add_notes))
    before = path.read_bytes()
    with pytest.raises(HistoryError, match=r"newer ChatLSTM \(version 3 .* reads up to 2\)"):
        open_history(path)

    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "sql",
    ["CREATE TABLE song (title TEXT)", "PRAGMA user_version = 1", "PRAGMA application_id = 7"],
)
def test_another_program_s_database_is_refused_and_left_alone(tmp_path: Path, sql: str) -> None:
    path = tmp_path / "songs.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql)
    before = path.read_bytes()
    with pytest.raises(HistoryError, match="another program's database"):
        open_history(path)

    assert path.read_bytes() == before

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, ProgrammingError

from chatlstm.history.database import Database, open_database
from chatlstm.history.failure import HistoryError
from chatlstm.history.migrations import MIGRATIONS
from chatlstm.history.opening import open_history, open_memory_history
from chatlstm.history.tables import select_branch
from chatlstm.history.turn import Outcome, Recipe


def open_file(path: Path) -> Database:
    return open_database(path, timeout=0, migrations=MIGRATIONS)


def read_mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def fill(path: Path, exchanges: int) -> str:
    with open_history(path) as history:
        conversation = history.start_conversation("dialogue")
        for number in range(exchanges):
            said = history.add_person_turn(conversation.id, f"q{number}")
            reply = history.begin_reply(said.id, Recipe("dialogue", "en@0", seed=number))
            history.end_reply(reply.id, Outcome(f"a{number}"))
        return conversation.id


def list_plan(path: Path, sql: str) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]


def count_steps(path: Path, sql: str) -> int:
    """Count the instructions of SQLite's virtual machine that a query takes."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql).fetchall()  # reads the schema, which is not the query's cost
        connection.set_progress_handler(count, 1)
        connection.execute(sql).fetchall()
    return steps


def write_branch_query(conversation_id: str, limit: int) -> str:
    return str(
        select_branch(conversation_id, limit).compile(compile_kwargs={"literal_binds": True})
    )


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("temp_store", 2),
        ("integrity_check", "ok"),
    ],
)
def test_a_file_is_opened_with_care(path: Path, pragma: str, value: int | str) -> None:
    with open_file(path) as database, database.read() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_nobody_else_may_read_the_files(path: Path) -> None:
    previous = os.umask(0)
    try:
        with open_file(path) as database:
            with database.write() as connection:
                connection.exec_driver_sql("DELETE FROM turn")
            modes = {file.name: read_mode(file) for file in path.parent.iterdir()}
    finally:
        os.umask(previous)

    assert modes == dict.fromkeys(["history.db", "history.db-wal", "history.db-shm"], 0o600)
    assert read_mode(path.parent) == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(path: Path) -> None:
    open_file(path).close()
    path.chmod(0o644)
    open_file(path).close()

    assert read_mode(path) == 0o600


@pytest.mark.parametrize("name", [":memory:", "file:x?mode=memory", "a b'%20?#.db", "历史.db"])
def test_a_path_is_a_path_whatever_it_spells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    open_file(Path(name)).close()

    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_history_in_memory_writes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with open_memory_history() as history:
        history.add_person_turn(history.start_conversation("dialogue").id, "secret" * 10_000)
        assert [*tmp_path.iterdir(), *home.iterdir()] == []


def test_a_write_that_raises_leaves_nothing(path: Path) -> None:
    with open_file(path) as database:
        with pytest.raises(ZeroDivisionError), database.write() as connection:
            connection.exec_driver_sql("INSERT INTO conversation VALUES ('c', '', 'p', NULL, 0, 0)")
            raise ZeroDivisionError
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM conversation").scalar() == 0


def test_a_write_holds_the_lock_from_its_beginning(path: Path) -> None:
    with open_file(path) as first, open_file(path) as second:
        with first.write(), pytest.raises(HistoryError, match="locked"), second.write():
            raise AssertionError("both write")
        with second.write():
            pass


def test_a_write_that_waited_in_vain_leaves_the_patience_of_reading_as_it_was(path: Path) -> None:
    with open_database(path, timeout=0.05, migrations=MIGRATIONS) as first, open_file(path) as second:
        with second.write(), pytest.raises(HistoryError, match="locked"), first.write():
            raise AssertionError("both write")
        with first.read() as connection:
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 50


def test_reading_goes_on_while_another_writes(path: Path) -> None:
    with (
        open_file(path) as first,
        open_file(path) as second,
        first.write(),
        second.read() as connection,
    ):
        assert connection.exec_driver_sql("SELECT count(*) FROM turn").scalar() == 0


def test_a_read_sees_one_moment(path: Path) -> None:
    with open_file(path) as first, open_file(path) as second, second.read() as reading:
        reading.exec_driver_sql("SELECT count(*) FROM conversation")
        with first.write() as writing:
            writing.exec_driver_sql("INSERT INTO conversation VALUES ('c', '', 'p', NULL, 0, 0)")

        assert reading.exec_driver_sql("SELECT count(*) FROM conversation").scalar() == 0


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE conversation SET tip_id = (SELECT max(id) FROM turn) WHERE id = 'other'",
        "UPDATE turn SET parent_id = 77",
        "UPDATE turn SET speaker = 'nobody'",
        "UPDATE turn SET status = 'half'",
    ],
)
def test_a_broken_tree_cannot_be_stored(path: Path, sql: str) -> None:
    fill(path, exchanges=1)
    with open_file(path) as database:
        with database.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO conversation VALUES ('other', '', 'p', NULL, 0, 0)"
            )
        with pytest.raises(IntegrityError), database.write() as connection:
            connection.exec_driver_sql(sql)


def test_deleting_a_conversation_deletes_its_turns(path: Path) -> None:
    conversation_id = fill(path, exchanges=2)
    with open_file(path) as database, database.write() as connection:
        connection.exec_driver_sql("DELETE FROM conversation WHERE id = ?", (conversation_id,))

        assert connection.exec_driver_sql("SELECT count(*) FROM turn").scalar() == 0


def test_a_database_may_be_closed_twice(path: Path) -> None:
    database = open_file(path)
    database.close()
    database.close()

    assert [file.name for file in path.parent.iterdir()] == ["history.db"]


def test_a_closed_database_is_the_caller_s_mistake(path: Path) -> None:
    database = open_file(path)
    database.close()
    with pytest.raises(ProgrammingError, match="closed"), database.read():
        raise AssertionError("it reads")


def test_the_context_of_a_long_conversation_takes_as_many_steps_as_of_a_short_one(
    path: Path,
) -> None:
    short, long = fill(path, exchanges=20), fill(path, exchanges=150)

    steps = {name: count_steps(path, write_branch_query(name, limit=16)) for name in (short, long)}
    assert steps[short] == steps[long] > 0


def test_every_query_of_a_chat_uses_an_index(path: Path) -> None:
    conversation_id = fill(path, exchanges=1)
    queries = [
        write_branch_query(conversation_id, limit=16),
        "SELECT * FROM conversation WHERE id BETWEEN '26' AND '27' ORDER BY id LIMIT 6",
        "SELECT * FROM conversation WHERE tip_id IS NOT NULL ORDER BY updated DESC, id DESC LIMIT 1",
        "UPDATE turn SET status = 'stopped' WHERE conversation_id = 'c' AND status = 'pending'",
        "DELETE FROM conversation WHERE id = 'c'",
    ]

    steps = [step for sql in queries for step in list_plan(path, sql)]
    touching = [step for step in steps if step.split()[1:2] in (["turn"], ["conversation"])]
    assert len(touching) >= len(queries)
    assert [step for step in touching if "INDEX" not in step and "PRIMARY KEY" not in step] == []


def test_what_interrupts_a_statement_leaves_the_database_to_use() -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with open_database(None, timeout=5, migrations=()) as database:
        with pytest.raises(KeyboardInterrupt), database.write() as connection:
            event.listen(connection, "after_cursor_execute", interrupt)
            connection.exec_driver_sql("CREATE TABLE one (id INTEGER)")
        with database.write() as connection:
            tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()

    assert tables == 0

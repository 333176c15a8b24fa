import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.history.database import open_database
from chatlstm.history.history import History
from chatlstm.history.index import can_index, prepare_index
from chatlstm.history.migrations import MIGRATIONS
from chatlstm.history.opening import open_history
from chatlstm.history.search import find_spans, parse_query
from tests.history.exchanges import begin
from tests.history.ticking import Clock


def open_without_fts5(path: Path | None) -> History:
    """Open a history as a Python does whose SQLite has no FTS5."""
    database = open_database(path, timeout=5, migrations=MIGRATIONS)
    prepare_index(database, available=False)
    return History(database, Clock())


def search(history: History, typed: str) -> list[str]:
    return [match.turn.turn.text for match in history.search(typed, limit=9)]


@pytest.mark.parametrize("typed", ["moon", "明月", "月", "a mo*", '"a moon"', "🎉"])
def test_search_works_without_fts5(typed: str) -> None:
    with open_without_fts5(None) as history:
        begin(history, "a moon 🎉 床前明月光", "no")

        assert search(history, typed) == ["a moon 🎉 床前明月光"]


@given(
    st.lists(st.text("ab月光 é", max_size=6), min_size=1, max_size=4),
    st.text('ab月光 "*é', max_size=4),
)
def test_with_and_without_fts5_the_same_is_found_and_can_be_marked(texts: list[str], typed: str) -> None:
    with open_without_fts5(None) as history:
        conversation = history.start_conversation("dialogue")
        for text in texts:
            history.add_person_turn(conversation.id, text)
        without = search(history, typed)
        assert all(find_spans(text, parse_query(typed)) for text in without)
        prepare_index(history._database, available=True)

        assert search(history, typed) == without


def test_what_was_written_without_fts5_is_indexed_when_it_is_there_again(path: Path) -> None:
    with open_history(path) as history:
        begin(history, "moon one", "x")
    with open_without_fts5(path) as history:
        begin(history, "moon two", "x")
    with open_history(path) as history:
        begin(history, "moon three", "x")

        assert search(history, "moon") == ["moon three", "moon two", "moon one"]


def test_without_fts5_no_index_keeps_what_is_deleted(path: Path) -> None:
    with open_history(path) as history:
        conversation_id = begin(history, "moonlight", "x")
    with open_without_fts5(path) as history:
        history.delete_conversations([conversation_id])

    assert b"moonlight" not in path.read_bytes()


def test_the_index_changes_with_the_turn_or_not_at_all(path: Path) -> None:
    with open_history(path) as history:
        begin(history, "moon", "x")
        with pytest.raises(ZeroDivisionError), history._database.write() as connection:
            connection.exec_driver_sql("DELETE FROM conversation")
            raise ZeroDivisionError

        assert search(history, "moon") == ["moon"]


def test_an_index_that_another_process_has_just_made_is_left_alone(path: Path) -> None:
    """The second looks, then waits for the lock; the first has made the index by then."""
    with (
        open_database(path, timeout=5, migrations=MIGRATIONS) as first,
        open_database(path, timeout=5, migrations=MIGRATIONS) as second,
    ):
        looks = []

        def overtake(sql: str) -> None:
            looks.append(sql)
            if sql == "BEGIN IMMEDIATE":
                prepare_index(first, available=True)

        second._connection.set_trace_callback(overtake)
        prepare_index(second, available=True)

    assert [sql for sql in looks if sql.startswith("CREATE")] == []


def test_this_python_s_sqlite_is_asked_whether_it_has_fts5() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        has_it = bool(connection.execute("SELECT count(*) FROM pragma_module_list WHERE name = 'fts5'").fetchone()[0])
    with open_database(None, timeout=0, migrations=MIGRATIONS) as database:
        assert can_index(database) == has_it


def test_where_fts5_is_missing_that_is_noticed() -> None:
    def refuse(action: int, _: str | None, name: str | None, *rest: str | None) -> int:
        missing = action == sqlite3.SQLITE_FUNCTION and name == "fts5_source_id"
        return sqlite3.SQLITE_DENY if missing else sqlite3.SQLITE_OK

    with open_database(None, timeout=0, migrations=MIGRATIONS) as database:
        database._connection.set_authorizer(refuse)

        assert not can_index(database)

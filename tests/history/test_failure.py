import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from chatlstm.history.database import open_database
from chatlstm.history.failure import HistoryError
from chatlstm.history.history import History
from chatlstm.history.migrations import MIGRATIONS
from chatlstm.history.opening import open_history
from tests.house.source import ROOT

TEXT = "What was said before. "


def make_history(path: Path) -> str:
    with open_history(path) as history:
        conversation = history.start_conversation("dialogue")
        for _ in range(40):
            history.add_person_turn(conversation.id, TEXT * 20)
        return conversation.id


def list_texts(path: Path, conversation_id: str) -> list[str]:
    with open_history(path) as history:
        return [stored.turn.text for stored in history.read_turns(conversation_id)]


def read_files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_another_program_s_lock_is_told_and_nothing_is_lost(path: Path) -> None:
    conversation_id = make_history(path)
    with open_history(path, timeout=0) as history, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(
            HistoryError, match=r"history\.db: another program keeps it locked .* --private"
        ):
            history.add_person_turn(conversation_id, "now")
        other.execute("ROLLBACK")
        history.add_person_turn(conversation_id, "again")

    assert list_texts(path, conversation_id) == [TEXT * 20] * 40 + ["again"]


def test_a_new_history_is_not_made_while_the_file_is_locked(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(HistoryError, match="locked"):
            open_history(path, timeout=0)


@pytest.mark.parametrize(
    "content", [b"not a database, but longer than a header: " * 40, b"SQLite format 3\0"]
)
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "history.db"
    path.write_bytes(content)
    with pytest.raises(
        HistoryError, match=r"history\.db: damaged, or not a history .* Move it aside: mkdir"
    ):
        open_history(path)

    assert read_files(tmp_path) == {"history.db": content}


def test_a_file_that_was_cut_off_is_left_alone(path: Path) -> None:
    make_history(path)
    content = path.read_bytes()[: 2 * 4096]
    path.write_bytes(content)
    with pytest.raises(HistoryError, match="damaged"), open_history(path) as history:
        history.latest_conversation()

    assert path.read_bytes() == content


def test_damage_behind_the_header_is_told(path: Path) -> None:
    make_history(path)
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with pytest.raises(HistoryError, match="damaged"):
        open_history(path)


def test_text_that_is_not_utf_8_is_damage(path: Path) -> None:
    conversation_id = make_history(path)
    path.write_bytes(path.read_bytes().replace(TEXT.encode(), b"\xff" * len(TEXT)))
    with open_history(path) as history, pytest.raises(HistoryError, match=r"damaged.*UTF-8"):
        history.read_turns(conversation_id)


def test_the_command_that_is_named_moves_a_damaged_file_aside(tmp_path: Path) -> None:
    path = tmp_path / "it's my data" / "history.db"
    path.parent.mkdir()
    path.write_bytes(b"x" * 5000)
    with pytest.raises(HistoryError) as caught:
        open_history(path)
    subprocess.run(["/bin/sh", "-c", str(caught.value).partition("Move it aside: ")[2]], check=True)
    open_history(path).close()

    assert (path.parent / "damaged" / "history.db").read_bytes() == b"x" * 5000


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        HistoryError, match=r"cannot be written \(it is not a file\).*CHATLSTM_HOME"
    ):
        open_history(tmp_path)


def test_a_pipe_in_its_place_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    os.mkfifo(path, 0o644)
    with pytest.raises(HistoryError, match="it is not a file"):
        open_history(path)

    assert path.stat().st_mode & 0o777 == 0o644


def test_a_file_in_place_of_its_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("x")
    with pytest.raises(HistoryError, match="cannot be written"):
        open_history(tmp_path / "data" / "history.db")


def test_a_link_to_nowhere_is_told(tmp_path: Path) -> None:
    (tmp_path / "history.db").symlink_to(tmp_path / "gone" / "history.db")
    with pytest.raises(HistoryError, match="cannot be written"):
        open_history(tmp_path / "history.db")


def test_a_read_only_folder_is_told(plain_folder: Path) -> None:
    plain_folder.chmod(0o500)
    with pytest.raises(HistoryError, match=r"cannot be written .* --private"):
        open_history(plain_folder / "history.db")


def test_a_read_only_folder_that_holds_a_history_is_told(plain_folder: Path) -> None:
    make_history(plain_folder / "history.db")
    plain_folder.chmod(0o500)
    with pytest.raises(HistoryError, match=r"cannot be written \(no permission to write to"):
        open_history(plain_folder / "history.db")


def test_a_read_only_file_is_told_and_left_alone(plain_folder: Path) -> None:
    make_history(plain_folder / "history.db")
    (plain_folder / "history.db").chmod(0o444)
    before = read_files(plain_folder)
    with pytest.raises(HistoryError, match=r"cannot be written \(no permission to write to"):
        open_history(plain_folder / "history.db")

    assert read_files(plain_folder) == before


def test_a_file_that_turns_read_only_while_it_is_open_is_told(path: Path) -> None:
    conversation_id = make_history(path)
    database = open_database(path, timeout=0, migrations=MIGRATIONS)
    with History(database) as history:
        with database.read() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
        with pytest.raises(HistoryError, match=r"cannot be written .*readonly"):
            history.add_person_turn(conversation_id, "now")


def test_a_full_disk_is_told_and_nothing_is_lost(path: Path) -> None:
    conversation_id = make_history(path)
    database = open_database(path, timeout=0, migrations=MIGRATIONS)
    with History(database) as history:
        with database.read() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")  # no more than there are
        with pytest.raises(HistoryError, match="the disk is full"):
            history.add_person_turn(conversation_id, TEXT * 1000)

        assert len(history.read_turns(conversation_id)) == 40

    assert list_texts(path, conversation_id) == [TEXT * 20] * 40


def test_a_limit_on_the_size_of_files_is_told_and_no_told_turn_is_lost(path: Path) -> None:
    command = [sys.executable, "-m", "tests.history.writer", str(path), "one", "500", "200000"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    told = [line.partition(" ")[2] for line in ended.stdout.splitlines()]

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"{path}: ")
    assert "Traceback" not in ended.stderr
    with open_history(path) as history:
        latest = history.latest_conversation()
        assert latest is not None
        stored = [turn.turn.text for turn in history.read_turns(latest.id)]
    assert 0 < len(told) < 1000
    assert stored[: len(told)] == told

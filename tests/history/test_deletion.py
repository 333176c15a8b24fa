import os
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from chatlstm.history.deletion import delete_conversations
from chatlstm.history.failure import HistoryError, NoConversationError, NoTurnError
from chatlstm.history.feedback import Feedback
from chatlstm.history.history import History
from chatlstm.history.opening import open_history, open_memory_history
from chatlstm.history.state import TurnState
from tests.history.exchanges import answer, begin, list_texts, tell
from tests.history.test_migrations import write_first_version
from tests.house.source import ROOT

KILLS = int(os.environ.get("CHATLSTM_TEST_KILLS", "3"))
SECRET = "Xylophone Quokka 鼹鼠挖隧道"
LONG_SECRET = " ".join(f"zugzwang{number:05}" for number in range(3000))


def list_pieces(text: str) -> set[bytes]:
    """List what an index might keep of a text: it stores endings of words, in lower case."""
    words = text.lower().encode().split()
    return {word[start : start + 6] for word in words for start in range(max(1, len(word) - 5))}


def find_leaks(folder: Path, *texts: str) -> list[str]:
    """List the files that hold a text, or a piece of it."""
    pieces = {piece for text in texts for piece in {text.encode(), *list_pieces(text)}}
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    return [name for name, content in files.items() if any(piece in content.lower() for piece in pieces)]


def begin_secret(history: History) -> str:
    """Begin a conversation that tells a secret in every place there is."""
    conversation_id = begin(history, SECRET, LONG_SECRET)
    history.set_feedback(history.read_turns(conversation_id)[-1].id, Feedback("bad", SECRET))
    said = history.add_person_turn(conversation_id, SECRET)
    answer(history, said, SECRET, TurnState("en@0", "int8", SECRET.encode() * 500))
    history.rename_conversation(conversation_id, f"My {SECRET}")
    return conversation_id


def test_a_secret_is_found_before_it_is_deleted(path: Path) -> None:
    with open_history(path) as history:
        begin_secret(history)

    assert find_leaks(path.parent, SECRET) == ["history.db"]


def test_of_a_deleted_conversation_no_byte_is_left(path: Path) -> None:
    with open_history(path) as history:
        begin(history, "Hello.", "Hi.")
        secret = begin_secret(history)
        begin(history, "Bye.", "Bye.")

        assert history.delete_conversations([secret]) == ""
        assert find_leaks(path.parent, SECRET, LONG_SECRET) == []


def test_of_a_forgotten_turn_and_what_follows_it_no_byte_is_left(path: Path) -> None:
    with open_history(path) as history:
        conversation_id = begin(history, "Hello.", "Hi.", SECRET, LONG_SECRET, SECRET, "Really?")

        assert history.forget_turn(3) == ""
        assert list_texts(history, conversation_id) == ["Hello.", "Hi."]
        assert find_leaks(path.parent, SECRET, LONG_SECRET, "Really?") == []


def test_what_is_not_deleted_stays_and_is_found(path: Path) -> None:
    with open_history(path) as history:
        kept = begin(history, "Hello, moon.", "月光")
        before = history.read_turns(kept)
        history.delete_conversations([begin_secret(history)])

        assert history.read_turns(kept) == before
        assert [len(history.search(typed, 9)) for typed in ("moon", "月光", "quokka")] == [1, 1, 0]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_copies_that_migrations_left_are_removed(path: Path) -> None:
    write_first_version(path)
    with open_history(path) as history:
        for name in ("history.db.v1-wal", "history.db.v2.partial", "history.db.version", "notes.v1"):
            path.with_name(name).write_text("")
        history.delete_conversations(["c"])

    assert find_leaks(path.parent, "床前明月光", "Über") == []
    assert sorted(file.name for file in path.parent.iterdir()) == ["history.db", "history.db.version", "notes.v1"]


def test_a_copy_that_cannot_be_removed_is_told(path: Path) -> None:
    with open_history(path) as history:
        secret = begin_secret(history)
        path.with_name("history.db.v1").mkdir()

        assert "not from the files yet" in history.delete_conversations([secret])


def test_several_are_deleted_or_none(history: History) -> None:
    conversation_id = begin(history, "a", "b")
    with pytest.raises(NoConversationError, match="'gone'"):
        history.delete_conversations([conversation_id, "gone"])

    assert list_texts(history, conversation_id) == ["a", "b"]


def test_forgetting_a_reply_leaves_its_siblings(history: History) -> None:
    conversation_id = begin(history, "a", "b")
    said, first = history.read_turns(conversation_id)
    answer(history, said, "c")
    tell(history, conversation_id, "d", "e")
    history.forget_turn(first.id)

    assert [each.turn.text for each in history.read_tree(conversation_id)] == ["a", "c", "d", "e"]
    assert list_texts(history, conversation_id) == ["a", "c", "d", "e"]


def test_the_tip_of_a_forgotten_branch_goes_back_to_what_was_before(history: History) -> None:
    conversation_id = begin(history, "a", "b", "c", "d")
    history.forget_turn(4)

    assert list_texts(history, conversation_id) == ["a", "b", "c"]


def test_a_title_made_of_a_forgotten_turn_is_made_anew(history: History) -> None:
    conversation_id = begin(history, SECRET, "b")
    history.move_tip(conversation_id, None)
    history.add_person_turn(conversation_id, "Hello.")
    history.forget_turn(1)

    assert history.find_conversation(conversation_id).title == "Hello."


def test_a_conversation_without_a_turn_left_is_deleted(history: History) -> None:
    conversation_id = begin(history, SECRET, "b")
    history.forget_turn(1)

    with pytest.raises(NoConversationError):
        history.find_conversation(conversation_id)


def test_an_unknown_turn_is_not_forgotten(history: History) -> None:
    with pytest.raises(NoTurnError, match="id 7"):
        history.forget_turn(7)


def test_a_chat_that_has_the_history_open_does_not_keep_what_is_deleted(path: Path) -> None:
    with open_history(path) as chat, open_history(path) as history:
        secret = begin_secret(chat)
        assert history.delete_conversations([secret]) == ""
        assert find_leaks(path.parent, SECRET, LONG_SECRET) == []
        begin(chat, "Hello.", "Hi.")

        assert chat.search("quokka", limit=9) == ()
    assert find_leaks(path.parent, SECRET, LONG_SECRET) == []


def test_a_reply_that_was_being_drawn_is_not_stored_in_a_deleted_conversation(path: Path) -> None:
    with open_history(path) as chat, open_history(path) as history:
        conversation_id = begin_secret(chat)
        history.delete_conversations([conversation_id])
        with pytest.raises(NoTurnError):
            chat.update_reply(4, SECRET)

    assert find_leaks(path.parent, SECRET) == []


def test_while_another_program_reads_what_remains_is_told_and_made_good_later(path: Path) -> None:
    with open_history(path, timeout=0) as history, closing(sqlite3.connect(path)) as reader:
        secret = begin_secret(history)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM turn").fetchone()
        told = history.delete_conversations([secret])
        assert "another program is reading" in told and f"{path}-wal; that is made good" in told
        assert find_leaks(path.parent, SECRET) != []
        reader.execute("COMMIT")
        open_history(path).close()

        assert find_leaks(path.parent, SECRET, LONG_SECRET) == []


def test_where_the_files_cannot_be_written_anew_that_is_told_and_made_good_later(path: Path) -> None:
    with open_history(path, timeout=0) as history, closing(sqlite3.connect(path)) as other:
        secret = begin_secret(history)

        def lock(sql: str) -> None:
            if sql == "VACUUM":
                other.execute("BEGIN IMMEDIATE")

        history._database._connection.set_trace_callback(lock)
        told = history.delete_conversations([secret])
        assert "not from the files yet" in told and "locked" in told
        assert history.list_conversations() == ()
        other.execute("ROLLBACK")
    open_history(path).close()

    assert find_leaks(path.parent, SECRET, LONG_SECRET) == []


def test_nothing_is_deleted_while_another_program_writes(path: Path) -> None:
    with open_history(path, timeout=0) as history, closing(sqlite3.connect(path)) as other:
        secret = begin_secret(history)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(HistoryError, match="locked"):
            history.delete_conversations([secret])

        assert len(history.list_conversations()) == 1


def test_what_a_killed_process_deleted_is_purged_at_the_next_opening(path: Path) -> None:
    with open_history(path) as history:
        secret = begin_secret(history)
        with history._database.write() as connection:
            delete_conversations(connection, [secret])
        killed = shutil.copytree(path.parent, path.parent.with_name("killed"))  # as it lies now
    assert find_leaks(killed, SECRET, LONG_SECRET) != []
    open_history(killed / path.name).close()

    assert find_leaks(killed, SECRET, LONG_SECRET) == []


def test_a_process_that_is_killed_while_it_deletes_leaves_no_byte_of_what_it_told_deleted(path: Path) -> None:
    moments, told = random.Random(7), []
    for kill in range(KILLS):
        command = [sys.executable, "-m", "tests.history.deleter", str(path), f"w{kill}"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as deleter:
            assert deleter.stdout is not None
            told.append(deleter.stdout.readline().strip())
            try:
                deleter.wait(moments.uniform(0, 0.2))
            except subprocess.TimeoutExpired:
                deleter.kill()
            told += deleter.stdout.read().split()
    open_history(path).close()

    assert len(told) >= KILLS
    assert find_leaks(path.parent, *told) == []


def test_a_history_in_memory_forgets_too() -> None:
    with open_memory_history() as history:
        assert history.delete_conversations([begin_secret(history)]) == ""
        assert history.search("quokka", limit=9) == ()

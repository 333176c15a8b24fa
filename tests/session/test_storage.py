"""A conversation whose disk fails, or is shared."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from chatlstm.history.conversation import Conversation
from chatlstm.history.failure import HistoryError
from chatlstm.history.history import History
from chatlstm.history.opening import open_history
from tests.session.sessions import list_texts, open_session, tell


def lock(path: Path) -> sqlite3.Connection:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_a_locked_database_sends_the_chat_to_memory_and_says_so_once(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(open_session(open_history(path, timeout=0))) as session:
        tell(session, "before")
        with closing(lock(path)):
            tell(session, "one")
            tell(session, "two")

            turns = session.read_last_turns(9)
            assert [turn.text for turn in turns] == [
                "before",
                "Hello.",
                "one",
                "Hello.",
                "two",
                "Hello.",
            ]
    assert "another program keeps it locked" in caplog.messages[0]
    assert caplog.messages[1:] == ["The chat goes on in memory and will be lost at its end"]


def test_a_database_locked_amid_a_reply_loses_nothing_of_it(path: Path) -> None:
    with closing(open_session(open_history(path, timeout=0), ["one two"])) as session:
        pieces = session.reply("Hi.")
        next(pieces)
        with closing(lock(path)):
            rest = "".join(piece.text for piece in pieces)

        assert rest == " two"
        assert session.read_last_turns(2)[1].text == "one two"


def test_a_resumed_conversation_is_taken_to_memory_whole(path: Path) -> None:
    with closing(open_session(open_history(path))) as session:
        tell(session, "before")
    with closing(open_session(open_history(path, timeout=0))) as session:
        session.resume("")
        with closing(lock(path)):
            tell(session, "one")

            turns = session.read_last_turns(9)
    assert [turn.text for turn in turns] == ["before", "Hello.", "one", "Hello."]


def test_a_database_destroyed_amid_a_chat_is_left_for_memory(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(open_session(open_history(path))) as session:
        tell(session, "first")
        pieces = session.reply("second")
        next(pieces)
        for name in os.listdir(path.parent):
            (path.parent / name).write_bytes(b"no database" * 4096)
        list(pieces)
        tell(session, "third")

        turns = session.read_last_turns(9)
    assert [turn.text for turn in turns] == [
        "first",
        "Hello.",
        "second",
        "Hello.",
        "third",
        "Hello.",
    ]
    assert caplog.messages[1:] == ["The chat goes on in memory and will be lost at its end"]


def test_two_sessions_write_the_same_conversation_at_once(path: Path) -> None:
    with (
        closing(open_session(open_history(path))) as one,
        closing(open_session(open_history(path))) as two,
    ):
        tell(one, "one")
        two.resume("")
        first, second = one.reply("by one"), two.reply("by two")
        next(first), next(second)
        list(first), list(second)

        assert set(one.list_messages(9)) == set(two.list_messages(9))

    with open_history(path) as history:
        assert list_texts(history)[-2:] == ["by two", "Hello."]


class FullHistory:
    """A history on a full disk."""

    def start_conversation(self, plugin: str) -> Conversation:
        raise HistoryError("full")

    def close(self) -> None:
        """Close nothing."""


def test_memory_that_fails_too_is_an_error_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatlstm.session.storage.open_memory_history", FullHistory)
    # cast: the two calls of a History that are made
    session = open_session(cast(History, FullHistory()))

    for text in ("one", "two"):
        with pytest.raises(HistoryError, match="full"):
            tell(session, text)


def test_a_conversation_gone_back_to_its_beginning_goes_on_in_memory(path: Path) -> None:
    with closing(open_session(open_history(path, timeout=0))) as session:
        tell(session, "before")
        session.move_to(None)
        with closing(lock(path)):
            tell(session, "one")

        assert [turn.text for turn in session.read_last_turns(9)] == ["one", "Hello."]

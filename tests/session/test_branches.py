"""A conversation that another program deletes from while it goes on."""

import logging

import pytest

from chatlstm.engine.api import Generator
from chatlstm.history.failure import NoTurnError
from chatlstm.history.history import History
from tests.session.sessions import list_texts, open_session, read_turns, tell


@pytest.fixture(autouse=True)
def hear_warnings(caplog: pytest.LogCaptureFixture) -> None:
    """Keep what is told."""
    caplog.set_level(logging.WARNING)


def test_a_message_to_a_deleted_conversation_begins_another(
    history: History, caplog: pytest.LogCaptureFixture
) -> None:
    session = open_session(history)
    tell(session, "one")
    first = session.need_conversation().id
    history.delete_conversations([first])
    tell(session, "two")

    assert list_texts(history) == ["two", "Hello."]
    assert caplog.messages == [f"Conversation {first} was deleted meanwhile; another one begins here"]


def test_a_reply_whose_conversation_is_deleted_meanwhile_is_told_to_its_end(
    history: History, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatlstm.session.session.SECONDS_BETWEEN_UPDATES", -1.0)
    session = open_session(history, ["one two three"])
    pieces = session.reply("Hi.")
    next(pieces)
    history.delete_conversations([session.need_conversation().id])

    assert "".join(piece.text for piece in pieces) == " two three"
    assert caplog.messages == ["Another program has deleted this reply meanwhile; it is not stored"]


def test_a_message_deleted_before_it_is_answered_is_told(history: History) -> None:
    session = open_session(history)
    tell(session, "one")
    choose = session.choose_engine

    def delete_first(language: str) -> Generator:
        history.delete_conversations([read_turns(history)[0].conversation_id])
        return choose(language)

    session.choose_engine = delete_first
    with pytest.raises(NoTurnError, match="no turn has the id"):
        tell(session, "two")
    session.choose_engine = choose
    tell(session, "three")

    assert list_texts(history) == ["three", "Hello."]


def test_going_back_forgets_which_plugin_answered_last(history: History) -> None:
    session = open_session(history)
    tell(session, "one")
    session.move_to(None)

    assert session.read_end() == ()
    assert session.read_last_turns(4) == ()

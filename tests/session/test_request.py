"""What a plugin is asked."""

import pytest

from chatlstm.history.history import History
from chatlstm.records import Request, Turn
from chatlstm.session.request import MESSAGE_CHARACTERS, make_request
from tests.session.sessions import Chatter, list_texts, open_session, tell


def test_a_long_message_is_stored_whole_and_its_end_is_answered(
    history: History, caplog: pytest.LogCaptureFixture
) -> None:
    domain = Chatter()
    text = "a" * 1_000_000 + "b" * MESSAGE_CHARACTERS
    session = open_session(history, domain=domain)

    tell(session, text)
    tell(session, "short")

    assert domain.requests[0].text == domain.requests[1].context[0].text == "b" * MESSAGE_CHARACTERS
    assert list_texts(history)[0] == text
    assert caplog.messages == [
        "all 1,008,000 characters are stored; the model is given the last 8,000"
    ]


def test_a_request_is_what_it_is_made_of() -> None:
    said = (Turn("person", "Hi."), Turn("reply", "Hello."))

    assert make_request("How are you?", said, seed=7, options={"warmth": "3"}) == Request(
        "How are you?", said, 7, {"warmth": "3"}, "en"
    )

"""The last reply, looked up in what its checkpoint was trained on."""

import pytest

from chatlstm.errors import MissingError, MisuseError
from chatlstm.history.history import History
from chatlstm.pipeline.origins import OriginIndex, build_index
from chatlstm.session.provenance import trace_reply
from tests.session.sessions import open_session, tell

INDEX = build_index([("dialogue/talk", "I like old stories.")], "en")


def test_the_last_reply_is_looked_up_as_it_stands(history: History) -> None:
    session = open_session(history, ["Well.", "I like old stories!"])
    tell(session, "one")
    tell(session, "two")
    trace = trace_reply(session.read_end(), lambda identity: INDEX)

    assert (trace.plugin, trace.checkpoint) == ("dialogue", "canned@0123abcd")
    assert [passage.text for passage in trace.found.passages] == ["I like old stories"]


def test_the_index_of_the_checkpoint_that_wrote_it_is_asked_for(history: History) -> None:
    session = open_session(history)
    tell(session, "one")
    asked: list[str] = []

    def open_index(identity: str) -> OriginIndex:
        asked.append(identity)
        raise MissingError("no index")

    with pytest.raises(MissingError, match="no index"):
        trace_reply(session.read_end(), open_index)
    assert asked == ["canned@0123abcd"]


def test_without_a_reply_there_is_nothing_to_look_up(history: History) -> None:
    with pytest.raises(MisuseError, match="no reply yet"):
        trace_reply(open_session(history).read_end(), lambda identity: INDEX)

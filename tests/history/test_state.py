import pytest

from chatlstm.history.failure import NoTurnError
from chatlstm.history.history import History
from chatlstm.history.state import TurnState
from chatlstm.history.turn import Outcome
from tests.history.exchanges import answer, begin

STATE = TurnState("en@1f0c9a2b", "int8", bytes(range(256)) * 48)


def answer_with(history: History, state: TurnState | None) -> int:
    conversation = history.start_conversation("dialogue")
    return answer(history, history.add_person_turn(conversation.id, "Hello."), "Hi.", state)


def test_a_state_is_read_byte_for_byte(history: History) -> None:
    reply_id = answer_with(history, STATE)

    assert history.find_state([reply_id], checkpoint="en@1f0c9a2b", dtype="int8") == (reply_id, STATE.data)


@pytest.mark.parametrize(
    ("checkpoint", "dtype"), [("en@00000000", "int8"), ("en@1f0c9a2b", "float32")]
)
def test_a_state_of_another_checkpoint_or_precision_is_none(
    history: History, checkpoint: str, dtype: str
) -> None:
    reply_id = answer_with(history, STATE)

    assert history.find_state([reply_id], checkpoint=checkpoint, dtype=dtype) is None


def test_a_reply_without_a_state_has_none(history: History) -> None:
    reply_id = answer_with(history, None)

    assert history.find_state([reply_id], checkpoint="en@1f0c9a2b", dtype="int8") is None


def test_a_reply_that_ends_again_has_its_last_state(history: History) -> None:
    reply_id = answer_with(history, STATE)
    history.end_reply(reply_id, Outcome("Ho."), TurnState("en@1f0c9a2b", "int8", b"later"))

    assert history.find_state([reply_id], checkpoint="en@1f0c9a2b", dtype="int8") == (reply_id, b"later")


def test_a_state_is_not_stored_without_its_reply(history: History) -> None:
    with pytest.raises(NoTurnError):
        history.end_reply(7, Outcome("x"), STATE)

    assert history.find_state([7], checkpoint="en@1f0c9a2b", dtype="int8") is None


def test_each_branch_has_its_own_state(history: History) -> None:
    conversation_id = begin(history, "a", "b")
    said, _ = history.read_turns(conversation_id)
    replies = [answer(history, said, data, TurnState("c", "int8", data.encode())) for data in "xy"]

    assert [history.find_state([each], checkpoint="c", dtype="int8") for each in replies] == list(
        zip(replies, [b"x", b"y"], strict=True)
    )


def test_the_latest_turn_that_has_a_fitting_state_gives_it(history: History) -> None:
    conversation = history.start_conversation("dialogue")
    states = [STATE, TurnState("en@1f0c9a2b", "int8", b"second"), TurnState("zh@0", "int8", b"other"), None]
    ids = [answer(history, history.add_person_turn(conversation.id, "Hello."), "Hi.", state) for state in states]

    assert history.find_state(ids, checkpoint="en@1f0c9a2b", dtype="int8") == (ids[1], b"second")

import pytest

from chatlstm.history.failure import NoTurnError
from chatlstm.history.feedback import Feedback, Mark
from chatlstm.history.history import History
from chatlstm.history.opening import open_memory_history
from tests.history.exchanges import RECIPE, begin, list_texts


@pytest.mark.parametrize(
    "feedback", [Feedback("good"), Feedback("bad"), Feedback(None, "Better."), Feedback("bad", "更好")]
)
def test_feedback_is_read_with_its_reply(history: History, feedback: Feedback) -> None:
    conversation_id = begin(history, "a", "b")
    history.set_feedback(2, feedback)

    assert [each.feedback for each in history.read_turns(conversation_id)] == [None, feedback]
    assert history.read_tree(conversation_id)[1].feedback == feedback


def test_the_last_word_on_a_reply_counts(history: History) -> None:
    conversation_id = begin(history, "a", "b")
    history.set_feedback(2, Feedback("bad", "c"))
    history.set_feedback(2, Feedback("good"))

    assert history.read_turns(conversation_id)[1].feedback == Feedback("good")


def test_feedback_can_be_taken_back(history: History) -> None:
    conversation_id = begin(history, "a", "b")
    history.set_feedback(2, Feedback("bad"))
    history.set_feedback(2, None)

    assert history.read_turns(conversation_id)[1].feedback is None


def test_a_correction_leaves_the_reply_as_it_was_said(history: History) -> None:
    conversation_id = begin(history, "a", "b")
    history.set_feedback(2, Feedback("bad", "c"))

    assert list_texts(history, conversation_id) == ["a", "b"]


def test_only_replies_are_judged(history: History) -> None:
    begin(history, "a", "b")
    with pytest.raises(NoTurnError, match="turn 1 is no reply"):
        history.set_feedback(1, Feedback("good"))
    with pytest.raises(NoTurnError, match="id 7"):
        history.set_feedback(7, Feedback("good"))


@pytest.mark.parametrize("correction", [None, "", " \n"])
def test_feedback_that_says_nothing_is_refused(correction: str | None) -> None:
    with pytest.raises(ValueError, match=r"needs a mark or a correction|not blank"):
        Feedback(None, correction)


def test_a_correction_that_cannot_be_stored_is_refused(history: History) -> None:
    begin(history, "a", "b")
    with pytest.raises(ValueError, match="surrogate"):
        history.set_feedback(2, Feedback(None, "\ud800"))


def test_marked_exchanges_come_with_their_context(history: History) -> None:
    begin(history, "a", "b", "c", "d", "e", "f")
    history.set_feedback(6, Feedback("good"))
    (marked,) = history.read_marked(context_turns=2)

    assert [turn.text for turn in marked.context] == ["c", "d"]
    assert (marked.said, marked.wanted, marked.reply.recipe) == ("e", "f", RECIPE)


def test_marked_exchanges_come_the_oldest_first_from_every_branch(history: History) -> None:
    conversation_id = begin(history, "a", "b", "c", "d")
    history.set_feedback(4, Feedback("good"))
    history.set_feedback(2, Feedback("good"))
    history.move_tip(conversation_id, None)

    assert [marked.said for marked in history.read_marked(context_turns=8)] == ["a", "c"]


@pytest.mark.parametrize(
    ("mark", "correction", "wanted"),
    [("good", None, "b"), ("good", "c", "c"), (None, "c", "c"), ("bad", "c", "c"), ("bad", None, None)],
)
def test_what_should_have_been_said_is_the_correction_or_a_good_reply(
    history: History, mark: Mark | None, correction: str | None, wanted: str | None
) -> None:
    begin(history, "a", "b")
    history.set_feedback(2, Feedback(mark, correction))
    (marked,) = history.read_marked(context_turns=0)

    assert (marked.context, marked.wanted) == ((), wanted)


def test_the_history_may_be_written_between_two_marked_exchanges(history: History) -> None:
    begin(history, "a", "b", "c", "d")
    for reply_id in (2, 4):
        history.set_feedback(reply_id, Feedback("good"))
    marked = history.read_marked(context_turns=8)
    first = next(marked)
    history.forget_turn(3)

    assert (first.said, list(marked)) == ("a", [])


def test_feedback_goes_with_a_conversation_that_moves(history: History) -> None:
    conversation_id = begin(history, "a", "b")
    history.set_feedback(2, Feedback("bad", "c"))
    with open_memory_history() as memory:
        conversation = history.find_conversation(conversation_id)
        memory.adopt_conversation(conversation, history.read_turns(conversation_id))

        assert memory.read_turns(conversation_id)[1].feedback == Feedback("bad", "c")

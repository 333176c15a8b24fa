import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.history.history import History
from chatlstm.history.opening import open_memory_history
from chatlstm.history.turn import Outcome, Recipe, StoredTurn
from chatlstm.records import Turn
from tests.history.ticking import Clock

RECIPE = Recipe("poetry", "zh@1f0c9a2b", seed=-7, options={"form": "五绝", "heads": "春夏秋冬"})

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
OUTCOMES = st.builds(
    Outcome,
    TEXTS,
    st.sampled_from(["done", "stopped", "failed"]),
    st.integers(0, 10**6),
    st.floats(0, 10**6),
    st.dictionaries(TEXTS, TEXTS | st.integers() | st.lists(st.booleans()) | st.none(), max_size=3),
)


def exchange(history: History, conversation_id: str, said: str, answer: str) -> StoredTurn:
    turn = history.add_person_turn(conversation_id, said)
    reply = history.begin_reply(turn.id, RECIPE)
    history.end_reply(reply.id, Outcome(answer))
    return reply


def list_texts(history: History, conversation_id: str) -> list[str]:
    return [stored.turn.text for stored in history.read_turns(conversation_id)]


def test_a_conversation_begins_empty(history: History) -> None:
    conversation = history.start_conversation("poetry")

    assert conversation.id == "260731-g000"
    assert (conversation.title, conversation.plugin, conversation.tip_id) == ("", "poetry", None)
    assert history.find_conversation(conversation.id) == conversation
    assert history.read_turns(conversation.id) == ()


def test_conversations_that_begin_at_one_moment_have_different_ids() -> None:
    with open_memory_history(clock=Clock(step=0)) as history:
        assert [history.start_conversation("poetry").id for _ in range(3)] == [
            "260731-g000",
            "260731-g001",
            "260731-g002",
        ]


def test_what_a_person_said_is_read_as_it_was_stored(history: History) -> None:
    conversation = history.start_conversation("poetry")
    said = history.add_person_turn(conversation.id, "春\x00夏\n🎉")

    assert history.read_turns(conversation.id) == (said,)
    assert (said.turn, said.status, said.parent_id) == (
        Turn("person", "春\x00夏\n🎉"),
        "done",
        None,
    )


def test_a_reply_is_pending_from_its_beginning(history: History) -> None:
    conversation = history.start_conversation("dialogue")
    said = history.add_person_turn(conversation.id, "Hello.")
    reply = history.begin_reply(said.id, RECIPE)

    assert history.read_turns(conversation.id) == (said, reply)
    assert (reply.status, reply.turn.text, reply.parent_id, reply.recipe) == (
        "pending",
        "",
        said.id,
        RECIPE,
    )


def test_part_of_a_reply_is_stored_while_it_is_pending(history: History) -> None:
    conversation = history.start_conversation("dialogue")
    reply = history.begin_reply(history.add_person_turn(conversation.id, "Hello.").id, RECIPE)
    history.update_reply(reply.id, "Hi, h")

    stored = history.read_turns(conversation.id)[-1]
    assert (stored.status, stored.turn.text, stored.recipe) == ("pending", "Hi, h", RECIPE)
    assert stored.updated > stored.created


def test_a_reply_keeps_how_it_ended(history: History) -> None:
    conversation = history.start_conversation("dialogue")
    reply = history.begin_reply(history.add_person_turn(conversation.id, "Hello.").id, RECIPE)
    history.end_reply(reply.id, Outcome("Hi, h", "stopped", 4, 0.25, {"rhymes": ["春", 2, None]}))

    stored = history.read_turns(conversation.id)[-1]
    assert (stored.turn.text, stored.status, stored.tokens, stored.seconds) == (
        "Hi, h",
        "stopped",
        4,
        0.25,
    )
    assert stored.details == {"rhymes": ["春", 2, None]}


def test_the_first_words_are_the_title(history: History) -> None:
    conversation = history.start_conversation("dialogue")
    history.add_person_turn(conversation.id, " What is\nan LSTM?")
    history.add_person_turn(conversation.id, "And a GRU?")

    assert history.find_conversation(conversation.id).title == "What is an LSTM?"


def test_a_conversation_has_the_plugin_that_answered_last(history: History) -> None:
    conversation = history.start_conversation("dialogue")
    exchange(history, conversation.id, "A poem!", "春")

    assert history.find_conversation(conversation.id).plugin == "poetry"


def test_a_second_reply_is_a_sibling_and_the_branch_follows_it(history: History) -> None:
    conversation = history.start_conversation("dialogue")
    said = history.add_person_turn(conversation.id, "Hello.")
    first = history.begin_reply(said.id, RECIPE)
    second = history.begin_reply(said.id, RECIPE)

    assert second.parent_id == first.parent_id
    assert [stored.id for stored in history.read_turns(conversation.id)] == [said.id, second.id]


def test_resuming_stops_replies_that_were_left_pending(history: History) -> None:
    conversation = history.start_conversation("dialogue")
    reply = history.begin_reply(history.add_person_turn(conversation.id, "Hello.").id, RECIPE)
    history.update_reply(reply.id, "Hi, h")
    resumed = history.resume_conversation(conversation.id)

    stored = history.read_turns(conversation.id)[-1]
    assert (stored.status, stored.turn.text, resumed.tip_id) == ("stopped", "Hi, h", reply.id)


def test_resuming_changes_no_turn_that_had_ended(history: History) -> None:
    conversation = history.start_conversation("dialogue")
    exchange(history, conversation.id, "Hello.", "Hi.")
    before = history.read_turns(conversation.id)
    history.resume_conversation(conversation.id)

    assert history.read_turns(conversation.id) == before


def test_resuming_leaves_other_conversations_alone(history: History) -> None:
    resumed, other = history.start_conversation("dialogue"), history.start_conversation("dialogue")
    history.begin_reply(history.add_person_turn(other.id, "Hello.").id, RECIPE)
    history.resume_conversation(resumed.id)

    assert history.read_turns(other.id)[-1].status == "pending"


def test_a_session_that_still_draws_has_the_last_word(history: History) -> None:
    conversation = history.start_conversation("dialogue")
    reply = history.begin_reply(history.add_person_turn(conversation.id, "Hello.").id, RECIPE)
    history.resume_conversation(conversation.id)
    history.end_reply(reply.id, Outcome("Hi."))

    assert history.read_turns(conversation.id)[-1].status == "done"


def test_text_that_is_refused_changes_nothing(history: History) -> None:
    conversation = history.start_conversation("dialogue")
    said = history.add_person_turn(conversation.id, "Hello.")
    with pytest.raises(ValueError, match="surrogate"):
        history.add_person_turn(conversation.id, "\ud800")
    with pytest.raises(ValueError, match="surrogate"):
        history.begin_reply(said.id, Recipe("poetry", "zh@0", 0, {"heads": "\ud800"}))

    assert history.read_turns(conversation.id) == (said,)


@given(st.lists(st.tuples(TEXTS, OUTCOMES), max_size=6))
def test_any_turns_are_read_as_they_were_written(turns: list[tuple[str, Outcome]]) -> None:
    with open_memory_history() as history:
        conversation = history.start_conversation("dialogue")
        for said, outcome in turns:
            reply = history.begin_reply(history.add_person_turn(conversation.id, said).id, RECIPE)
            history.end_reply(reply.id, outcome)
        stored = history.read_turns(conversation.id)

    assert [turn.turn for turn in stored[::2]] == [Turn("person", said) for said, _ in turns]
    ends = [
        Outcome(each.turn.text, each.status, each.tokens, each.seconds, each.details)
        for each in stored[1::2]
    ]
    assert ends == [outcome for _, outcome in turns]
    assert [turn.parent_id for turn in stored] == [None, *(turn.id for turn in stored)][:-1]


def test_context_is_the_last_exchanges_oldest_first(history: History) -> None:
    conversation = history.start_conversation("dialogue")
    for number in range(5):
        exchange(history, conversation.id, f"q{number}", f"a{number}")

    context = history.read_context(conversation.id, limit=4)
    assert [turn.text for turn in context] == ["q3", "a3", "q4", "a4"]


def test_context_is_the_same_before_and_while_a_turn_is_answered(history: History) -> None:
    conversation = history.start_conversation("dialogue")
    exchange(history, conversation.id, "q", "a")
    before = history.read_context(conversation.id, limit=2)
    history.begin_reply(history.add_person_turn(conversation.id, "next").id, RECIPE)

    assert (
        history.read_context(conversation.id, limit=2)
        == before
        == (Turn("person", "q"), Turn("reply", "a"))
    )


def test_context_reaches_behind_replies_that_failed(history: History) -> None:
    conversation = history.start_conversation("dialogue")
    exchange(history, conversation.id, "q", "a")
    reply = history.begin_reply(history.add_person_turn(conversation.id, "next").id, RECIPE)
    history.end_reply(reply.id, Outcome("x", "failed"))

    assert [turn.text for turn in history.read_context(conversation.id, limit=2)] == ["q", "a"]

import pytest

from chatlstm.history.failure import NoConversationError, NoTurnError
from chatlstm.history.history import History
from chatlstm.history.turn import Outcome, Recipe

RECIPE = Recipe("poetry", "zh@1f0c9a2b", seed=-7)


def test_the_latest_conversation_is_the_one_last_spoken_in(history: History) -> None:
    older, newer = history.start_conversation("dialogue"), history.start_conversation("dialogue")
    history.add_person_turn(newer.id, "first")
    history.add_person_turn(older.id, "second")

    latest = history.latest_conversation()
    assert latest is not None
    assert latest.id == older.id
    assert [listed.id for listed in history.list_conversations(limit=5)] == [older.id, newer.id]


def test_a_conversation_in_which_nothing_was_said_is_not_listed(history: History) -> None:
    history.start_conversation("dialogue")

    assert history.latest_conversation() is None


def test_a_list_is_no_longer_than_its_limit(history: History) -> None:
    for _ in range(3):
        history.add_person_turn(history.start_conversation("dialogue").id, "Hello.")

    assert len(history.list_conversations(limit=2)) == 2


@pytest.mark.parametrize("prefix", ["260731-g00c", "260731-g00C", " 260731-G00C "])
def test_an_id_is_found_in_either_case(history: History, prefix: str) -> None:
    ids = [history.start_conversation("dialogue").id for _ in range(2)]

    assert ids == ["260731-g000", "260731-g00c"]
    assert history.find_conversation(prefix).id == "260731-g00c"


def test_a_prefix_finds_the_only_conversation(history: History) -> None:
    conversation = history.start_conversation("dialogue")

    assert history.find_conversation("26") == conversation


def test_a_prefix_of_several_names_them(history: History) -> None:
    for _ in range(2):
        history.start_conversation("dialogue")

    with pytest.raises(NoConversationError, match="260731-g000, 260731-g00c"):
        history.find_conversation("260731-g00")


@pytest.mark.parametrize(
    "prefix", ["", " ", "99", "260731-g001", "%", "_", "春", "\udcff", "\x00", "'"]
)
def test_what_no_id_begins_with_finds_nothing(history: History, prefix: str) -> None:
    history.start_conversation("dialogue")

    with pytest.raises(NoConversationError, match="no conversation begins with"):
        history.find_conversation(prefix)


def test_calls_for_an_unknown_conversation_are_refused(history: History) -> None:
    for call in (history.read_turns, history.resume_conversation):
        with pytest.raises(NoConversationError, match="'gone'"):
            call("gone")
    with pytest.raises(NoConversationError, match="'gone'"):
        history.add_person_turn("gone", "Hello.")


def test_calls_for_an_unknown_turn_are_refused(history: History) -> None:
    with pytest.raises(NoTurnError, match="id 3"):
        history.begin_reply(3, RECIPE)
    with pytest.raises(NoTurnError, match="id 3"):
        history.update_reply(3, "x")
    with pytest.raises(NoTurnError, match="id 3"):
        history.end_reply(3, Outcome("x"))

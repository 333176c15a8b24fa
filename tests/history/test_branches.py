from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.history.failure import NoConversationError, NoTurnError
from chatlstm.history.history import History
from chatlstm.history.opening import open_history, open_memory_history
from tests.history.exchanges import RECIPE, answer, begin, list_texts, tell
from tests.history.test_database import count_steps, fill


def test_moving_the_tip_back_leaves_the_turns_behind_it_in_the_tree(history: History) -> None:
    conversation_id = begin(history, "a", "b", "c", "d")
    before = history.read_tree(conversation_id)
    history.move_tip(conversation_id, before[1].id)

    assert list_texts(history, conversation_id) == ["a", "b"]
    assert history.read_tree(conversation_id) == before


def test_what_is_said_behind_an_earlier_turn_begins_a_branch(history: History) -> None:
    conversation_id = begin(history, "a", "b", "c", "d")
    fork = history.read_turns(conversation_id)[1]
    history.move_tip(conversation_id, fork.id)
    history.add_person_turn(conversation_id, "e")

    assert list_texts(history, conversation_id) == ["a", "b", "e"]
    tree = [(each.turn.text, each.parent_id) for each in history.read_tree(conversation_id)]
    assert tree == [("a", None), ("b", 1), ("c", 2), ("d", 3), ("e", 2)]


def test_a_tip_before_the_first_turn_is_an_empty_branch(history: History) -> None:
    conversation_id = begin(history, "a", "b")
    moved = history.move_tip(conversation_id, None)

    assert (moved.tip_id, moved.turns) == (None, 0)
    assert history.read_turns(conversation_id) == ()


def test_a_conversation_whose_tip_is_before_the_first_turn_is_still_listed(history: History) -> None:
    conversation_id = begin(history, "a", "b")
    history.move_tip(conversation_id, None)

    assert [each.id for each in history.list_conversations()] == [conversation_id]


def test_a_first_turn_may_have_siblings_too(history: History) -> None:
    conversation_id = begin(history, "a", "b")
    history.move_tip(conversation_id, None)
    other = history.add_person_turn(conversation_id, "other")

    assert [each.turn.text for each in history.read_siblings(other.id)] == ["a", "other"]


def test_the_siblings_of_a_reply_are_the_replies_to_the_same_words(history: History) -> None:
    conversation_id = begin(history, "a", "b", "c", "d")
    said = history.read_turns(conversation_id)[2]
    again = answer(history, said, "e")

    assert [each.turn.text for each in history.read_siblings(again)] == ["d", "e"]


def test_turns_of_other_conversations_are_no_siblings(history: History) -> None:
    begin(history, "a", "b")
    first = history.read_turns(begin(history, "c", "d"))[0]

    assert history.read_siblings(first.id) == (first,)


def test_moving_the_tip_to_another_conversation_s_turn_is_refused(history: History) -> None:
    mine, other = begin(history, "a", "b"), begin(history, "c", "d")
    turn_id = history.read_turns(other)[0].id
    with pytest.raises(NoTurnError, match=f"{mine} has no turn {turn_id}"):
        history.move_tip(mine, turn_id)

    assert list_texts(history, mine) == ["a", "b"]


def test_moving_the_tip_of_what_is_not_there_is_refused(history: History) -> None:
    with pytest.raises(NoConversationError):
        history.move_tip("gone", None)
    with pytest.raises(NoTurnError, match="id 9"):
        history.move_tip(begin(history, "a", "b"), 9)


def test_a_branch_ends_where_the_person_was_last(history: History) -> None:
    conversation_id = begin(history, "a", "b", "c", "d")
    first, *_ = history.read_turns(conversation_id)
    second = answer(history, first, "B")
    last = tell(history, conversation_id, "C", "D")

    assert [history.find_branch_end(each) for each in (first.id, 2, 3, second, last)] == [7, 4, 4, 7, 7]


def test_the_end_behind_an_unknown_turn_is_refused(history: History) -> None:
    with pytest.raises(NoTurnError, match="id 3"):
        history.find_branch_end(3)


def test_a_conversation_tells_how_many_turns_its_branch_has(history: History) -> None:
    conversation_id = begin(history, "a", "b", "c", "d")
    said = history.read_turns(conversation_id)[2]
    answer(history, said, "e")

    assert [each.turns for each in history.list_conversations()] == [4]
    assert history.move_tip(conversation_id, 2).turns == 2
    assert history.find_conversation(conversation_id).turns == 2


def test_a_new_title_is_one_line_of_sixty_characters(history: History) -> None:
    conversation_id = begin(history, "a", "b")

    assert history.rename_conversation(conversation_id, " My\n moon ").title == "My moon"
    assert len(history.rename_conversation(conversation_id, "x" * 99).title) == 60


def test_what_is_said_next_leaves_the_new_title(history: History) -> None:
    conversation_id = begin(history, "a", "b")
    history.rename_conversation(conversation_id, "Moon")
    tell(history, conversation_id, "c", "d")

    assert history.find_conversation(conversation_id).title == "Moon"


@pytest.mark.parametrize("title", ["", " \n", "\ud800"])
def test_a_title_that_cannot_be_shown_is_refused(history: History, title: str) -> None:
    conversation_id = begin(history, "a", "b")
    with pytest.raises(ValueError, match=r"title|surrogate"):
        history.rename_conversation(conversation_id, title)

    assert history.find_conversation(conversation_id).title == "a"


def test_listing_takes_as_many_steps_however_long_the_conversation(path: Path) -> None:
    queries = "SELECT c.*, t.depth FROM conversation c LEFT JOIN turn t ON t.id = c.tip_id LIMIT 1"
    fill(path, exchanges=5)
    short = count_steps(path, queries)
    with open_history(path) as history:
        (conversation,) = history.list_conversations()
        for number in range(50):
            tell(history, conversation.id, f"q{number}", "a")

    assert count_steps(path, queries) == short


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 99)), max_size=12))
def test_no_walk_over_the_tree_loses_or_changes_a_turn(steps: list[tuple[bool, int]]) -> None:
    with open_memory_history() as history:
        conversation_id, told = begin(history, "a", "b"), ["a", "b"]
        for moves, number in steps:
            tree = history.read_tree(conversation_id)
            if moves:
                history.move_tip(conversation_id, tree[number % len(tree)].id)
            else:
                history.add_person_turn(conversation_id, str(number))
                told.append(str(number))
            (listed,) = history.list_conversations()
            assert listed.turns == len(history.read_turns(conversation_id))

        assert [each.turn.text for each in history.read_tree(conversation_id)] == told


def test_a_second_reply_leaves_the_first_as_it_was(history: History) -> None:
    conversation_id = begin(history, "a", "b")
    said, first = history.read_turns(conversation_id)
    history.begin_reply(said.id, RECIPE)

    assert history.read_tree(conversation_id)[1] == first

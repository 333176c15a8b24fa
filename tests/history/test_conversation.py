from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.history.conversation import (
    Conversation,
    choose_conversation,
    count_microseconds,
    make_id,
    make_title,
    read_moment,
)
from chatlstm.history.failure import NoConversationError
from tests.history.ticking import NOON

OFFSETS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=20_000))


def make_conversation(conversation_id: str) -> Conversation:
    return Conversation(conversation_id, "", "dialogue", None, NOON, NOON)


def test_an_id_is_the_day_and_the_share_of_it_that_passed() -> None:
    # three quarters of the day are 24 of the 32 first digits, and z is the last of them
    assert make_id(NOON + timedelta(hours=6)) == "260731-r000"
    assert make_id(NOON + timedelta(hours=12) - timedelta(microseconds=1)) == "260731-zzzz"


def test_the_slot_behind_the_last_of_a_day_is_the_first_of_the_next() -> None:
    assert (
        make_id(NOON + timedelta(hours=11, minutes=59, seconds=59.99), attempt=1) == "260801-0000"
    )


@given(st.lists(OFFSETS, min_size=2, max_size=8))
def test_ids_sort_by_time(offsets: list[timedelta]) -> None:
    ids = [make_id(NOON + offset) for offset in sorted(offsets)]

    assert ids == sorted(ids)


@given(OFFSETS)
def test_a_moment_comes_back_to_the_microsecond(offset: timedelta) -> None:
    assert read_moment(count_microseconds(NOON + offset)) == NOON + offset


def test_a_title_is_cut_at_sixty_characters() -> None:
    assert make_title("x" * 60) == "x" * 60
    assert make_title("x" * 61) == "x" * 59 + "…"


def test_a_title_stands_on_one_line() -> None:
    assert make_title("a\r\n\tb\n\nc") == "a b c"


def test_one_match_is_chosen() -> None:
    conversation = make_conversation("260731-g000")

    assert choose_conversation("2607", [conversation], []) is conversation


def test_several_matches_are_named() -> None:
    matches = [make_conversation("260731-g000"), make_conversation("260731-g001")]

    with pytest.raises(NoConversationError, match="260731-g000, 260731-g001; give more of the id"):
        choose_conversation("2607", matches, [])


def test_without_a_match_the_latest_are_named() -> None:
    with pytest.raises(NoConversationError, match="'99'; the latest are 260731-g000"):
        choose_conversation("99", [], [make_conversation("260731-g000")])


def test_without_a_conversation_that_is_said() -> None:
    with pytest.raises(NoConversationError, match="there is none yet"):
        choose_conversation("99", [], [])

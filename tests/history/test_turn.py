import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.history.turn import (
    Outcome,
    Recipe,
    Status,
    StoredTurn,
    check_text,
    encode_json,
    keep_exchanges,
)
from chatlstm.records import Turn
from tests.history.ticking import NOON


def make_person(text: str) -> StoredTurn:
    return StoredTurn(1, "c", None, Turn("person", text), "done", NOON, NOON)


def make_reply(text: str, status: Status = "done") -> StoredTurn:
    return StoredTurn(2, "c", 1, Turn("reply", text), status, NOON, NOON)


def list_texts(*turns: StoredTurn, limit: int = 100) -> list[str]:
    return [turn.text for turn in keep_exchanges(turns, limit)]


STORED = st.one_of(
    st.builds(make_person, st.text(max_size=2)),
    st.builds(
        make_reply, st.text(max_size=2), st.sampled_from(["pending", "done", "stopped", "failed"])
    ),
)


@pytest.mark.parametrize("seed", [2**63, -(2**63) - 1])
def test_a_seed_that_needs_more_than_64_bits_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match=f"got {seed}"):
        Recipe("dialogue", "en@0", seed)


def test_a_reply_does_not_end_as_pending() -> None:
    with pytest.raises(ValueError, match="pending"):
        Outcome("x", "pending")


@pytest.mark.parametrize(("tokens", "seconds"), [(-1, 0.0), (0, -0.5), (0, float("nan"))])
def test_figures_below_zero_are_refused(tokens: int, seconds: float) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        Outcome("x", tokens=tokens, seconds=seconds)


@pytest.mark.parametrize("text", ["", "a\x00b", "\x1b[2J", "床前明月光", "🎉", "\U0010ffff"])
def test_whatever_utf_8_can_hold_is_kept(text: str) -> None:
    assert check_text(text) == text


def test_a_lone_surrogate_is_refused_with_its_place() -> None:
    with pytest.raises(ValueError, match="character 2"):
        check_text("ab\udcff")


def test_a_lone_surrogate_in_an_option_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        encode_json({"heads": "\ud800"})


def test_a_number_that_json_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        encode_json({"score": float("inf")})


def test_a_turn_without_an_answer_is_no_context() -> None:
    assert list_texts(make_person("a"), make_reply("b"), make_person("c")) == ["a", "b"]


@pytest.mark.parametrize(
    "answer", [make_reply("b", "failed"), make_reply("b", "pending"), make_reply(" \n")]
)
def test_a_turn_without_a_usable_answer_is_no_context(answer: StoredTurn) -> None:
    assert list_texts(make_person("a"), answer, make_person("c"), make_reply("d")) == ["c", "d"]


def test_a_stopped_reply_is_context() -> None:
    assert list_texts(make_person("a"), make_reply("b", "stopped")) == ["a", "b"]


def test_a_reply_whose_turn_is_not_there_is_no_context() -> None:
    assert list_texts(make_reply("b"), make_person("c"), make_reply("d")) == ["c", "d"]


@pytest.mark.parametrize(("limit", "texts"), [(0, ""), (1, ""), (2, "cd"), (3, "cd"), (4, "abcd")])
def test_the_limit_keeps_the_latest_whole_exchanges(limit: int, texts: str) -> None:
    turns = make_person("a"), make_reply("b"), make_person("c"), make_reply("d")

    assert list_texts(*turns, limit=limit) == list(texts)


@given(st.lists(STORED, max_size=12), st.integers(0, 14))
def test_context_alternates_and_ends_with_a_reply(turns: list[StoredTurn], limit: int) -> None:
    context = keep_exchanges(tuple(turns), limit)

    assert len(context) <= limit
    assert [turn.speaker for turn in context] == ["person", "reply"] * (len(context) // 2)

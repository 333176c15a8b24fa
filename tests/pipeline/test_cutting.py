"""Cutting long text."""

import re

from hypothesis import given
from hypothesis import strategies as st

from chatlstm.engine.corpus import choose_split
from chatlstm.pipeline.cutting import MOST_CHARACTERS, cut_record, cut_text
from chatlstm.records import Record

texts = st.text(st.sampled_from("ab.!?。”\"  \n…é春\U0001f431"), max_size=120)
sizes = st.integers(1, 30)


def squeeze(text: str) -> str:
    """Take all blanks out of a text."""
    return re.sub(r"\s", "", text)


@given(texts, sizes)
def test_nothing_but_blanks_is_lost(text: str, size: int) -> None:
    assert squeeze("".join(cut_text(text, size))) == squeeze(text)


@given(texts, sizes)
def test_no_piece_is_empty_or_too_long(text: str, size: int) -> None:
    assert all(1 <= len(piece) <= size for piece in cut_text(text, size))


@given(texts, sizes)
def test_pieces_are_stretches_of_the_text_in_its_order(text: str, size: int) -> None:
    place = 0
    for piece in cut_text(text, size):
        place = text.index(piece, place) + len(piece)


@given(st.text(st.characters(exclude_categories=["Cs", "Z", "Cc"]), min_size=1, max_size=90), sizes)
def test_without_a_blank_or_an_end_pieces_are_as_long_as_may_be(text: str, size: int) -> None:
    word = re.sub(r"[.!?…。！？\s]", "x", text)

    assert cut_text(word, size) == [word[at : at + size] for at in range(0, len(word), size)]


def test_the_end_of_a_line_goes_before_that_of_a_sentence_and_that_before_a_word() -> None:
    assert cut_text("One two\nthree. Four five", 18) == ["One two\nthree.", "Four five"]
    assert cut_text("One two three\nfour. Five", 22) == ["One two three", "four. Five"]
    assert cut_text("One two three four", 12) == ["One two", "three four"]


def test_a_sign_that_closes_a_quotation_stays_with_it() -> None:
    assert cut_text("“春眠不觉晓。”处处闻啼鸟。", 10) == ["“春眠不觉晓。”", "处处闻啼鸟。"]
    assert cut_text('He said: "It rains." Then he went.', 26) == ['He said: "It rains."', "Then he went."]


def test_a_record_that_fits_is_left_alone() -> None:
    record = Record("dialogue", ("a" * MOST_CHARACTERS,), "own", 2.0)

    assert list(cut_record(record)) == [record]


turns = st.lists(texts.filter(str.strip), min_size=1, max_size=8).map(tuple)


@given(turns, sizes)
def test_the_parts_of_a_record_hold_all_of_it_and_no_more_than_fits(said: tuple[str, ...], size: int) -> None:
    parts = [part.turns for part in cut_record(Record("dialogue", said), size)]

    assert squeeze("".join(turn for part in parts for turn in part)) == squeeze("".join(said))
    assert all(sum(map(len, part)) <= size for part in parts)


@given(turns, sizes)
def test_the_parts_of_a_record_are_held_out_together(said: tuple[str, ...], size: int) -> None:
    assert len({choose_split(part) for part in cut_record(Record("dialogue", said), size)}) == 1


def test_the_parts_of_a_record_keep_its_document_weight_and_source() -> None:
    record = Record("story", ("One. Two.",), "tales", 2.5, "book")

    assert [part for part in cut_record(record, 5)] == [
        Record("story", ("One.",), "tales", 2.5, "book"),
        Record("story", ("Two.",), "tales", 2.5, "book"),
    ]


def test_two_pieces_of_a_turn_are_not_two_turns() -> None:
    parts = [part.turns for part in cut_record(Record("dialogue", ("Yes.", "It rains. No.", "So?")), 10)]

    assert parts == [("Yes.",), ("It rains.",), ("No.", "So?")]


def test_a_record_of_blanks_leaves_nothing_to_learn() -> None:
    assert list(cut_record(Record("story", (" " * 9,)), 4)) == []

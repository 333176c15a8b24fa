import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.interface.cleaning import StreamCleaner, clean_text

HOSTILE = [
    ("\x1b[31mred\x1b[0m", "red"),
    ("\x1b[2J\x1b[H\x1b[?1049hgone", "gone"),
    ("\x1b]0;title\x07text", "text"),
    ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
    ("\x1bP1;2|payload\x1b\\text", "text"),
    ("\x9b31mred", "red"),
    ("\x9d0;title\x9ctext", "text"),
    ("\x1b(Btext\x1b7", "text"),
    ("bell\x07 back\x08 del\x7f", "bell back del"),
    ("one\r\ntwo\rthree", "one\ntwo\nthree"),
    ("tab\there", "tab\there"),
    ("\u202eevil\u2066", "evil"),
    ("a\0b", "a\ufffdb"),
    ("a\ud800b", "a\ufffdb"),
    ("你好 😀 👩‍👩‍👧", "你好 😀 👩‍👩‍👧"),
]


@pytest.mark.parametrize(("text", "shown"), HOSTILE)
def test_control_sequences_are_taken_out_and_words_stay(text: str, shown: str) -> None:
    assert clean_text(text) == shown


@given(st.text(st.one_of(st.characters(), st.sampled_from("\x1b[]\x9b\x07\0\ud800;m\r"))))
def test_no_text_keeps_a_control_character(text: str) -> None:
    assert not re.search(r"[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", clean_text(text))


@given(st.text(st.sampled_from("\x1b[]\x9b\x07\0;m\r\n0aP\\")), st.integers(0, 50))
def test_a_stream_keeps_no_control_character_wherever_it_is_cut(text: str, place: int) -> None:
    cleaner = StreamCleaner()

    shown = cleaner.feed(text[:place]) + cleaner.feed(text[place:]) + cleaner.close()

    assert not re.search(r"[\0-\x08\x0b-\x1f\x7f-\x9f]", shown)


@pytest.mark.parametrize(("text", "shown"), HOSTILE)
def test_a_sequence_cut_into_single_characters_is_still_one(text: str, shown: str) -> None:
    cleaner = StreamCleaner()

    assert "".join(map(cleaner.feed, text)) + cleaner.close() == shown


def test_plain_text_is_shown_at_once() -> None:
    assert StreamCleaner().feed("as it comes") == "as it comes"


def test_a_sequence_without_end_does_not_hold_the_stream_for_ever() -> None:
    assert "words" in StreamCleaner().feed("\x1b]" + "words " * 100)

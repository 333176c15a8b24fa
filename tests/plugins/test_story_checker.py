"""What makes a text the story that was asked for."""

import pytest
from chatlstm_story.checker import check_story, measure_repetition

OPENING = "It was dark."
TEXT = ' A fox said, "Come."\n\nThen it ran home to sleep.'


def test_a_whole_story_has_no_fault() -> None:
    assert check_story(TEXT, OPENING, 10, language="en") == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (TEXT + " So they did.", "it has 13 words, not about 10"),
        (TEXT[:-1], "it does not end with a sentence"),
        (TEXT.replace('Come."', 'Come"'), "a paragraph does not end with a sentence"),
    ],
)
def test_a_fault_is_named(text: str, fault: str) -> None:
    assert check_story(text, OPENING, 10, language="en") == [fault]


def test_a_quotation_that_the_opening_began_must_be_closed() -> None:
    assert "a quotation or bracket stays open" in check_story(" I ran.", 'He said, "No.', 2, language="en")


def test_repetition_is_a_fault() -> None:
    text = " The fox ran home again." * 20

    assert "stood before, more than 0.08" in check_story(text, OPENING, 100, language="en")[0]


def test_chinese_words_are_characters() -> None:
    assert check_story("狐狸跑了。", "天黑了。", 5, language="zh") == []


def test_repetition_is_counted_within_a_thousand_words() -> None:
    text = " ".join(f"w{number}" for number in range(1000))

    assert (measure_repetition(f"{text} {text}", "en"), measure_repetition("a b c d a b c d", "en")) == (0.0, 0.2)

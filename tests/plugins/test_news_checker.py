"""What makes a text an article."""

import pytest
from chatlstm_news.checker import check_article

GOOD = "Flood hits a village\n\nA flood hit a village on Monday.\n\nRescue workers came by boat."


def check(text: str, *keywords: str, paragraphs: int | None = None) -> list[str]:
    return check_article(text, keywords, language="en", paragraphs=paragraphs)


def test_a_whole_article_has_no_fault() -> None:
    assert check(GOOD, "flood", "rescue workers", paragraphs=2) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (GOOD.replace("Flood hits a village\n", "Flood\n"), "the headline has 1 words"),
        (GOOD.replace("a village\n\nA", "a village.\n\nA"), "the headline ends with a stop"),
        (GOOD.replace("Flood hits", '"Flood hits'), "the headline leaves a quotation open"),
        (GOOD.rpartition("\n\n")[0], "there are 1 paragraphs"),
        (GOOD + "\n\nOne.\n\nTwo.\n\nThree.\n\nFour.", "there are 6 paragraphs"),
        (GOOD.replace("by boat.", "by"), "paragraph 2 does not end with a sentence"),
        (GOOD.replace("boat.", 'boat. "Help.'), "paragraph 2 does not end with a sentence"),
        (GOOD + " A FLOOD hit a village, on Monday!", "this sentence stands twice: a flood hit a village on monday"),
    ],
)
def test_a_fault_is_named(text: str, fault: str) -> None:
    assert check(text) == [fault]


def test_a_missing_keyword_is_named() -> None:
    assert check(GOOD, "flood", "ship") == ["the keyword 'ship' is missing"]


def test_a_keyword_within_a_longer_word_is_missing() -> None:
    assert check(GOOD, "work") == ["the keyword 'work' is missing"]


def test_other_than_the_paragraphs_asked_for_is_a_fault() -> None:
    assert check(GOOD, paragraphs=3) == ["there are 2 paragraphs"]


def test_a_chinese_article_is_checked_by_characters() -> None:
    text = "洪水袭击村庄\n\n洪水星期一袭击了村庄。\n\n他说：“有人获救。”"

    assert check_article(text, ["洪水", "获救"], language="zh") == []

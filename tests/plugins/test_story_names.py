"""The names of a story."""

import pytest
from chatlstm_story.names import Names, find_names

HUNDRED = "the fox ran on and on. " * 20


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Tom was sad. Then he saw Lily.", ["Lily", "Tom"]),
        ("On Monday the English King met God.", []),
        ("He saw Harry Potter, the Titanic and the Lord of the Rings.", ["Harry"]),
        ("They were sad. Suddenly it rained.", []),
        ('"Come," said Anna. "Ben smiled."', ["Anna", "Ben"]),
        ("I saw it. The old man slept.", []),
    ],
)
def test_a_name_has_a_capital_within_a_sentence_or_before_a_verb(text: str, names: list[str]) -> None:
    assert find_names(text, "en") == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("宝玉笑道：“好。”黛玉说：“不。”", ["宝玉", "黛玉"]),
        ("他说：“好。”那人道：“不。”", []),
        ("下雨了。大家问：“谁？”", []),
    ],
)
def test_a_chinese_name_is_that_of_a_speaker(text: str, names: list[str]) -> None:
    assert find_names(text, "zh") == names


def test_a_name_is_missed_after_a_while() -> None:
    names = Names("en", "Once there was a boy named Tom.")
    before = names.list_missed()
    names.hear(HUNDRED)

    assert (before, names.list_missed()) == ([], ["Tom"])


def test_a_name_that_was_heard_again_is_not_missed() -> None:
    names = Names("en", "Once there was a boy named Tom.")
    names.hear(HUNDRED)
    names.hear("Tom slept.")

    assert names.list_missed() == []


def test_the_longest_missed_comes_first() -> None:
    names = Names("en", "A boy named Tom met a girl named Ann.")
    names.hear("Then Tom slept.")
    names.hear(HUNDRED)

    assert names.list_missed() == ["Ann", "Tom"]


def test_six_names_are_kept_in_mind() -> None:
    names = Names("en", "He met Tom, Ann, Ben, Sue, Max, Kim, Leo.")

    assert names.known == ["Tom", "Ann", "Ben", "Sue", "Max", "Kim"]


def test_strangers_are_names_that_are_not_of_the_cast() -> None:
    assert Names("en", "He met Tom.").list_strangers("Then Tom met Ann.") == ["Ann"]


def test_a_name_within_a_word_is_no_mention() -> None:
    assert Names("en", "He met Tom.").list_mentioned("Tommy ate tomatoes.") == []

"""Passages that stand in a training text: how long, where, and how much of a text they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.pipeline.origins import build_index, join_indexes
from chatlstm.pipeline.provenance import find_passages

WORDS = [f"word{n}" for n in range(60)]
TEXT = " ".join(WORDS)
INDEX = build_index([("story/tales", TEXT), ("dialogue/talk", "How are you today?\nNobody knows.")], "en")


@given(st.integers(0, 40), st.integers(12, 20))
def test_a_passage_of_twelve_words_is_found(start: int, length: int) -> None:
    found = find_passages(INDEX, f"Well then, {' '.join(WORDS[start : start + length])} he said to me.")

    assert [passage.sources for passage in found.passages] == [("story/tales",)]
    assert found.copied >= 8


def test_the_whole_of_a_long_passage_is_found_but_for_its_ends() -> None:
    found = find_passages(INDEX, f"So it was: {TEXT}, they say.")

    assert len(found.passages) == 1 and 50 <= found.copied <= 60
    assert found.passages[0].text in TEXT


def test_a_short_line_is_found_as_a_line() -> None:
    found = find_passages(INDEX, "Oh!\nHow are YOU today?")

    assert [(passage.text, passage.words) for passage in found.passages] == [("How are YOU today", 4)]
    assert (found.words, found.share) == (5, 0.8)


@pytest.mark.parametrize("text", ["Nobody knows.", "How are you today, my friend?", "...", "", "word1 word3 " * 9])
def test_what_does_not_stand_there_is_not_found(text: str) -> None:
    assert find_passages(INDEX, text).passages == ()


def test_of_an_empty_text_no_share_is_copied_and_nothing_is_left_to_chance() -> None:
    found = find_passages(INDEX, "")

    assert (found.share, found.chance, found.words) == (0, 0, 0)


def test_the_longest_comes_first() -> None:
    found = find_passages(INDEX, f"How are you today?\n{TEXT}")

    assert [passage.sources[0] for passage in found.passages] == ["story/tales", "dialogue/talk"]


def test_a_passage_from_two_sources_names_both_the_fuller_one_first() -> None:
    index = build_index([("a/one", " ".join(WORDS[:12])), ("b/two", " ".join(WORDS[4:60]))], "en")

    assert find_passages(index, TEXT).passages[0].sources == ("b/two", "a/one")


def test_of_two_sources_with_as_much_of_it_the_smaller_comes_first() -> None:
    index = build_index([("a/one", "How are you today?\nFine, thank you."), ("b/two", "How are you today?")], "en")

    assert find_passages(index, "How are you today?").passages[0].sources == ("b/two", "a/one")


def test_a_source_that_was_trained_on_twice_is_named_once() -> None:
    twice = join_indexes(INDEX, build_index([("story/tales", TEXT)], "en"))

    assert find_passages(twice, TEXT).passages[0].sources == ("story/tales",)


def test_chinese_is_compared_character_by_character() -> None:
    index = build_index([("poetry/jueju", "床前明月光，\n疑是地上霜。")], "zh")
    found = find_passages(index, "床前明月光，\n低头思故乡。")

    assert [passage.text for passage in found.passages] == ["床前明月光"]
    assert (found.words, found.copied) == (10, 5)


def test_code_is_compared_token_by_token_across_lines() -> None:
    lines = "def total(numbers):\n    result = 0\n    for number in numbers:\n        result += number"
    found = find_passages(build_index([("code/own", lines)], "code"), lines.replace("    ", "\t"))

    assert found.share > 0.8 and "\n" in found.passages[0].text


def test_the_chance_grows_with_what_is_looked_up() -> None:
    # 4 runs of eight in eleven words, in two sources, each found by a chance of 2 to the -16
    assert find_passages(INDEX, " ".join("abcdefghijk")).chance == pytest.approx(8 / 2**16, rel=0.01)


def test_without_sources_nothing_is_found() -> None:
    found = find_passages(build_index([], "en"), TEXT)

    assert (found.passages, found.chance) == ((), 0)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.pipeline.statistics import (
    distinct,
    interval,
    place_units,
    repeated_ngrams,
    self_bleu,
    split_units,
)

TEXTS = st.text(st.sampled_from("ab c"), max_size=30)


def test_chinese_is_counted_by_characters_and_its_punctuation_not_at_all() -> None:
    assert split_units("天黑了，Lily 回家。", "zh") == ["天", "黑", "了", "l", "i", "l", "y", "回", "家"]


def test_one_word_of_three_repeats_another() -> None:
    # a, rose, is, a, rose: three different ones of five
    assert distinct(["a rose", "is a rose"], 1, language="en") == 0.6


def test_runs_do_not_cross_from_one_text_into_the_next() -> None:
    assert distinct(["a b", "a b"], 2, language="en") == 0.5


def test_texts_without_runs_have_nothing_distinct() -> None:
    assert distinct(["a"], 2, language="en") == 0


def test_a_line_said_twice_repeats_nearly_half_of_its_runs() -> None:
    # eight words have five runs of four; the last of them is the first again
    assert repeated_ngrams("one two three four one two three four", 4, language="en") == 0.2


@given(TEXTS)
def test_a_share_lies_between_nothing_and_all(text: str) -> None:
    assert 0 <= repeated_ngrams(text, 2, language="en") <= 1


def test_texts_that_share_no_word_have_no_self_bleu() -> None:
    assert self_bleu(["a b c d e", "f g h i j", "!"], language="en") == pytest.approx(0, abs=0.05)


def test_half_of_a_hundred_is_sure_to_a_tenth() -> None:
    # the normal approximation: 1.96 * sqrt(0.25 / 100) = 0.098
    assert list(interval([0.0, 1.0] * 50)) == pytest.approx([0.5, 0.402, 0.598], abs=0.012)


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1.0] * 300, (1.0, 0.99, 1.0)), ([0.0] * 300, (0.0, 0.0, 0.01)), ([2.5, 2.5], (2.5, 2.5, 2.5))],
)
def test_where_all_values_are_alike_the_rule_of_three_holds_for_shares(
    values: list[float], expected: tuple[float, float, float]
) -> None:
    assert interval(values) == expected


def test_code_is_counted_by_tokens_its_punctuation_too() -> None:
    assert split_units("x_1 += len(a)", "code") == ["x_1", "+", "=", "len", "(", "a", ")"]


def test_what_is_counted_is_found_where_it_stands() -> None:
    assert place_units("Eh, it's so", "en") == [(0, 2), (4, 8), (9, 11)]

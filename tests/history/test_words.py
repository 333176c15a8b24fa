from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.history.words import Word, fold, join_words, list_words

TEXTS = st.text(max_size=30)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, World!", "hello world"),
        ("Crème brûlée", "creme brulee"),
        ("cafe\u0301s", "cafes"),
        ("Straße ＡＢＣ ﬁn", "strasse abc fin"),
        ("snake_case 3.14", "snake case 3 14"),
        ("Ελλάδα Привет", "ελλαδα привет"),
        ("床前明月光", "床前 前明 明月 月光 光"),
        ("月", "月"),
        ("用LSTM写诗", "用 lstm 写诗 诗"),
        ("春,夏", "春 夏"),
        ("ｶﾅ", "カナ ナ"),
        ("한국어", "한국 국어 어"),
        ("", ""),
        ("🎉 ?! \x00", ""),
    ],
)
def test_a_text_is_cut_into_folded_words_and_pairs(text: str, words: str) -> None:
    assert join_words(text) == words


def test_a_word_tells_where_it_stands() -> None:
    assert list_words("ab 明月光") == [
        Word("ab", 0, 2),
        Word("明月", 3, 5),
        Word("月光", 4, 6),
        Word("光", 5, 6, ends_run=True),
    ]


def test_a_mark_without_a_letter_is_no_word() -> None:
    assert list_words("\u0301 \uff9e") == []


def test_a_word_is_cut_at_sixty_four_characters() -> None:
    (word,) = list_words("x" * 100)

    assert (word.text, word.end) == ("x" * 64, 100)


@given(st.text(max_size=8))
def test_folding_twice_changes_nothing_more(word: str) -> None:
    assert fold(fold(word)) == fold(word)


@given(TEXTS)
def test_words_are_letters_and_digits_and_stand_in_order_within_the_text(text: str) -> None:
    words = list_words(text)

    assert all(word.text.isalnum() for word in words)
    assert all(0 <= word.start < word.end <= len(text) for word in words)
    assert [word.start for word in words] == sorted(word.start for word in words)


@given(TEXTS, st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=2, max_size=6), TEXTS)
def test_any_chinese_passage_is_a_row_of_words(before: str, passage: str, after: str) -> None:
    pairs = [first + second for first, second in pairwise(passage)]

    assert f" {' '.join(pairs)} " in f" {join_words(before + passage + after)} "

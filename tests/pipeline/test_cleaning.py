"""Text from many hands, made alike."""

import pytest

from chatlstm.pipeline.cleaning import (
    detokenise,
    fits_chat,
    is_latin,
    join_chunks,
    plain,
    split_sentences,
    tidy_turn,
    word_pattern,
)


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [
        ("what kind of music do you like", "What kind of music do you like?"),
        ("do you have kids", "Do you have kids?"),
        ("i'm fine and you", "I'm fine and you?"),
        ("what a day", "What a day."),
        ("when i was young i ran", "When I was young I ran."),
        ("have fun", "Have fun."),
        ("do it", "Do it."),
        ("which is nice", "Which is nice."),
    ],
)
def test_a_missing_end_is_a_question_mark_only_after_a_question(typed: str, tidy: str) -> None:
    assert tidy_turn(typed) == tidy


def test_an_end_that_is_there_stays() -> None:
    assert tidy_turn('She said "hi."') == 'She said "hi."'


def test_every_sentence_starts_with_a_capital() -> None:
    assert tidy_turn("hello! nice day. isn't it?") == "Hello! Nice day. Isn't it?"


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    assert tidy_turn("In the U.S. it rains.") == "In the U.S. it rains."


def test_an_ellipsis_does_not_end_a_sentence() -> None:
    assert tidy_turn("Well.. yes.") == "Well... yes."


def test_the_pronoun_i_is_a_capital() -> None:
    assert tidy_turn("Yes, i think i'll go.") == "Yes, I think I'll go."


def test_a_left_out_apostrophe_is_put_back() -> None:
    assert tidy_turn("Thats what i dont like.") == "That's what I don't like."


def test_an_i_within_an_abbreviation_is_left_alone() -> None:
    assert tidy_turn("A tool, i.e. a saw.") == "A tool, i.e. a saw."


def test_words_in_capitals_stay_so() -> None:
    assert tidy_turn("I LOVE it.") == "I LOVE it."


def test_smileys_go() -> None:
    assert tidy_turn("nice to meet you :) :D") == "Nice to meet you."


def test_pictures_go() -> None:
    assert tidy_turn("Good morning \U0001f600") == "Good morning."


def test_repeated_signs_become_one() -> None:
    assert tidy_turn("Wow!!! Really???") == "Wow! Really?"


def test_lines_become_sentences_of_one_line() -> None:
    assert tidy_turn("hi\nhow are you") == "Hi. How are you?"


def test_a_message_without_a_word_becomes_empty() -> None:
    assert tidy_turn(" ... ") == ""


def test_a_detached_clitic_is_joined() -> None:
    assert detokenise("i ' m here . $ 5 ?") == "i'm here. $5?"


def test_typographic_signs_become_plain() -> None:
    assert plain("\u201cIt\u2019s late\u201d\u2014he said\u2026") == '"It\'s late" - he said...'


def test_control_characters_go() -> None:
    assert plain("a\x1b[31m\u200bb\x00") == "a[31mb"


def test_line_ends_become_one_kind() -> None:
    assert plain("a\r\nb\rc") == "a\nb\nc"


def test_blanks_collapse_within_a_line() -> None:
    assert plain(" a \t b \n  c ") == "a b\nc"


@pytest.mark.parametrize(
    "text",
    ["See http://example.org.", "Mail me@home.", "Ask [name].", "<b>No.</b>", "\u4f60\u597d."],
)
def test_addresses_markup_and_foreign_script_do_not_fit_chat(text: str) -> None:
    assert not fits_chat(text)


def test_accents_are_latin() -> None:
    assert is_latin("Beyonc\u00e9 in \u0141\u00f3d\u017a")


def test_a_starred_word_stands_for_any_ending() -> None:
    pattern = word_pattern(["darn*", "ass"])

    assert pattern is not None
    assert [bool(pattern.search(text)) for text in ("Darned!", "an ASS", "a class")] == [
        True,
        True,
        False,
    ]


def test_no_words_need_no_pattern() -> None:
    assert word_pattern([]) is None


def test_a_sentence_ends_behind_its_closing_quote() -> None:
    assert split_sentences('He said "Go." Then he left.') == ['He said "Go."', "Then he left."]


def test_chunks_end_at_paragraph_ends() -> None:
    assert list(join_chunks(["aaaa", "bbbb", "cccc"], 8)) == ["aaaa\n\nbbbb", "cccc"]


def test_a_long_paragraph_is_cut_at_sentence_ends() -> None:
    assert list(join_chunks(["One two. Three four. Five."], 18)) == [
        "One two.",
        "Three four. Five.",
    ]


def test_size_0_leaves_one_chunk() -> None:
    assert list(join_chunks(["a" * 50, "b" * 50], 0)) == ["a" * 50 + "\n\n" + "b" * 50]


def test_no_paragraphs_give_no_chunk() -> None:
    assert list(join_chunks([], 8)) == []

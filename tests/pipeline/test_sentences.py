"""Where sentences end."""

import pytest

from chatlstm.pipeline.sentences import (
    CHINESE,
    cut_sentences,
    ends_sentence,
    list_open,
    name_sentence,
)


@pytest.mark.parametrize(
    "text",
    ["He ran.", "Did he?", '"Go!" she said.', 'She said, "Go!"', "He slept (at last).", "It was in 2004.", "So..."],
)
def test_a_sentence_ends_with_its_stop(text: str) -> None:
    assert ends_sentence(text, "en")


@pytest.mark.parametrize(
    "text", ["", "He ran", 'She said, "Go!', "He slept (at last.", "Dear Mr.", "the U.S.", "It cost $1.", "No.", '"']
)
def test_an_open_quotation_an_abbreviation_or_a_number_ends_no_sentence(text: str) -> None:
    assert not ends_sentence(text, "en")


@pytest.mark.parametrize("text", ["他走了。", "他道：“好！”", "“好。”他道。", "雨下着……"])
def test_a_chinese_sentence_ends_with_its_stop(text: str) -> None:
    assert ends_sentence(text, "zh")


@pytest.mark.parametrize("text", ["他走了", "他道：“好！", "他走了，", "（他走了。"])
def test_a_chinese_sentence_goes_on_until_its_quotation_is_closed(text: str) -> None:
    assert not ends_sentence(text, "zh")


def test_signs_close_in_the_reverse_of_their_order() -> None:
    assert (list_open('He said, "Come (or', "en"), list_open("他道：“看‘这", "zh")) == (')"', "’”")


def test_a_sign_that_closes_nothing_is_left_alone() -> None:
    assert list_open("1) Come.", "en") == ""


def test_sentences_are_cut_behind_their_quotations() -> None:
    assert cut_sentences('"Go! Now!" he said. "Why?" No one knew.\nThe end', "en") == [
        '"Go! Now!" he said.',
        '"Why?"',
        "No one knew.",
        "The end",
    ]


def test_chinese_sentences_need_no_blanks_between_them() -> None:
    assert cut_sentences("他来了。“谁？”她问。", "zh") == ["他来了。", "“谁？”", "她问。"]


def test_a_sentence_is_the_same_whatever_its_case_and_signs() -> None:
    assert name_sentence("He ran!", "en") == name_sentence('"he ran."', "en")


def test_every_closing_sign_has_an_opener() -> None:
    assert [CHINESE.opener(closer) for _, closer in CHINESE.pairs] == ["“", "‘", "（", "《"]

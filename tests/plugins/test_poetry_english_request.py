"""What English requests ask for."""

import pytest
from chatlstm_poetry.english_request import list_subjects, read_english_request


@pytest.mark.parametrize(
    ("text", "form", "subject"),
    [
        ("a limerick about a cat", "limerick", "cat"),
        ("write a sonnet on winter", "sonnet", "winter"),
        ("haiku: rain", "haiku", "rain"),
        ("Write me a poem about the old sea.", "auto", "old sea"),
        ("Can you give me two couplets on love and war?", "couplet", "love and war"),
        ("a winter sonnet", "sonnet", "winter"),
        ("I'd like a quatrain called The Road", "quatrain", "Road"),
        ("compose a ballad of the lost ship", "quatrain", "lost ship"),
        ("moon", "auto", "moon"),
        ("haiku", "haiku", ""),
        ("write a poem", "auto", ""),
    ],
)
def test_form_and_subject_are_read(text: str, form: str, subject: str) -> None:
    assert read_english_request(text) == (form, subject)


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("winter morning", ["morning", "winter"]),
        ("cat in the rain", ["cat", "rain"]),
        ("love and war", ["love", "war"]),
        ("", []),
        ("in the rain", ["rain"]),
    ],
)
def test_the_head_of_a_phrase_comes_first(subject: str, words: list[str]) -> None:
    assert list_subjects(subject) == words

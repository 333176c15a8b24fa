import pytest

from chatlstm.pipeline.language import choose_language, detect_language


@pytest.mark.parametrize("text", ["你好", "写一个函数 reverse_list(xs)，反转它", "在看《Emma》呢", "OK，明天见！"])
def test_latin_names_do_not_make_a_chinese_message_english(text: str) -> None:
    assert detect_language(text) == "zh"


@pytest.mark.parametrize("text", ["Hello.", "What does 你好 mean?", "ça va"])
def test_a_chinese_word_does_not_make_an_english_message_chinese(text: str) -> None:
    assert detect_language(text) == "en"


@pytest.mark.parametrize("before", ["en", "zh"])
def test_a_message_without_letters_is_in_the_language_spoken_before(before: str) -> None:
    assert detect_language("3 + 4 = ?", before=before) == before


def test_a_plugin_that_does_not_write_the_messages_language_answers_in_its_first() -> None:
    assert choose_language(("en",), "zh") == "en"

"""Chinese as one careful person would type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.pipeline.cleaning_zh import fits_chinese_chat, phrase_pattern, tidy_chinese

TIDIED = [
    ("你好", "你好。"),
    ("你好!", "你好！"),
    ("你 在 做 什 么 ?", "你在做什么？"),
    ("我到家了 你快点来吧", "我到家了，你快点来吧。"),
    ("我到家了\n你快点来吧", "我到家了，你快点来吧。"),
    ("好,走吧.", "好，走吧。"),
    ("真的吗？？？", "真的吗？"),
    ("不是吧！？", "不是吧？"),
    ("太好了！！", "太好了！"),
    ("怎么办。。。", "怎么办？"),
    ("我。。。。不去", "我……不去。"),
    ("我......不去", "我……不去。"),
    ("，，先走了，", "先走了。"),
    ("哈哈哈哈哈哈", "哈哈哈。"),
    ("好~~走啦～", "好，走啦。"),
    ("早😂上好👍🏻", "早上好。"),
    ("看《红楼梦》", "看红楼梦。"),
    ('他说"走吧"', "他说“走吧”。"),
    ('他说"走吧', "他说走吧。"),
    ("「走吧。」", "“走吧。”"),
    ("9:30出门,才4.5元", "9:30出门，才4.5元。"),
    ("我在学 Visual Basic 呢", "我在学Visual Basic呢。"),
    ("ＡＢＣ１２３", "ABC123。"),
    ("你 &amp; 我", "你&我。"),
    ("。，！", ""),
    ("  ", ""),
    ("", ""),
]


@pytest.mark.parametrize(("typed", "tidied"), TIDIED)
def test_a_message_is_tidied(typed: str, tidied: str) -> None:
    assert tidy_chinese(typed) == tidied


@pytest.mark.parametrize(
    "text",
    [
        "你吃了吗",
        "你呢",
        "那你呢",
        "很好,你呢",
        "你叫什么",
        "几点了",
        "去哪",
        "你要不要来",
        "是不是累了",
        "好么",
    ],
)
def test_a_question_ends_with_its_sign(text: str) -> None:
    assert tidy_chinese(text).endswith("？")


@pytest.mark.parametrize(
    "text",
    [
        "没什么",
        "不知道他是谁",
        "什么都行",
        "我在呢",
        "不怎么样",
        "谁也没来",
        "他说什么就是什么吧",
        "你是谁的",
        "那么",
    ],
)
def test_a_statement_with_a_question_word_ends_with_a_full_stop(text: str) -> None:
    assert tidy_chinese(text).endswith("。")


@given(st.text(alphabet='你好吗呢。，！？.,!?~…·"“” \n9:aB😂《》', max_size=20))
def test_whatever_is_typed_ends_with_a_sign_or_is_nothing(text: str) -> None:
    assert tidy_chinese(text).rstrip("”’")[-1:] in ("。", "！", "？", "…", "")


@given(st.text(alphabet="你好吗 \n，。", max_size=20))
def test_no_blank_is_left_between_chinese_characters(text: str) -> None:
    assert " " not in tidy_chinese(text)


@pytest.mark.parametrize(
    "text", ["你好。", "我在学Python。", "现在9:30。", "在Visual Studio里写。", "打八折，便宜20%。"]
)
def test_plain_words_fit(text: str) -> None:
    assert fits_chinese_chat(text)


@pytest.mark.parametrize(
    "text",
    [
        "Hello.",
        "",
        "我們走。",
        "你好（笑）。",
        "打12345吧。",
        "我在学Visual Studio Code。",
        "看a.com吧。",
        "你好[微笑]。",
        "a@b是我。",
        "他喆。",
    ],
)
def test_what_is_no_simplified_small_talk_does_not_fit(text: str) -> None:
    assert not fits_chinese_chat(text)


def test_no_phrases_make_no_pattern() -> None:
    assert phrase_pattern([]) is None


def test_a_phrase_is_found_within_words_and_in_any_case() -> None:
    pattern = phrase_pattern(["牛b", "a.c"])
    assert pattern is not None
    assert [bool(pattern.search(text)) for text in ("真牛B啊", "abc")] == [True, False]

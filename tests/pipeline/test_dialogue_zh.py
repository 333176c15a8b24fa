"""How rows of Chinese dialogues become turns."""

import pytest

from chatlstm.pipeline.catalogue import Filters
from chatlstm.pipeline.dialogue_zh import read_dialogue, read_sentences
from chatlstm.pipeline.text_files import Row


def talk(*turns: str) -> Row:
    return {"turns": list(turns)}


def read_chinese(row: Row, filters: Filters) -> list[tuple[str, ...]]:
    return [turns for turns, _ in read_dialogue([row], filters)]


def test_a_chinese_dialogue_is_tidied() -> None:
    assert read_chinese(talk("你 好 吗 ?", "我 很 好,谢谢"), Filters()) == [
        ("你好吗？", "我很好，谢谢。")
    ]


def test_a_chinese_turn_is_as_long_as_its_characters() -> None:
    row = talk("好。", "是。", "一二三四。", "走吧。", "行。")

    assert read_chinese(row, Filters(max_characters=4)) == [("好。", "是。"), ("走吧。", "行。")]


def test_a_traditional_turn_cuts() -> None:
    assert read_chinese(talk("好。", "是。", "我們走吧。", "走。"), Filters()) == [("好。", "是。")]


def test_a_phrase_cuts_a_chinese_dialogue() -> None:
    assert read_chinese(talk("转发微博", "好。", "是。"), Filters(drop_phrases=("微博",))) == [
        ("好。", "是。")
    ]


def test_a_rude_word_within_a_turn_drops_a_chinese_dialogue() -> None:
    assert read_chinese(talk("好。", "是。", "你这个笨蛋啊"), Filters(drop_words=("笨蛋",))) == []


def test_a_chinese_sentence_is_a_turn_and_stands_once() -> None:
    rows = [{"zh": "天黑了。"}, {"zh": "天黑了 。"}, {"zh": "天亮了。"}]

    assert list(read_sentences(rows, Filters())) == [(("天黑了。",), ""), (("天亮了。",), "")]


@pytest.mark.parametrize("text", ["我們走吧。", "汤姆走了。", "笨蛋走了。"])
def test_an_unwanted_chinese_sentence_is_dropped(text: str) -> None:
    filters = Filters(drop_phrases=("汤姆",), drop_words=("笨蛋",))

    assert list(read_sentences([{"zh": text}], filters)) == []

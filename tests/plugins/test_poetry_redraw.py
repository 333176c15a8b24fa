"""Which line of which poem is to be written anew."""

import pytest
from chatlstm_poetry.redraw import find_line_number, find_redraw

from chatlstm.plugin import MisuseError, Request, Turn

POEM = "白日依山尽，\n黄河入海流。\n\n欲穷千里目，\n更上一层楼。"


def talk(*texts: str) -> tuple[Turn, ...]:
    return tuple(Turn("reply" if number % 2 else "person", text) for number, text in enumerate(texts))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("change line 3", 3),
        ("Please rewrite line three.", 3),
        ("I want another second line", 2),
        ("replace the last line", -1),
        ("换第三句", 3),
        ("改第3句", 3),
        ("第四句不好，换一下", 4),
        ("把第十句重写", 10),
        ("换第十二行", 12),
        ("改第二十句", 20),
        ("首句换一个", 1),
        ("重写最后一句", -1),
        ("换末句", -1),
        ("line 3 is good", 0),
        ("第三句很好", 0),
        ("change the subject", 0),
        ("换一首", 0),
    ],
)
def test_the_number_is_read(text: str, number: int) -> None:
    assert find_line_number(text) == number


def test_the_poem_is_the_last_reply() -> None:
    redraw = find_redraw(Request("换第三句", talk("写诗", "one,\ntwo.", "写一首五绝", POEM)))

    assert redraw is not None and (redraw.poem, redraw.lines[redraw.line]) == (POEM, "欲穷千里目，")


def test_the_last_line_is_the_last() -> None:
    redraw = find_redraw(Request("换末句", talk("写一首五绝", POEM)))

    assert redraw is not None and redraw.line == 3


def test_a_reply_of_one_line_is_no_poem() -> None:
    redraw = find_redraw(Request("换第三句", talk("写一首五绝", POEM, "谢谢", "不客气。")))

    assert redraw is not None and redraw.poem == POEM


def test_the_words_that_asked_for_the_poem_go_back_behind_earlier_changes() -> None:
    redraw = find_redraw(Request("换第三句", talk("写一首五绝", POEM, "换第一句", POEM)))

    assert redraw is not None and redraw.asked == "写一首五绝"


def test_without_a_poem_there_is_nothing_to_change() -> None:
    assert find_redraw(Request("换第三句", talk("你好", "你好。"))) is None


def test_other_words_change_nothing() -> None:
    assert find_redraw(Request("再写一首", talk("写一首五绝", POEM))) is None


def test_there_is_no_line_zero() -> None:
    assert find_redraw(Request("change line 0", talk("写一首五绝", POEM))) is None


def test_a_line_that_is_not_there_is_refused() -> None:
    with pytest.raises(MisuseError, match="the poem has 4 lines, so there is no line 5"):
        find_redraw(Request("换第五句", talk("写一首五绝", POEM)))

"""How Chinese poems become records."""

from collections import Counter

import pytest

from chatlstm.errors import MisuseError
from chatlstm.pipeline.catalogue import Filters
from chatlstm.pipeline.text_files import Row
from chatlstm.pipeline.verse_zh import choose_subject, list_pairs, read_ci, read_shi

LINES = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]
HERON = "白日依山尽，\n黄河入海流。\n欲穷千里目，\n更上一层楼。"
KNOWN = Counter({"白日": 50, "黄河": 50, "山尽": 3, "层楼": 900})


def quatrain(lines: list[str], title: str = "登鹳雀楼") -> Row:
    return {"form": "五绝", "title": title, "lines": lines}


def read_texts(rows: list[Row]) -> list[str]:
    return [turns[1] for turns, _ in read_shi(rows, Filters())]


def test_a_line_of_verse_is_a_line_of_text() -> None:
    assert read_texts([quatrain(LINES)]) == [HERON]


def test_the_form_opens_the_first_turn() -> None:
    ((turns, _),) = read_shi([quatrain(LINES)], Filters())

    assert turns[0].split(" ")[0] == "五绝"


def test_a_poem_with_a_foreign_character_is_dropped() -> None:
    assert read_texts([quatrain([*LINES[:3], "更上…层楼"])]) == []


def test_a_poem_that_stands_twice_is_read_once() -> None:
    assert len(read_texts([quatrain(LINES), quatrain(LINES)])) == 1


def test_a_poem_is_asked_for_by_the_same_words_each_time() -> None:
    assert list(read_shi([quatrain(LINES)], Filters())) == list(read_shi([quatrain(LINES)], Filters()))


def test_a_poem_without_lines_is_refused() -> None:
    with pytest.raises(MisuseError, match="needs the list of strings 'lines'"):
        list(read_shi([{"form": "五绝", "title": "空"}], Filters()))


def test_a_ci_is_parted_at_its_commas_too() -> None:
    row = {"rhythmic": "忆江南", "text": "江南好，风景旧曾谙。\n日出江花、红胜火。"}
    ((turns, _),) = read_ci([row], Filters())

    assert turns[1] == "江南好，\n风景旧曾谙。\n日出江花、红胜火。"


def test_the_tune_of_a_ci_stands_behind_its_form() -> None:
    ((turns, _),) = read_ci([{"rhythmic": "忆江南", "text": "江南好。"}], Filters())

    assert turns[0].split(" ")[:2] == ["词", "忆江南"]


def test_a_ci_of_a_dropped_tune_is_not_read() -> None:
    row = {"rhythmic": "失调名", "text": "江南好。"}

    assert list(read_ci([row], Filters(drop_phrases=("失调名",)))) == []


# of a draw, the remainder by 8 tells the kind, the quotient which word
@pytest.mark.parametrize(
    ("draw", "subject"),
    [
        (0, []),
        (1, ["登鹳雀楼"]),
        (2, ["楼"]),
        (4, ["白日"]),
        (12, ["黄河"]),
        (7, ["白日", "黄河"]),
    ],
)
def test_the_draw_decides_what_is_asked_for(draw: int, subject: list[str]) -> None:
    assert choose_subject(HERON, "登鹳雀楼", KNOWN, draw) == subject


def test_words_of_the_title_come_first() -> None:
    assert choose_subject(HERON, "黄河远眺亭", KNOWN, 4) == ["黄河"]


def test_a_long_title_is_not_asked_for() -> None:
    assert choose_subject(HERON, "登鹳雀楼望中条", KNOWN, 1) == ["楼"]


def test_a_poem_without_known_words_is_asked_for_by_none() -> None:
    assert choose_subject("之乎者也。", "", Counter(), 4) == []


def test_pairs_with_a_number_or_a_particle_are_no_subject() -> None:
    assert choose_subject("何处不知。", "", Counter({"何处": 50, "不知": 50}), 4) == []


def test_pairs_are_the_units_of_a_lines_rhythm() -> None:
    assert list_pairs("渭城朝雨浥轻尘，\n归。") == ["渭城", "朝雨", "浥轻", "轻尘"]

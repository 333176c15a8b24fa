"""The checker of Chinese verse, on poems whose form every book on verse tells."""

import pytest
from chatlstm_poetry.chinese_checker import check_poem, split_lines
from chatlstm_poetry.patterns import FORMS, list_patterns
from chatlstm_poetry.pingshui import fits_tone, list_keys, read_readings
from chatlstm_poetry.tunes import NAMES, TUNES

from chatlstm.plugin import MisuseError
from tests.plugins.verse import IRREGULAR, REGULAR, TO_TUNES

HERON = REGULAR["登鹳雀楼"][1]


@pytest.mark.parametrize("title", REGULAR)
def test_a_regular_poem_is_sound(title: str) -> None:
    form, poem = REGULAR[title]

    assert check_poem(poem, form) == []


@pytest.mark.parametrize("title", IRREGULAR)
def test_an_irregular_poem_has_faults(title: str) -> None:
    form, poem = IRREGULAR[title]

    assert check_poem(poem, form) != []


@pytest.mark.parametrize("tune", TO_TUNES)
def test_a_famous_ci_keeps_its_tune(tune: str) -> None:
    assert check_poem(TO_TUNES[tune], "词", tune=tune) == []


def test_every_tune_has_its_famous_ci() -> None:
    assert set(TO_TUNES) == set(TUNES)


@pytest.mark.parametrize(
    ("poem", "fault"),
    [
        ("白日依山尽，黄河入海流。", "2 lines, not 4"),
        (HERON.replace("黄河入海流", "黄河入海"), "line 2: 4 characters, not 5"),
        (HERON.replace("黄河入海流", "黄河入海ㄅ"), "line 2: ㄅ has no known reading"),
        (HERON.replace("黄河入海流", "黄山入海流"), None),
        (HERON.replace("黄河入海流", "黄河东海流"), None),
        (HERON.replace("黄河入海流", "江水入海流"), "line 2: 水, its character 2, is not 平"),
        (HERON.replace("层楼", "层山"), "流、山 do not rhyme"),
        (HERON.replace("层楼", "层流"), "rhymes on 流 twice"),
    ],
)
def test_a_changed_poem_has_the_fault_that_was_put_in(poem: str, fault: str | None) -> None:
    assert check_poem(poem, "五绝") == ([fault] if fault else [])


def test_a_lone_level_tone_between_oblique_ones_is_a_fault() -> None:
    # 仄平仄仄平, the fault that books call 孤平
    assert check_poem(HERON.replace("黄河入海流", "大河入海流"), "五绝") == ["line 2: 大, its character 1, is not 平"]


def test_the_licence_of_an_oblique_fourth_character_is_no_fault() -> None:
    # 平平仄平仄 in the third line, as in 王勃's 无为在歧路
    poem = "城阙辅三秦，风烟望五津。与君离别意，同是宦游人。海内存知己，天涯若比邻。无为在歧路，儿女共沾巾。"

    assert check_poem(poem, "五律") == []


def test_heads_that_stand_at_the_heads_are_no_fault() -> None:
    assert check_poem(HERON, "五绝", heads="白黄欲") == []


def test_a_wrong_head_is_a_fault() -> None:
    assert check_poem(HERON, "五绝", heads="白黄山") == ["line 3 does not begin with 山"]


def test_a_head_without_a_line_is_a_fault() -> None:
    assert check_poem(HERON, "五绝", heads="白黄欲更上")[-1] == "line 5 does not begin with 上"


def test_a_line_that_must_be_repeated_is_asked_for() -> None:
    poem = TO_TUNES["如梦令"].replace("知否。知否。", "知否。可否。")

    assert "line 6: does not repeat the line before it" in check_poem(poem, "词", tune="如梦令")


def test_a_pause_within_a_line_does_not_part_it() -> None:
    assert split_lines("日出江花、红胜火，\n能不忆江南？") == ["日出江花红胜火", "能不忆江南"]


def test_a_tune_has_several_names() -> None:
    assert all(list_patterns("词", other)[0].name == name for other, name in NAMES.items())


def test_an_unknown_tune_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(MisuseError, match="no tune '满江红'; known: 浣溪沙, 菩萨蛮"):
        check_poem("", "词", tune="满江红")


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(MisuseError, match="no Chinese form 'sonnet'; known: 五绝, 七绝, 五律, 七律, 词"):
        list_patterns("sonnet")


@pytest.mark.parametrize("form", FORMS[:4])
def test_regulated_verse_has_four_patterns(form: str) -> None:
    names = {"仄起首句不入韵", "仄起首句入韵", "平起首句不入韵", "平起首句入韵"}

    assert {pattern.name for pattern in list_patterns(form)} == names


def test_couplets_are_opposed_at_the_even_places() -> None:
    # 对: the second and fourth characters of the two lines differ in tone
    pattern = next(one for one in list_patterns("五律") if one.name == "仄起首句不入韵")
    pairs = [(pattern.lines[n].tones[0], pattern.lines[n + 1].tones[0]) for n in range(0, 8, 2)]

    assert all({one[place], other[place]} == {"平", "仄"} for one, other in pairs for place in (1, 3))


def test_couplets_hang_together_at_the_second_place() -> None:
    # 粘: the second character of a couplet has the tone of that before it
    lines = next(one for one in list_patterns("七律") if one.name == "平起首句入韵").lines

    assert all(lines[n].tones[0][1] == lines[n + 1].tones[0][1] for n in (1, 3, 5))


def test_the_rhyme_book_has_its_106_groups() -> None:
    readings = read_readings().values()

    assert len({reading.group for found in readings for reading in found} - {""}) == 106


def test_the_rhyme_book_has_its_19_parts() -> None:
    parts = {reading.part for found in read_readings().values() for reading in found}

    assert parts - {""} == {str(number) for number in range(1, 20)}


@pytest.mark.parametrize("character", "月国白一十石竹雪")
def test_entering_tones_are_oblique_whatever_they_sound_like_today(character: str) -> None:
    assert (fits_tone(character, "仄"), fits_tone(character, "平")) == (True, False)


def test_a_character_may_rhyme_in_one_tone_only() -> None:
    assert (list_keys("思", "平", "group"), list_keys("思", "仄", "group")) == ({"支"}, {"寘"})


def test_an_unknown_character_fits_no_tone() -> None:
    assert not fits_tone("A", "中")


def test_a_character_of_the_second_list_has_a_tone_and_no_rhyme() -> None:
    assert (fits_tone("搬", "平"), list_keys("搬", "平", "group")) == (True, set())

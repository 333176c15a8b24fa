"""What a Chinese poem is asked to be, read from a sentence or from options, and what shows its subject."""

import pytest
from chatlstm_poetry.alphabet import Alphabet
from chatlstm_poetry.heads import list_open_patterns
from chatlstm_poetry.pingshui import read_readings
from chatlstm_poetry.related import RELATED
from chatlstm_poetry.subject import find_hidden, read_subjects
from chatlstm_poetry.wishes import Wish, read_wish

from chatlstm.plugin import ConstraintError, MisuseError, Request

ALPHABET = Alphabet([character.encode() for character in sorted(read_readings())])


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("写一首关于月亮的七绝", Wish("七绝", subjects=("月亮",))),
        ("春夏秋冬 藏头诗", Wish("七绝", heads="春夏秋冬")),
        ("填一首浣溪沙", Wish("词", "浣溪沙")),
        ("明月 故乡", Wish("七绝", subjects=("明月", "故乡"))),
        ("以“平安喜乐”写一首藏头诗", Wish("七绝", heads="平安喜乐")),
        ("请用生日快乐作一首藏头诗", Wish("七绝", heads="生日快乐")),
        ("来一首藏头诗：福如东海", Wish("七绝", heads="福如东海")),
        ("以春江花月夜写一首藏头诗", Wish("七律", heads="春江花月夜")),
        ("写一首藏头诗", Wish("七绝")),
        ("的藏头诗", Wish("七绝")),
        ("帮我写首五律，主题是离别", Wish("五律", subjects=("离别",))),
        ("写一首思乡的五言绝句", Wish("五绝", subjects=("思乡",))),
        ("咏梅", Wish("七绝", subjects=("梅",))),
        ("作一首鹧鸪天，写西湖", Wish("词", "鹧鸪天", subjects=("西湖",))),
        ("写一首望江南", Wish("词", "忆江南")),
        ("填一首词", Wish("词", "浣溪沙")),
        ("写一首词", Wish("词", "浣溪沙")),
        ("我今天很想念远方的家乡", Wish("七绝", subjects=("想念", "家乡"))),
        ("春江花月夜", Wish("七绝", subjects=("月夜",))),
        ("以梅花为题写一首七律", Wish("七律", subjects=("梅花",))),
        ("写一首春天和爱情的诗", Wish("七绝", subjects=("春天", "爱情"))),
        ("写一首关于未来的诗", Wish("七绝", subjects=("未来",))),
        ("写诗", Wish("七绝")),
        ("再来一首", Wish("七绝")),
    ],
)
def test_a_sentence_is_understood(text: str, wish: Wish) -> None:
    assert read_wish(Request(text)) == wish


@pytest.mark.parametrize(
    ("options", "wish"),
    [
        ({"form": "五律"}, Wish("五律", subjects=("月亮",))),
        ({"heads": "山、水"}, Wish("七绝", heads="山水", subjects=("月亮",))),
        ({"tune": "忆江南"}, Wish("词", "忆江南", subjects=("月亮",))),
        ({"form": "词", "heads": "一二三四五六七八"}, Wish("词", "菩萨蛮", "一二三四五六七八", ("月亮",))),
        ({"form": "词", "heads": "一" * 11}, Wish("词", "浣溪沙", "一" * 11, ("月亮",))),
        ({"form": "auto"}, Wish("七绝", subjects=("月亮",))),
    ],
)
def test_an_option_goes_before_the_sentence(options: dict[str, str], wish: Wish) -> None:
    assert read_wish(Request("写一首关于月亮的七绝", options=options)) == wish


def test_a_form_that_is_no_ci_has_no_tune() -> None:
    assert read_wish(Request("浣溪沙", options={"form": "七绝"})).tune == ""


def test_an_unknown_tune_is_refused_with_the_list() -> None:
    with pytest.raises(MisuseError, match="no tune '满江红'; known: 浣溪沙"):
        read_wish(Request("填一首满江红"))


def test_a_word_of_today_is_shown_by_what_verse_calls_it() -> None:
    (subject,) = read_subjects(["月亮"], ALPHABET)

    assert (subject.asked, subject.find("床前明月光"), subject.find("疑是地上霜")) == ("明月", "明月", "")


def test_a_word_is_shown_by_one_of_its_characters() -> None:
    (subject,) = read_subjects(["程序员"], ALPHABET)

    assert subject.find("千里云程") == "程"


def test_a_word_that_cannot_be_written_is_asked_for_by_what_can() -> None:
    (subject,) = read_subjects(["猫咪"], Alphabet(["猫".encode()]))

    assert subject.asked == "猫"


def test_a_subject_that_nothing_shows_is_refused() -> None:
    with pytest.raises(ConstraintError, match="the subject 'Python' has no character"):
        read_subjects(["Python"], ALPHABET)


def test_hidden_subjects_are_those_that_do_not_show() -> None:
    subjects = read_subjects(["明月", "梅花"], ALPHABET)

    assert [subject.word for subject in find_hidden(subjects, "明月松间照")] == ["梅花"]


def test_every_related_word_has_a_reading() -> None:
    assert {character for words in RELATED.values() for word in words for character in word} <= set(read_readings())


def test_more_heads_than_lines_are_refused() -> None:
    with pytest.raises(ConstraintError, match="heads '一二三四五' are 5 characters, and 七绝 has 4 lines"):
        list_open_patterns(Wish("七绝", heads="一二三四五"), ALPHABET)


def test_a_head_of_unknown_tone_is_refused() -> None:
    with pytest.raises(ConstraintError, match="heads: the tone of 'A' is not known"):
        list_open_patterns(Wish("七绝", heads="山A"), ALPHABET)


def test_a_head_whose_tone_cannot_begin_its_line_is_refused() -> None:
    # 忆江南 begins 平中仄: 月 is oblique
    with pytest.raises(ConstraintError, match="'月' cannot begin line 1 of 忆江南"):
        list_open_patterns(Wish("词", "忆江南", "月"), ALPHABET)


def test_a_head_of_a_repeated_line_must_be_that_of_the_line_before() -> None:
    with pytest.raises(ConstraintError, match="'天' cannot begin line 6 of 如梦令"):
        list_open_patterns(Wish("词", "如梦令", "山水花月风天"), ALPHABET)


def test_a_repeated_line_may_have_the_head_of_the_line_before() -> None:
    assert len(list_open_patterns(Wish("词", "如梦令", "山水花月风风"), ALPHABET)) == 1

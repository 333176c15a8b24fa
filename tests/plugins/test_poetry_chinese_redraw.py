"""One line of a Chinese poem is written anew, the others stay."""

import pytest
from chatlstm_poetry.chinese_checker import check_poem, split_lines
from chatlstm_poetry.chinese_redraw import redraw_chinese
from chatlstm_poetry.redraw import Redraw

from chatlstm.plugin import Candidate, Constraint, ConstraintError, Draft, Prompt, Request, Sampling
from tests.plugins.poets import RandomPoet
from tests.plugins.verse import IRREGULAR, REGULAR, TO_TUNES


class Parrot(RandomPoet):
    """A poet that knows one line."""

    def draw(
        self, prompt: Prompt, sampling: Sampling, *, n: int, seed: int, constraint: Constraint | None = None
    ) -> list[Candidate]:
        return [Candidate("黄河入海流。\n", (), -1.0, "end")] * n


POET = RandomPoet()
HERON = REGULAR["登鹳雀楼"][1]


def redraw(poem: str, line: int, *, asked: str = "", engine: RandomPoet = POET) -> Draft:
    request = Request(f"换第{line + 1}句", seed=1, language="zh")
    text = "\n".join(f"{one}，" for one in split_lines(poem))
    return redraw_chinese(Draft(request, Prompt("poetry")), engine, Redraw(text, line, asked))


def list_changed(poem: str, draft: Draft) -> list[int]:
    pairs = zip(split_lines(poem), split_lines(draft.reply or ""), strict=True)
    return [place for place, (old, new) in enumerate(pairs) if old != new]


@pytest.mark.parametrize("line", range(4))
def test_only_the_line_changes(line: int) -> None:
    assert list_changed(HERON, redraw(HERON, line)) == [line]


@pytest.mark.parametrize("line", range(8))
def test_the_changed_poem_keeps_its_form(line: int) -> None:
    assert check_poem(redraw(REGULAR["登高"][1], line).reply or "", "七律") == []


@pytest.mark.parametrize("tune", TO_TUNES)
def test_the_tune_is_found_in_the_poem(tune: str) -> None:
    assert redraw(TO_TUNES[tune], 1).details["tune"] == tune


@pytest.mark.parametrize("line", [4, 5])
def test_a_repeated_line_changes_in_both_places(line: int) -> None:
    assert list_changed(TO_TUNES["如梦令"], redraw(TO_TUNES["如梦令"], line)) == [4, 5]


def test_heads_that_were_asked_for_stay() -> None:
    draft = redraw(HERON, 2, asked="白黄欲更 藏头诗 五绝")

    assert (draft.reply or "").split("\n")[2].startswith("欲")


def test_heads_that_the_poem_does_not_have_are_forgotten() -> None:
    assert redraw(HERON, 2, asked="春夏秋冬 藏头诗 五绝").details["heads"] == ""


def test_a_subject_that_only_this_line_showed_is_shown_again() -> None:
    draft = redraw(HERON, 3, asked="写一首关于楼的五绝")

    assert draft.details["subject"] == {"楼": "楼"}


def test_the_redrawn_line_is_told() -> None:
    assert redraw(HERON, 2).details["redrawn"] == 3


def test_a_poem_of_no_known_form_is_refused() -> None:
    with pytest.raises(ConstraintError, match="none of the forms known here"):
        redraw(IRREGULAR["静夜思"][1], 1)


def test_where_nothing_else_fits_that_is_said() -> None:
    with pytest.raises(ConstraintError, match="no other line 2 was found"):
        redraw(HERON, 1, engine=RandomPoet(HERON[:5]))


def test_the_line_itself_is_no_other_line() -> None:
    with pytest.raises(ConstraintError, match="no other line 2 was found"):
        redraw(HERON, 1, engine=Parrot())

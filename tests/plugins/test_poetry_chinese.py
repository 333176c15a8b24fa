"""Chinese poems drawn from a model that knows nothing: their form is the work of the constraints alone."""

import pytest
from chatlstm_poetry.chinese import write_chinese
from chatlstm_poetry.chinese_checker import check_poem, split_lines
from chatlstm_poetry.known_lines import read_known_lines
from chatlstm_poetry.tunes import TUNES
from hypothesis import given, settings
from hypothesis import strategies as st

from chatlstm.plugin import Candidate, Constraint, ConstraintError, Draft, Prompt, Request, Sampling
from tests.plugins.poets import RandomPoet

POET = RandomPoet()
FORMS = ("五绝", "七绝", "五律", "七律", *TUNES)


class Stubborn(RandomPoet):
    """A poet that never writes 月."""

    def draw(
        self, prompt: Prompt, sampling: Sampling, *, n: int, seed: int, constraint: Constraint | None = None
    ) -> list[Candidate]:
        drawn = super().draw(prompt, sampling, n=n, seed=seed, constraint=constraint)
        return [candidate for candidate in drawn if "月" not in candidate.text]


def write(
    text: str, options: dict[str, str] | None = None, *, seed: int = 1, engine: RandomPoet = POET
) -> Draft:
    request = Request(text, seed=seed, options={"candidates": "2", **(options or {})}, language="zh")
    return write_chinese(Draft(request, Prompt("poetry", (text,))), engine)


def name_form(form: str) -> dict[str, str]:
    return {"form": "词", "tune": form} if form in TUNES else {"form": form}


@given(st.sampled_from(FORMS), st.integers(0, 10_000))
@settings(max_examples=40)
def test_every_poem_keeps_its_form(form: str, seed: int) -> None:
    poem = write("", name_form(form), seed=seed).reply or ""

    assert check_poem(poem, name_form(form)["form"], tune=form if form in TUNES else "") == []


@given(st.sampled_from(FORMS), st.sampled_from(["明月", "梅花", "月亮", "程序员"]), st.integers(0, 10_000))
@settings(max_examples=20)
def test_every_poem_shows_its_subject(form: str, subject: str, seed: int) -> None:
    draft = write(subject, name_form(form), seed=seed)
    shown = draft.details["subject"]

    assert isinstance(shown, dict) and shown[subject] and shown[subject] in (draft.reply or "")


@given(st.text("山水风云花鸟鱼虫春夏秋冬", min_size=1, max_size=8), st.integers(0, 10_000))
@settings(max_examples=15)
def test_every_poem_begins_its_lines_as_asked(heads: str, seed: int) -> None:
    poem = write("", {"form": "五律", "heads": heads}, seed=seed).reply or ""

    assert check_poem(poem, "五律", heads=heads) == []


def test_no_line_is_one_that_is_known() -> None:
    lines = split_lines(write("", {"form": "七律"}).reply or "")

    assert not [line for line in lines if line in read_known_lines("zh")]


def test_a_line_of_verse_is_a_line_of_text() -> None:
    lines = (write("", {"form": "五绝"}).reply or "").split("\n")

    assert [line[-1] for line in lines] == ["，", "。", "，", "。"]


def test_the_model_is_asked_as_it_was_taught() -> None:
    engine = RandomPoet()
    write("写一首关于月亮的五绝", engine=engine)

    assert {prompt.turns for prompt in engine.prompts} == {("五绝 明月",)}


def test_each_line_is_drawn_behind_the_lines_before_it() -> None:
    engine = RandomPoet()
    poem = write("", {"form": "五绝"}, engine=engine).reply or ""
    beginnings = {prompt.beginning for prompt in engine.prompts}

    assert {"", poem[:7], poem[:14], poem[:21]} <= beginnings


def test_the_same_seed_writes_the_same_poem() -> None:
    assert write("明月", seed=3).reply == write("明月", seed=3).reply


def test_another_seed_writes_another_poem() -> None:
    assert write("明月", seed=3).reply != write("明月", seed=4).reply


def test_what_was_checked_is_told() -> None:
    details = write("明月", {"form": "五绝"}).details

    assert (details["form"], details["checked"], details["faults"], details["new_lines"]) == ("五绝", True, [], True)


def test_the_rhyme_of_a_ci_is_told_by_its_part() -> None:
    rhymes = write("", {"form": "词", "tune": "忆江南"}).details["rhymes"]

    assert isinstance(rhymes, list) and rhymes[0][0] + rhymes[0][-1] == "第部"


def test_a_vocabulary_without_rhymes_cannot_write() -> None:
    with pytest.raises(ConstraintError, match="no line 1 was found that keeps to 七律 月"):
        write("月", {"form": "七律"}, engine=RandomPoet("月"))


def test_a_poem_that_cannot_show_its_subject_is_not_told() -> None:
    with pytest.raises(ConstraintError, match="no line of 词 如梦令 月 shows '月'"):
        write("月", {"form": "词", "tune": "如梦令"}, engine=Stubborn())

"""Facts of the ranking."""

import pytest
from chatlstm_dialogue.ranking import Ranked, Weights, penalise_repeats, rank_replies

from chatlstm.plugin import Generator, Prompt
from tests.doubles import CannedGenerator


class TwoMinds(CannedGenerator):
    """Finds "Yes." likely anywhere and "In May." likely in context alone."""

    def score(self, prompt: Prompt, continuations):  # type: ignore[no-untyped-def]  # as in CannedGenerator
        table = {"Yes.": (-2.0, -2.0), "In May.": (-4.0, -10.0)}
        return [table[text][0 if prompt.turns else 1] for text in continuations]


def rank(engine: Generator, weights: Weights) -> list[Ranked]:
    """Rank two replies to "When?"."""
    return rank_replies(engine, Prompt("dialogue", ("When?",)), ["Yes.", "In May."], weights, said=["When?"])


def test_the_score_is_the_gain_that_the_context_brings() -> None:
    # by hand: -2 + 0.5 * 2 = -1 for what is likely anywhere, -4 + 0.5 * 10 = 1 for what fits
    ranked = rank(TwoMinds([""]), Weights(0.5, 0.0))
    assert [candidate.score for candidate in ranked] == [-1.0, 1.0]


def test_without_relevance_the_likelier_reply_leads() -> None:
    yes, may = rank(TwoMinds([""]), Weights(0.0, 0.0))
    assert yes.score > may.score


def test_what_people_answer_counts_as_much_as_it_is_weighed() -> None:
    engine = CannedGenerator([""], scores={"Yes.": -2.0, "In May.": -4.0}, matches={"In May.": 3.0})
    ranked = rank(engine, Weights(0.0, 2.0))
    assert [candidate.score for candidate in ranked] == [-2.0, 2.0]


def test_half_of_the_runs_repeated_is_half_of_the_penalty() -> None:
    # "one two three four five" has two runs of four words, one of which was said
    assert penalise_repeats("One two three four five.", ["one, two, three, four!"], language="en") == pytest.approx(3.0)


def test_chinese_repeats_in_runs_of_six_characters() -> None:
    # "我也喜欢喝绿茶" has two runs of six characters, one of which was said
    assert penalise_repeats("我也喜欢喝绿茶。", ["我也喜欢喝绿豆汤"], language="zh") == pytest.approx(3.0)


def test_a_chinese_turn_is_told_again_whatever_its_punctuation() -> None:
    assert penalise_repeats("好的，走吧！", ["好的走吧。"], language="zh") == 20.0

"""Facts of the ranking."""

import pytest
from chatlstm_dialogue.ranking import Weights, claims_humanity, penalise_repeats, rank_replies

from chatlstm.plugin import Prompt
from tests.doubles import CannedGenerator


class TwoMinds(CannedGenerator):
    """Finds "Yes." likely anywhere and "In May." likely in context alone."""

    def score(self, prompt: Prompt, continuations):  # type: ignore[no-untyped-def]  # as in CannedGenerator
        table = {"Yes.": (-2.0, -2.0), "In May.": (-4.0, -10.0)}
        return [table[text][0 if prompt.turns else 1] for text in continuations]


def test_the_score_is_the_gain_that_the_context_brings() -> None:
    # by hand: -2 + 0.5 * 2 = -1 for what is likely anywhere, -4 + 0.5 * 10 = 1 for what fits
    ranked = rank_replies(TwoMinds([""]), Prompt("dialogue", ("When?",)), ["Yes.", "In May."], Weights(0.5, 0.0))
    assert [candidate.score for candidate in ranked] == [-1.0, 1.0]


def test_without_relevance_the_likelier_reply_leads() -> None:
    yes, may = rank_replies(TwoMinds([""]), Prompt("dialogue", ("When?",)), ["Yes.", "In May."], Weights(0.0, 0.0))
    assert yes.score > may.score


def test_what_people_answer_counts_as_much_as_it_is_weighed() -> None:
    engine = CannedGenerator([""], scores={"Yes.": -2.0, "In May.": -4.0}, matches={"In May.": 3.0})
    ranked = rank_replies(engine, Prompt("dialogue", ("When?",)), ["Yes.", "In May."], Weights(0.0, 2.0))
    assert [candidate.score for candidate in ranked] == [-2.0, 2.0]


def test_half_of_the_runs_repeated_is_half_of_the_penalty() -> None:
    # "one two three four five" has two runs of four words, one of which was said
    assert penalise_repeats("One two three four five.", ["one, two, three, four!"]) == pytest.approx(3.0)


@pytest.mark.parametrize(
    "reply",
    ["My kids love it.", "I have two dogs.", "I'm from Ohio.", "I am a young man.", "I work as a nurse."],
)
def test_claims_of_a_human_life_are_seen(reply: str) -> None:
    assert claims_humanity(reply)


@pytest.mark.parametrize("reply", ["I'm a small program.", "I have an answer.", "How are your kids?", "I like it."])
def test_plain_replies_are_no_claims(reply: str) -> None:
    assert not claims_humanity(reply)

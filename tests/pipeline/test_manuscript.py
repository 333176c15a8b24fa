"""A text that is continued sentence by sentence."""

from dataclasses import replace

from chatlstm.engine.api import Candidate, Constraint, Prompt, Sampling
from chatlstm.pipeline.manuscript import Manuscript, cut_starts, rate_token
from chatlstm.pipeline.sentences import ends_sentence
from chatlstm.pipeline.writing import SentencePlan
from tests.babbler import Babbler

OPENING = Prompt("story", ("grimm",), "The fox ran.")


class Fond(Babbler):
    """Expects one word behind another, and everything else alike."""

    def draw(
        self, prompt: Prompt, sampling: Sampling, *, n: int, seed: int, constraint: Constraint | None = None
    ) -> list[Candidate]:
        drawn = super().draw(prompt, sampling, n=n, seed=seed, constraint=constraint)
        return [
            replace(one, log_probability=one.log_probability + 0.5 * one.text.endswith("big tree")) for one in drawn
        ]


def open_manuscript(engine: Babbler, prompt: Prompt = OPENING) -> Manuscript:
    return Manuscript(engine, prompt, Sampling())


def test_what_is_drawn_came_to_its_end() -> None:
    drawn = open_manuscript(Babbler()).draw(SentencePlan(), n=30, seed=1)

    assert drawn and all(ends_sentence(one.text, "en") for one in drawn)


def test_lines_may_end_without_a_stop() -> None:
    drawn = open_manuscript(Babbler(), Prompt("news")).draw(SentencePlan(least=2, is_line=True), n=60, seed=1)

    assert any(one.finish == "end" and not ends_sentence(one.text, "en") for one in drawn)


class Broken(Babbler):
    """Leaves characters half written."""

    def draw(
        self, prompt: Prompt, sampling: Sampling, *, n: int, seed: int, constraint: Constraint | None = None
    ) -> list[Candidate]:
        return [Candidate(" It ran \ufffd.", (16, 17), -2.0, "constraint")] * n


def test_broken_characters_are_left_out() -> None:
    assert open_manuscript(Broken()).draw(SentencePlan(), n=5, seed=1) == []


def test_the_likeliest_stands_first() -> None:
    rates = [rate_token(one) for one in open_manuscript(Fond()).draw(SentencePlan(), n=30, seed=1)]

    assert rates == sorted(rates, reverse=True)


def test_a_text_costs_what_its_tokens_cost() -> None:
    assert open_manuscript(Babbler()).rate(" big tree") == -2


def test_a_word_is_placed_where_it_is_expected_most() -> None:
    manuscript = open_manuscript(Fond())

    assert manuscript.find_leads("tree", [" The fox", " The big", ""], count=1) == [" The big tree"]


def test_a_word_that_begins_a_sentence_gets_a_capital() -> None:
    assert open_manuscript(Babbler()).find_leads("tree", [""], count=1) == [" Tree"]


def test_a_word_that_begins_a_text_has_no_blank_before_it() -> None:
    assert open_manuscript(Babbler(), Prompt("news")).find_leads("tree", [""], count=1) == ["Tree"]


def test_what_was_written_is_carried_on_as_a_state() -> None:
    engine = Babbler()
    manuscript = open_manuscript(engine)
    manuscript.add(" It slept.\n\nThen")
    manuscript.rate(" Tom")

    assert engine.prompts[-1] == Prompt("story", beginning=" It slept.\n\nThen", within=b"a state of constant size")


def test_what_is_written_goes_on_recalling() -> None:
    engine = Babbler()
    manuscript = open_manuscript(engine, replace(OPENING, recall=0.2))
    manuscript.add(" It slept.")
    manuscript.rate(" Tom")

    assert engine.prompts[-1].recall == 0.2


def test_the_first_words_of_a_text_follow_its_turns() -> None:
    engine = Babbler()
    manuscript = open_manuscript(engine, Prompt("news", ("flood",)))
    manuscript.add("A flood came.")
    manuscript.rate(" Tom")

    assert engine.prompts[-1] == Prompt("news", ("flood",), "A flood came.")


def test_the_last_paragraph_is_known() -> None:
    manuscript = open_manuscript(Babbler())
    manuscript.add(" It slept.\n\nThen")
    manuscript.add(" it ran.")

    assert manuscript.paragraph == "Then it ran."


def test_starts_end_at_words() -> None:
    starts = cut_starts(" The old, (grey) fox ran home.", "en")

    assert starts == [" The", " The old,", " The old, (grey) fox", " The old, (grey) fox ran"]


def test_chinese_starts_end_at_characters() -> None:
    assert cut_starts("他走了。", "zh") == ["他", "他走", "他走了"]

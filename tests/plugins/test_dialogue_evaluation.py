"""The measures of dialogue, worked out by hand."""

from collections.abc import Sequence

import pytest
from chatlstm_dialogue.dialogue import Dialogue

from chatlstm.plugin import Prompt, Record
from tests.doubles import CannedGenerator
from tests.plugins.measured import measures_of, texts_of


class Knowing(CannedGenerator):
    """Knows which reply follows: the one with the number of the turn before."""

    def score(self, prompt: Prompt, continuations: Sequence[str]) -> list[float]:
        number = prompt.turns[-1].split()[-1] if prompt.turns else "none"
        return [0.0 if text.split()[-1] == number else -9.0 for text in continuations]


def measure(engine: CannedGenerator) -> dict[tuple[str, str], float]:
    held_out = [Record("dialogue", (f"Question {n}", f"Answer {n}")) for n in range(60)]
    measures = Dialogue().evaluate(engine, held_out, options={}, seed=3)
    return {(measure.name, measure.reference): measure.value for measure in measures_of(measures)}


def test_an_engine_that_knows_every_reply_hits_always() -> None:
    assert measure(Knowing(["Well."]))["hits_at_1", ""] == 1.0


def test_an_engine_that_finds_all_replies_alike_never_hits() -> None:
    flat = CannedGenerator(["Well."], scores={f"Answer {n}": -1.0 for n in range(60)})
    assert measure(flat)["hits_at_1", ""] == 0.0


def test_chance_hits_about_one_in_twenty() -> None:
    assert measure(Knowing(["Well."]))["hits_at_1", "random"] < 0.2


def test_one_reply_to_everything_has_no_variety() -> None:
    # 60 times the one word "well": one different run in sixty
    assert measure(Knowing(["Well."]))["distinct_1", ""] == pytest.approx(1 / 60)


def test_people_who_never_repeat_a_turn_have_no_repeats() -> None:
    assert measure(Knowing(["Well."]))["repeats", "human"] == 0.0


class Chinese(Knowing):
    language = "zh"


def test_the_variety_of_chinese_is_counted_in_characters() -> None:
    # 60 times three characters, two of them alike: two different ones in 180
    assert measure(Chinese(["好好吧。"]))["distinct_1", ""] == pytest.approx(2 / 180)


def test_replies_are_told() -> None:
    held_out = [Record("dialogue", ("Question 1", "Answer 1"))] * 2
    assert texts_of(Dialogue().evaluate(Knowing(["Well."]), held_out, options={}, seed=3)) == ["Well.", "Well."]


def test_hits_have_their_interval() -> None:
    held_out = [Record("dialogue", (f"Question {n}", f"Answer {n}")) for n in range(60)]
    measures = measures_of(Dialogue().evaluate(Knowing(["Well."]), held_out, options={}, seed=3))
    # the rule of three: of sixty hits in sixty, 1 - 3 / 60
    assert next((one.low, one.high) for one in measures if one.name == "hits_at_1") == (0.95, 1.0)


def test_texts_of_one_turn_are_no_dialogues() -> None:
    held_out = [Record("dialogue", ("A sentence.",))]
    assert list(Dialogue().evaluate(Knowing(["Well."]), held_out, options={}, seed=3)) == []

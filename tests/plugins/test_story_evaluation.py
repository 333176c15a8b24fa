"""What is measured of stories."""

from collections.abc import Sequence

import pytest
from chatlstm_story.evaluation import (
    Tale,
    cut_tale,
    evaluate_story,
    measure_form,
    measure_tales,
    recall_names,
)
from chatlstm_story.story import Story

from chatlstm.plugin import Measure, Prompt, Record, Written
from tests.babbler import Babbler
from tests.plugins.measured import measures_of, texts_of

LONG = " ".join(f"Tom saw the fox {number} times at home." for number in range(60))
LONG_ZH = "宝玉笑道：“今天下雨了。”" + "他又到山上去看那一棵很大的树。" * 40


def find(found: list[Measure | Written], name: str) -> dict[str, float]:
    return {one.reference: one.value for one in measures_of(found) if one.name == name}


def test_a_tale_is_cut_at_sentences() -> None:
    tale = cut_tale(LONG, "en")

    assert tale is not None and (len(tale.opening.split()), len(tale.text.split())) == (32, 152)


def test_a_short_text_is_no_tale() -> None:
    assert cut_tale("Tom saw the fox.", "en") is None


def test_names_that_stay_away_are_counted() -> None:
    text = "He met Tom. He saw Ann. It rained. It snowed. Then Tom came. All slept."

    assert recall_names(text, "en") == 0.5


def test_names_that_come_last_are_not_counted() -> None:
    assert recall_names("It rained. It snowed. It rained. He met Tom.", "en") is None


def test_form_is_the_share_of_whole_stories() -> None:
    tales = [Tale("It rained.", " He ran."), Tale("It rained.", ' He said, "No')]
    shares = {one.name: one.value for one in measure_form(tales, "en")}

    assert shares == {"quotations_closed": 0.5, "ends_at_sentence": 0.5, "within_a_tenth": 0.0}


def test_tales_without_names_have_no_recall() -> None:
    measures = list(measure_tales([Tale("It rained.", " It snowed.")], "en", ""))

    assert [one.name for one in measures] == ["repeated_4grams", "names_a_story", "distinct_2"]


def test_each_figure_stands_beside_people_and_the_plain_stream() -> None:
    held_out = [Record("story", ("grimm", LONG)), Record("story", (LONG,))]
    measures = list(Story().evaluate(Babbler(), held_out, options={"candidates": "2"}, seed=1))

    assert set(find(measures, "repeated_4grams")) == {"", "human", "plain_stream"}
    assert find(measures, "quotations_closed") == {"": 1.0}


def test_the_loss_is_measured_with_the_state_and_without() -> None:
    measures = list(evaluate_story(Babbler(), [Record("story", (LONG,))] * 2, lambda *asked: " It ran.", seed=1))

    carried = find(measures, "late_bits_per_byte")
    assert carried[""] == pytest.approx(carried["without_state"])


def test_chinese_tales_are_counted_in_characters() -> None:
    measures = list(evaluate_story(Babbler("zh"), [Record("story", (LONG_ZH,))], lambda *asked: "他走了。", seed=1))

    assert find(measures, "names_a_story")["human"] == 1.0
    assert texts_of(measures) == ["他走了。"]


def test_sixty_passages_are_measured_at_most() -> None:
    read: list[str] = []

    class Noting(Babbler):
        def score(self, prompt: Prompt, continuations: Sequence[str]) -> list[float]:
            read.extend(continuations)
            return super().score(prompt, continuations)

    list(evaluate_story(Noting(), [Record("story", (LONG,))] * 65, lambda *asked: " It ran.", seed=1))
    assert len(read) == 120


def test_texts_too_short_for_a_late_passage_have_no_loss() -> None:
    text = " ".join(f"Tom saw the fox {number} times." for number in range(31))
    measures = list(evaluate_story(Babbler(), [Record("story", (text,))], lambda *asked: " It ran.", seed=1))

    assert find(measures, "names_a_story") and not find(measures, "late_bits_per_byte")


def test_without_long_texts_nothing_is_measured() -> None:
    assert list(evaluate_story(Babbler(), [Record("story", ("It rained.",))], lambda *asked: "", seed=1)) == []

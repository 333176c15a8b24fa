"""The measures of Chinese verse."""

import random

import pytest
from chatlstm_poetry.chinese_evaluation import evaluate_chinese, read_asked

from chatlstm.plugin import Measure, Record
from tests.plugins.measured import measures_of, texts_of
from tests.plugins.poets import RandomPoet
from tests.plugins.verse import IRREGULAR, REGULAR, TO_TUNES

RECORDS = [
    Record("poetry", ("五绝 白日", REGULAR["登鹳雀楼"][1])),
    Record("poetry", ("五绝 ABC", IRREGULAR["静夜思"][1])),
    Record("poetry", ("七绝 霜", REGULAR["枫桥夜泊"][1])),
    Record("poetry", ("词 望江南", TO_TUNES["忆江南"])),
    Record("poetry", ("词 水调歌头 明月", "明月几时有。")),
    Record("poetry", ("偈", "菩提本无树。")),
]


@pytest.fixture(scope="module")
def measures() -> dict[tuple[str, str], Measure]:
    options = {"poems": "2", "candidates": "2"}
    measured = evaluate_chinese(RandomPoet(), RECORDS, options=options, seed=1)
    return {(measure.name, measure.reference): measure for measure in measures_of(measured)}


def test_poems_are_sorted_by_form_and_tune() -> None:
    asked = read_asked(RECORDS, random.Random(1))

    assert [(form, len(poems)) for form, poems in asked.items()] == [("五绝", 2), ("七绝", 1), ("词", 1), ("藏头", 1)]


def test_a_tune_goes_by_its_own_name() -> None:
    assert read_asked(RECORDS, random.Random(1))["词"][0].turn == "词 忆江南"


def test_heads_are_taken_from_a_line() -> None:
    assert read_asked(RECORDS, random.Random(1))["藏头"][0].heads == "月落乌啼"


@pytest.mark.parametrize("form", ["七绝", "词", "藏头"])
def test_every_poem_of_ours_keeps_its_form(measures: dict[tuple[str, str], Measure], form: str) -> None:
    assert measures[f"form_{form}", ""].value == 1


def test_a_poem_that_cannot_be_written_counts_as_missed(measures: dict[tuple[str, str], Measure]) -> None:
    # nothing shows the subject ABC
    assert measures["form_五绝", ""].value == 0.5


def test_people_keep_the_form_as_often_as_their_poems_do(measures: dict[tuple[str, str], Measure]) -> None:
    assert measures["form_五绝", "human"].value == 0.5


def test_the_model_alone_keeps_none(measures: dict[tuple[str, str], Measure]) -> None:
    assert measures["form_七绝", "without_pipeline"].value == 0


def test_shares_have_an_interval(measures: dict[tuple[str, str], Measure]) -> None:
    share = measures["form_五绝", "human"]

    assert share.low is not None and share.high is not None and share.low < 0.5 < share.high


def test_all_lines_of_ours_are_new(measures: dict[tuple[str, str], Measure]) -> None:
    assert measures["new_lines", ""].value == 1


def test_subjects_are_counted_where_there_are_some(measures: dict[tuple[str, str], Measure]) -> None:
    # of five poems four are about something, and of those two about what nothing shows
    assert measures["subject_shown", ""].value > measures["subject_shown", "without_pipeline"].value


def test_variety_stands_beside_that_of_people(measures: dict[tuple[str, str], Measure]) -> None:
    assert {("distinct_1", ""), ("distinct_1", "human"), ("distinct_2", "without_pipeline")} <= set(measures)


def test_without_records_nothing_is_measured() -> None:
    found = evaluate_chinese(RandomPoet(), [], options={}, seed=1)

    assert [one for one in found if not isinstance(one, Measure) or one.value] == []


def test_poems_are_told_line_by_line() -> None:
    found = evaluate_chinese(RandomPoet(), [RECORDS[2]], options={"poems": "1", "candidates": "2"}, seed=1)

    assert [len(poem.split("\n")) for poem in texts_of(found)] == [4]

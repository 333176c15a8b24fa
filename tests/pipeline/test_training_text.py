"""Records laid aside on the disk."""

import io

import pytest

from chatlstm.pipeline.training_text import TrainingText
from chatlstm.records import Record


@pytest.fixture
def training() -> TrainingText:
    return TrainingText(io.BytesIO())


def test_records_come_back_in_their_order_as_often_as_asked(training: TrainingText) -> None:
    records = [Record("dialogue", ("你好！", "a\nb\u2028c")), Record("story", ("\ud800",))]
    for record in records:
        training.add(record)
    assert list(training) == list(training) == records


def test_a_sample_is_spread_evenly(training: TrainingText) -> None:
    for number in range(10):
        training.add(Record("story", (f"{number}",)))
    # ten lines of 15 bytes, of which 50 are asked for: every third
    assert [record.turns[0] for record in training.sample(50)] == ["0", "3", "6", "9"]


def test_a_sample_of_little_text_is_all_of_it(training: TrainingText) -> None:
    training.add(Record("story", ("Once.",)))
    assert len(list(training.sample(1_000))) == 1

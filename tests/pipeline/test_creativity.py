"""Quality and diversity of replies that are known beforehand."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from chatlstm.engine.api import Constraint, Generator, Prompt
from chatlstm.engine.benchmarks.row import Row
from chatlstm.engine.evaluation import load_model
from chatlstm.pipeline.creativity import (
    AnyModel,
    Size,
    choose_records,
    make_prompt,
    measure_creativity,
    rate_texts,
)
from chatlstm.pipeline.domain import Domain
from chatlstm.records import Record

RECORDS = [Record("numbers", (f"say {n}", f"{n}")) for n in range(9)]
SMALL = Size(judged=3, others=2, replies=10, rejected=1, tokens=4)


class Everything:
    """A constraint that forbids nothing."""

    def __init__(self, size: int) -> None:
        self._size = size

    def allowed(self, generated: Sequence[int]) -> NDArray[np.bool_]:
        return np.full(self._size, True)


class EvenJudge:
    """Verifies records with an even number; a reply earns all if it is the record's, half otherwise."""

    def rate(self, record: Record, replies: Sequence[str]) -> list[float]:
        own = record.turns[-1]
        return [0.0 if int(own) % 2 else 1.0 if reply == own else 0.5 for reply in replies]

    def constrain(self, record: Record, engine: Generator) -> tuple[Prompt, Constraint]:
        return Prompt(record.domain, record.turns[:-1]), Everything(len(engine.token_bytes))


class Tales(Domain):
    """Verifies nothing."""

    name = "tales"
    summary = "Tells."


class Numbers(Domain):
    """Verifies half of its records."""

    name = "numbers"
    summary = "Counts."

    @contextmanager
    def open_judge(self) -> Iterator[EvenJudge]:
        yield EvenJudge()


@pytest.fixture(scope="module")
def model(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> AnyModel:
    return load_model(tiny_checkpoint, cache=tmp_path_factory.mktemp("cache"), precision="float32")


def measure(models: list[AnyModel], domain: Domain, records: Sequence[Record]) -> list[Row]:
    told = measure_creativity(models, {domain.name: domain}, records, SMALL)
    return [row for row in told if isinstance(row, Row)]


def test_where_replies_are_verified_quality_stands_beside_diversity(model: AnyModel) -> None:
    rows = {row.name: row.reached for row in measure([model], Numbers(), RECORDS)}

    # an untrained model says nothing that is right, and this judge finds no form that is broken
    assert rows["numbers, temperature 1: replies that are well formed"] == 1.0
    assert rows["numbers, temperature 1: solved in 10"] == 0.0
    assert rows["numbers, temperature 1: rejected by the mask, share of the mass"] == pytest.approx(0.0, abs=1e-9)
    assert {name.partition(":")[0] for name in rows} == {
        "numbers, temperature 0.6",
        "numbers, temperature 0.8",
        "numbers, temperature 1",
        "numbers, temperature 1, min-p 0.05",
        "numbers, the likeliest token",
    }


def test_where_nothing_is_verified_repetition_and_diversity_are_told(model: AnyModel) -> None:
    rows = measure([model], Tales(), [Record("tales", ("Once there was a fox.",))])

    assert {row.name.partition(": ")[2] for row in rows} == {"distinct-2", "self-BLEU", "repeated 4-grams"}


def test_the_other_checkpoint_is_the_reference(model: AnyModel) -> None:
    rows = measure([model, model], Tales(), [Record("tales", ("Once there was a fox.",))])

    assert all(row.reached == row.reference for row in rows)
    assert {row.note for row in rows} == {f"the reference is {model.config.identity}"}


def test_a_domain_of_which_nothing_can_be_verified_is_passed_over(model: AnyModel) -> None:
    assert measure([model], Numbers(), [RECORDS[1]]) == []


def test_records_of_other_domains_are_passed_over(model: AnyModel) -> None:
    assert measure([model], Tales(), RECORDS) == []


def test_records_are_taken_from_all_over_the_text() -> None:
    assert [record.turns[-1] for record in choose_records(RECORDS, None, Size(others=3))] == ["0", "3", "6"]


def test_only_records_that_can_be_verified_are_taken() -> None:
    assert [record.turns[-1] for record in choose_records(RECORDS, EvenJudge(), Size(judged=9))] == list("02468")


@pytest.mark.parametrize(("length", "whole", "given"), [(240, False, 0), (241, False, 60), (241, True, 0)])
def test_a_long_text_is_continued_from_its_beginning(length: int, whole: bool, given: int) -> None:
    record = Record("tales", ("a style", "x" * length))

    assert make_prompt(record, whole=whole) == Prompt("tales", ("a style",), beginning="x" * given)


# by hand: of 10 replies 2 are right, so that of 10 drawn one always is; three differ in their pairs of words
def test_replies_are_rated() -> None:
    texts = ["a b", "a b", *["a c"] * 7, "a d"]
    rated = dict(rate_texts(texts, [1.0, 1.0, *[0.5] * 7, 0.0], language="en"))

    assert rated.pop("self-BLEU") < 1
    assert rated == pytest.approx(
        {
            "replies that are well formed": 0.9,
            "solved in 1": 0.2,
            "solved in 10": 1.0,
            "distinct-2": 0.3,
            "repeated 4-grams": 0.0,
        }
    )


def test_one_text_alone_is_compared_with_none() -> None:
    rated = dict(rate_texts(["a b c d a b c d"], None, language="en"))

    assert rated == {"repeated 4-grams": pytest.approx(0.2)}  # of five runs one stood there before

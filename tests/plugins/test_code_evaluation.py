"""What the evaluation counts, on puzzles whose answers are known."""

from collections.abc import Iterable
from itertools import count

import pytest
from chatlstm_code.assignment import Example, read_assignment
from chatlstm_code.evaluation import (
    SAMPLES,
    Puzzle,
    Sample,
    estimate_pass,
    measure_samples,
    measure_search,
    rate_layout,
)
from chatlstm_code.sandbox import Sandbox
from chatlstm_code.search import Plan

from chatlstm.plugin import Measure, Written
from tests.plugins.coding import RandomCoder, ToldCoder
from tests.plugins.measured import measures_of, texts_of

PUZZLE = Puzzle(read_assignment("Add.\nadd(1, 2) == 3\nadd(2, 2) == 4"), (Example("add", (5, 5), 10),))
PLAN = Plan(1e9, 32, 60, 1, clock=lambda: 0.0)


def by_name(found: Iterable[Measure | Written]) -> dict[str, float]:
    return {one.name: one.value for one in measures_of(found)}


@pytest.mark.parametrize(
    ("layout", "sample"),
    [
        ("add(a, b)\n1return a + b", Sample(True, True, True, True)),
        ("add(a, b)\n1return a - b", Sample(True, True, True, False)),
        ("add(a, b)\n1return a + b if a < 5 else b", Sample(True, True, True, False)),
        ("add(a, b)\n1return a[b]", Sample(True, True, False, False)),
        ("add(a, b)\n1break", Sample(True, False, False, False)),
        ("add(a, b)\n1return (a", Sample()),
    ],
)
def test_a_function_is_good_for_so_much(layout: str, sample: Sample) -> None:
    with Sandbox() as sandbox:
        assert rate_layout(layout, sandbox, PUZZLE) == sample


# of 20 with 5 right: 1 - C(15, 10) / C(20, 10) = 1 - 3003 / 184756
@pytest.mark.parametrize(("passed", "k", "chance"), [(0, 10, 0.0), (5, 1, 0.25), (5, 10, 0.98374613), (20, 1, 1.0)])
def test_pass_at_k_is_the_chance_that_one_of_k_passes(passed: int, k: int, chance: float) -> None:
    assert estimate_pass(20, passed, k) == pytest.approx(chance)


def test_samples_are_counted() -> None:
    layouts = ["(a, b)\n1return a + b"] * (SAMPLES // 4) + ["(a, b)\n1return a[b]"] * (SAMPLES - SAMPLES // 4)
    measures = list(measure_samples(ToldCoder(layouts), [PUZZLE], PLAN))
    assert by_name(measures) == pytest.approx(
        {"parse_rate": 1.0, "compile_rate": 1.0, "run_rate": 0.25, "pass_at_1": 0.25, "pass_at_10": 0.98374613}
    )


def test_under_the_constraint_everything_parses_and_compiles() -> None:
    measures = by_name(list(measure_samples(RandomCoder(), [PUZZLE], PLAN)))
    assert (measures["parse_rate"], measures["compile_rate"]) == (1.0, 1.0)


def test_without_it_a_bare_model_stands_beside() -> None:
    measures = list(measure_samples(RandomCoder(["(a, b"]), [PUZZLE], PLAN, bare=True))
    assert {(one.name, one.value, one.reference) for one in measures} >= {("parse_rate", 0.0, "without_pipeline")}


def test_a_puzzle_is_solved_where_the_hidden_tests_pass_too() -> None:
    wrong = ToldCoder(["(a, b)\n1return a + b if a < 5 else b"])
    measures = by_name(list(measure_search(wrong, [PUZZLE], PLAN)))
    assert (measures["examples_met"], measures["solved"], measures["puzzles"]) == (1.0, 0.0, 1.0)


def test_solved_puzzles_are_counted_with_their_interval() -> None:
    measures = measures_of(measure_search(ToldCoder(["(a, b)\n1return a + b"]), [PUZZLE, PUZZLE], PLAN))
    assert (measures[0].name, measures[0].value, measures[0].high) == ("solved", 1.0, 1.0)


def test_a_puzzle_without_an_answer_is_not_solved() -> None:
    measures = by_name(list(measure_search(ToldCoder(["("]), [PUZZLE], PLAN)))
    assert (measures["examples_met"], measures["solved"]) == (0.0, 0.0)


def test_the_time_of_a_puzzle_is_told() -> None:
    ticks = count(0, 2)
    plan = Plan(1e9, 32, 60, 1, clock=lambda: float(next(ticks)))
    assert by_name(list(measure_search(ToldCoder(["(a, b)\n1return a + b"]), [PUZZLE], plan)))["seconds_a_puzzle"] > 0


def test_the_function_of_each_puzzle_is_told_as_records_lay_it_out() -> None:
    found = measure_search(ToldCoder(["(a, b)\n1return a + b"]), [PUZZLE], PLAN)
    assert texts_of(found) == ["add(a, b)\n1return a + b"]

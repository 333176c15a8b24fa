"""Drawing functions until one meets the examples, with engines that draw what they are told."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest
from chatlstm_code.assignment import Assignment, Example, read_assignment
from chatlstm_code.probing import PROBES, draw_probes, vary_arguments
from chatlstm_code.sandbox import Result
from chatlstm_code.search import (
    BATCH,
    Attempt,
    Found,
    Plan,
    choose_by_agreement,
    choose_name,
    meets,
    search,
    take_shape,
)

from chatlstm.plugin import Candidate, Constraint, Prompt, Sampling
from tests.plugins.coding import RandomCoder, ToldCoder

ADD = read_assignment("Add two numbers.\nadd(1, 2) == 3\nadd(2, 2) == 4")
MINUS, TIMES, PLUS = ("(a, b)\n1return a - b", "(a, b)\n1return a * b", "(a, b)\n1return a + b")


class EvenCoder(ToldCoder):
    """An engine to which all it draws is nearly as probable."""

    def draw(
        self, prompt: Prompt, sampling: Sampling, *, n: int, seed: int, constraint: Constraint | None = None
    ) -> list[Candidate]:
        drawn = super().draw(prompt, sampling, n=n, seed=seed, constraint=constraint)
        return [replace(one, log_probability=one.log_probability / 100) for one in drawn]


def find(
    coder: RandomCoder,
    assignment: Assignment = ADD,
    *,
    candidates: int = 2 * BATCH,
    seconds: float = 1e9,
    clock: Callable[[], float] | None = None,
) -> Found:
    ticks = count()
    return search(coder, assignment, Plan(seconds, candidates, 60, 1, clock or (lambda: float(next(ticks)))))


def source_of(found: Found) -> str:
    assert found.best is not None
    return found.best.source


def test_the_most_probable_function_that_meets_all_examples_is_found() -> None:
    assert source_of(find(ToldCoder([MINUS, PLUS, "(a, b)\n1return b + a"]))) == "def add(a, b):\n    return a + b"


def test_the_search_ends_with_the_batch_in_which_one_meets_them() -> None:
    coder = ToldCoder([MINUS, PLUS, TIMES])
    found = find(coder)
    assert (coder.batches, found.tried, found.best and found.best.met) == (1, 3, 2)


def test_of_several_that_meet_them_those_that_agree_win() -> None:
    agree = ["(a, b)\n1return b + a", "(a, b)\n1return sum((a, b))", "(a, b)\n1return a - -b"]
    lucky = "(a, b)\n1return a + b if b == 2 else 0"
    coder = EvenCoder([lucky, *agree])
    assert source_of(find(coder)) == "def add(a, b):\n    return b + a"


def test_where_none_does_the_best_is_told() -> None:
    assert source_of(find(ToldCoder([MINUS, TIMES]))) == "def add(a, b):\n    return a * b"


def test_no_more_functions_are_drawn_than_asked_for() -> None:
    coder = ToldCoder([MINUS])
    assert (find(coder, candidates=BATCH + 1).drawn, coder.batches) == (BATCH + 1, 2)


def test_no_batch_begins_after_the_time_is_over() -> None:
    coder = ToldCoder([MINUS])
    find(coder, candidates=100 * BATCH, seconds=2.0)
    assert coder.batches == 1


def test_functions_that_differ_in_names_only_run_once() -> None:
    assert find(ToldCoder([MINUS, "(x, y)\n1return x - y", "(n, m)\n1return n - m"])).tried == 1


def test_functions_that_differ_in_constants_both_run() -> None:
    assert find(ToldCoder([MINUS, "(a, b)\n1return a - 1", "(a, b)\n1return a - 2"])).tried == 3


def test_what_is_cut_short_is_passed_over() -> None:
    assert source_of(find(ToldCoder(["(a, b)\n1return (a", PLUS]))).endswith("a + b")


def test_nothing_drawn_is_nothing_found() -> None:
    assert find(ToldCoder(["(a, b)\n1return ("])).best is None


def test_the_model_is_given_the_examples_and_the_name() -> None:
    coder = ToldCoder([PLUS])
    find(coder)
    assert coder.prompts == [Prompt("code", ("Add two numbers.\nadd(1, 2) == 3\nadd(2, 2) == 4",), "add")]


def test_whatever_a_model_draws_is_a_function_with_the_right_number_of_parameters() -> None:
    found = find(RandomCoder(), candidates=8)
    assert source_of(found).split("def ")[1].startswith("add(")
    assert source_of(found).split(")")[0].count(",") == 1


def test_without_examples_the_most_probable_results_win() -> None:
    found = find(ToldCoder([MINUS, PLUS, "(a, b)\n1return b + a"]), read_assignment("Add two numbers."))
    assert (source_of(found), found.drawn) == ("def add(a, b):\n    return a - b", 2 * BATCH)


def attempt(name: str, log_probability: float, *values: object) -> Attempt:
    return Attempt(name, name, log_probability, tuple(Result(value) for value in values))


def test_the_most_probable_group_wins_with_its_most_probable_function() -> None:
    alone = attempt("alone", -1.0, 1)
    together = [attempt("one", -1.3, 2), attempt("two", -1.2, 2)]
    # e^-1 = 0.37; e^-1.3 + e^-1.2 = 0.27 + 0.30
    assert choose_by_agreement([alone, *together]) == together[1]


def test_a_function_that_returns_nothing_comes_last() -> None:
    useful = attempt("useful", -9.0, 1, None)
    assert choose_by_agreement([attempt("nothing", -1.0, None, None), useful]) == useful


def test_of_no_function_none_is_chosen() -> None:
    assert choose_by_agreement([]) is None


@pytest.mark.parametrize(
    ("drawn", "name"),
    [
        (["f(a)", "add(a)", "add(b)", "sum_up(a)"], "add"),
        (["f(a)", "f(b)"], "f"),
        (["no name", "if(a)", "Add(a)", "2x(a)"], "f"),
    ],
)
def test_a_name_that_nobody_gave_is_the_one_drawn_most_often(drawn: list[str], name: str) -> None:
    assert choose_name(RandomCoder(drawn), Prompt("code", ("Add.",)), 1) == name


@pytest.mark.parametrize(
    ("value", "wanted"), [(1, True), (0.1 + 0.2, 0.3), ([1, (2,)], [1, (2,)]), (3.0, 3), (float("inf"), float("inf"))]
)
def test_values_that_python_holds_equal_meet(value: object, wanted: object) -> None:
    assert meets(Result(value), Example("f", (), wanted))


@pytest.mark.parametrize(("value", "wanted"), [((1,), [1]), ("1", 1), (0.3001, 0.3), (None, 0)])
def test_others_do_not(value: object, wanted: object) -> None:
    assert not meets(Result(value), Example("f", (), wanted))


def test_a_fault_meets_nothing() -> None:
    assert not meets(Result(fault="KeyError"), Example("f", (), None))


def test_the_shape_keeps_methods_and_strings() -> None:
    shape = take_shape("f(items)\n1return items.count('items')")
    assert shape == "f($0)\n1return $0.count('items')"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("text", str), ("numbers", list), ("words", list), ("rows", list), ("pairs", list), ("mapping", dict), ("n", int)],
)
def test_probes_suit_the_names_of_parameters(name: str, kind: type) -> None:
    probes = draw_probes((name,), 1)
    assert [type(one) for (one,) in probes] == [kind] * PROBES


@pytest.mark.parametrize("value", [True, 3, 2.5, "abc", [1, 2], [], (1, "a"), {1, 2}, {"a": [1]}, None])
def test_variations_are_of_the_same_kind(value: object) -> None:
    assert {type(one) for (one,) in vary_arguments([(value,)], 1)} == {type(value)}


def test_variations_differ() -> None:
    assert len({one[0] for one in vary_arguments([(5,), (50,)], 1)}) > 2

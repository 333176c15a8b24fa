"""What drawn functions earn beside the function of their record."""

import pytest
from chatlstm_code.code import Code
from chatlstm_code.reward import FunctionJudge, grade, open_judge, write_out
from chatlstm_code.sandbox import Result

from chatlstm.plugin import Record, Sampling
from tests.plugins.coding import RandomCoder

SHORT = Sampling(max_tokens=200)
ADD = Record("code", ("Add.\nadd(1, 2) == 3\nadd(2, 2) == 4", "add(a, b)\n1return a + b"))


def rate(record: Record, *replies: str) -> list[float]:
    with open_judge() as judge:
        return judge.rate(record, replies)


@pytest.mark.parametrize(
    ("layout", "reward"),
    [
        ("add(a, b)\n1return a + b", 1.0),
        ("add(x, y)\n1total = x\n1total += y\n1return total", 1.0),
        ("add(a, b)\n1return a[b]", 0.1),  # runs into an error
        ("add(a)\n1return a", 0.1),
        ("plus(a, b)\n1return a + b", 0.1),  # of another name
        ("add(a, b)\n1return 'no'", 0.2),
        ("add(a, b)\n1return a + c", 0.0),  # a name that is not bound
        ("add(a, b)\n1return (a", 0.0),
        ("add(a, b)\nreturn a + b", 0.0),
        ("", 0.0),
    ],
)
def test_a_function_earns_so_much(layout: str, reward: float) -> None:
    assert rate(ADD, layout) == [reward]


def test_one_that_knows_the_examples_by_heart_does_not_earn_all() -> None:
    (reward,) = rate(ADD, "add(a, b)\n1return 3 if b > a else 4")

    assert 0.2 < reward < 0.5


def test_replies_are_rated_in_their_order_those_that_are_the_same_alike() -> None:
    right, wrong = "add(a, b)\n1return a + b", "add(a, b)\n1return 'no'"

    assert rate(ADD, wrong, right, wrong) == [0.2, 1.0, 0.2]


@pytest.mark.parametrize(
    "record",
    [
        Record("code", ("Add.", "add(a, b)\n1return a + b")),  # nothing to call it with
        Record("code", ("Add.\nadd(1, 2) == 4", "add(a, b)\n1return a + b")),
        Record("code", ("Add.\nadd(1, 2) == 3", "add(a, b)\n1return a +")),
        Record("code", ("Add.\nadd(x, 2) == 3", "add(a, b)\n1return a + b")),  # of no plain value
    ],
)
def test_where_nothing_can_be_verified_nothing_is_earned(record: Record) -> None:
    assert rate(record, record.turns[-1]) == [0.0]


def test_calls_that_end_the_record_s_own_function_count_nothing() -> None:
    wanted = [Result(1), Result(fault="IndexError")]

    assert grade([Result(1), Result(fault="IndexError")], wanted) == grade([Result(1), Result(7)], wanted) == 1.0


def test_a_layout_that_no_source_comes_of_is_none() -> None:
    assert write_out("f(n)\n1return n") == "def f(n):\n    return n"
    assert write_out("f(n)\n1break") == ""


def test_a_record_is_drawn_for_within_the_grammar() -> None:
    engine = RandomCoder()
    with open_judge() as judge:
        prompt, constraint = judge.constrain(ADD, engine)
    (drawn,) = engine.draw(prompt, sampling=SHORT, n=1, seed=1, constraint=constraint)

    assert (prompt.turns, prompt.beginning) == (ADD.turns[:1], "add")
    assert write_out("add" + drawn.text)


def test_the_plugin_opens_one() -> None:
    with Code().open_judge() as judge:
        assert isinstance(judge, FunctionJudge)

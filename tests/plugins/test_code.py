"""The code plugin as a person meets it."""

from dataclasses import replace
from pathlib import Path

import pytest
from chatlstm_code import code as code_module
from chatlstm_code.code import Code
from chatlstm_code.records import lay_out_records

from chatlstm.pipeline.pipeline import answer
from chatlstm.plugin import MisuseError, Piece, Record, Request
from tests.plugins.coding import RandomCoder, ToldCoder

PLUS, MINUS = "(a, b)\n1return a + b", "(a, b)\n1return a - b"


def tell(coder: RandomCoder, text: str, options: dict[str, str] | None = None) -> tuple[str, Piece]:
    pieces = list(answer(Code(), Request(text, seed=1, options={"candidates": "32", **(options or {})}), coder))
    return "".join(piece.text for piece in pieces), pieces[-1]


def test_a_function_that_meets_the_examples_is_told() -> None:
    text, last = tell(ToldCoder([MINUS, PLUS]), "Add.\nadd(1, 2) == 3")
    assert (text, last.finish) == ("def add(a, b):\n    return a + b", "end")


def test_details_say_what_was_met() -> None:
    details = tell(ToldCoder([MINUS, PLUS]), "Add.\nadd(1, 2) == 3")[1].details
    assert {key: details[key] for key in ("passed", "examples", "met", "drawn", "tried")} == {
        "passed": True,
        "examples": 1,
        "met": 1,
        "drawn": 32,
        "tried": 2,
    }


def test_where_examples_are_not_met_the_best_is_told_and_why() -> None:
    text, last = tell(ToldCoder([MINUS]), "Add.\nadd(1, 0) == 1\nadd(1, 2) == 3")
    assert (text, last.finish) == ("def add(a, b):\n    return a - b", "constraint")
    assert "the best meets 1 of 2 examples; not add(1, 2) == 3: it returns -1" in str(last.details["unmet"])


def test_an_error_of_the_best_is_named() -> None:
    last = tell(ToldCoder(["(a)\n1return a[1]"]), "f(1) == 3")[1]
    assert "it ends with TypeError" in str(last.details["unmet"])


def test_where_nothing_can_be_drawn_it_is_said() -> None:
    text, last = tell(ToldCoder(["("]), "f(1) == 3")
    assert (text, last.finish, last.details["unmet"]) == (
        "",
        "constraint",
        "no function of so few tokens could be drawn; set more of them",
    )


def test_without_examples_nothing_is_promised() -> None:
    last = tell(ToldCoder([PLUS]), "Add two numbers.")[1]
    assert (last.finish, last.details["passed"]) == ("end", None)


def test_a_chinese_description_is_answered_too() -> None:
    assert tell(ToldCoder([PLUS]), "写一个函数，把两个数相加。\nadd(1, 2) 返回 3")[1].details["passed"]


def test_modules_are_imported() -> None:
    text = tell(ToldCoder(["(n)\n1return math.isqrt(n)"]), "root(9) == 3")[0]
    assert text == "import math\n\n\ndef root(n):\n    return math.isqrt(n)"


def test_the_person_is_told_of_examples_that_cannot_be_read() -> None:
    with pytest.raises(MisuseError, match="plain values"):
        tell(ToldCoder([PLUS]), "f(x) == 3")


def test_the_prompt_of_a_request_is_its_assignment() -> None:
    draft = Code().begin(Request("Add.\nassert add(1,2)==3"))
    assert (draft.prompt.turns, draft.prompt.beginning) == (("Add.\nadd(1, 2) == 3",), "add")


def record(prompt: str, source: str) -> Record:
    return Record("code", (prompt, source), "mbpp")


def test_records_hold_layouts_and_at_most_three_examples() -> None:
    prompt = "Add.\n" + "\n".join(f"assert f({n},1)=={n + 1}" for n in range(5))
    (found,) = lay_out_records([record(prompt, "def f(x, y):\n    '''Add.'''\n    return x+y")])
    assert found.turns == ("Add.\nf(0, 1) == 1\nf(1, 1) == 2\nf(2, 1) == 3", "f(x, y)\n1return x + y")


def test_examples_that_are_long_or_none_are_left_out() -> None:
    prompt = f"Add.\nassert f({'1' * 100}, 1) == 2\nassert f(1) > 2\nassert f(1) == 1"
    (found,) = lay_out_records([record(prompt, "def f(x): return x")])
    assert found.turns[0] == "Add.\nf(1) == 1"


@pytest.mark.parametrize(
    "source",
    ["class A: pass", "def f(x): return y", "def f(x):\n" + "    x += 1\n" * 100, "def f(x):\n    return x is x"],
)
def test_functions_outside_the_grammar_are_left_out(source: str) -> None:
    assert not list(lay_out_records([record("Do.", source)]))


def test_records_keep_where_they_come_from() -> None:
    given = replace(record("Do.", "def f(x): return x"), document="d", weight=2.0)
    (found,) = lay_out_records([given])
    assert (found.source, found.document, found.weight) == ("mbpp", "d", 2.0)


def test_what_it_learns_from_is_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_module, "read_domain", lambda *_, language: [record(language, "def f(x): return x")])
    (found,) = Code().records_in("code", Path("nowhere"))
    assert found.turns == ("code", "f(x)\n1return x")


def test_a_function_is_retraced_as_the_model_writes_it() -> None:
    ((prompt, text),) = Code().retrace(Request("Add.\nadd(1, 2) == 3"), "def add(a, b):\n    return a + b")

    assert (prompt.beginning + text, prompt.domain) == ("add(a, b)\n1return a + b", "code")


def test_a_function_without_a_layout_is_retraced_as_it_stands() -> None:
    ((_, text),) = Code().retrace(Request("Add."), "def add(a, b):\n    while")

    assert text == "def add(a, b):\n    while"


@pytest.mark.parametrize(
    ("turn", "shown"), [("add(a, b)\n1return a + b", "def add(a, b):\n    return a + b"), ("Add two.", "Add two.")]
)
def test_a_layout_is_shown_as_python(turn: str, shown: str) -> None:
    assert Code().show(turn, "code") == shown

"""What a person asks for, in the forms in which people write it."""

import pytest
from chatlstm_code.assignment import Assignment, Example, read_assignment, read_example

from chatlstm.plugin import MisuseError

ADD = Example("add", (2, 3), 5)


@pytest.mark.parametrize(
    "line",
    [
        "add(2, 3) == 5",
        "assert add(2,3)==5",
        ">>> add(2, 3) == 5",
        "add(2, 3) -> 5",
        "add(2, 3) => 5",
        "add(2, 3) → 5",
        "add(2, 3) = 5",
        "add(2, 3) returns 5",
        "add(2, 3) 返回 5",
        "- add(2, 3) == 5",
        "e.g. add(2, 3) == 5",
        "Example: add(2, 3) == 5",
        "例如：add(2, 3) == 5",
    ],
)
def test_examples_are_read_in_many_forms(line: str) -> None:
    assert read_assignment(f"Add two numbers.\n{line}") == Assignment("Add two numbers.", (ADD,), "add")


@pytest.mark.parametrize(
    ("line", "example"),
    [
        ("f([1, (2, 'a')], {1: {2}}) == None", Example("f", ([1, (2, "a")], {1: {2}}), None)),
        ("f('(x) == 1') == ') == 2'", Example("f", ("(x) == 1",), ") == 2")),
        ("f() == -1.5", Example("f", (), -1.5)),
    ],
)
def test_values_of_many_kinds_are_read(line: str, example: Example) -> None:
    assert read_example(line) == example


@pytest.mark.parametrize("line", ["Add two numbers.", "f(x", "a.f(1) == 2", "x == 1", "f(a=1) == 2", "(2) == 2", ""])
def test_other_lines_are_description(line: str) -> None:
    assert read_example(line) is None


def test_a_doctest_and_its_value_stand_on_two_lines() -> None:
    assert read_assignment("Add.\n>>> add(2, 3)\n5\n>>> add(2, 3)\n5").examples == (ADD, ADD)


def test_line_feeds_may_be_written_out_on_a_single_line() -> None:
    assert read_assignment(r"Add.\nadd(2, 3) == 5").examples == (ADD,)


def test_written_out_line_feeds_stay_where_there_are_real_ones() -> None:
    assert read_assignment("Split.\nf('a\\nb') == 2").examples == (Example("f", ("a\nb",), 2),)


def test_the_prompt_has_the_description_on_one_line_and_examples_in_one_form() -> None:
    assert read_assignment("Add\ntwo numbers.\nassert add(2,3)==5").prompt == "Add two numbers.\nadd(2, 3) == 5"


def test_examples_alone_are_enough() -> None:
    assert read_assignment("add(2, 3) == 5").prompt == "add(2, 3) == 5"


@pytest.mark.parametrize(
    ("description", "name"),
    [
        ("Write a function called add_up.", "add_up"),
        ("Write a function named `total`.", "total"),
        ("Write count_words(text).", "count_words"),
        ("写一个名为 add_up 的函数", "add_up"),
        ("Add the numbers (all of them).", ""),
    ],
)
def test_the_name_may_stand_in_the_description(description: str, name: str) -> None:
    assert read_assignment(description).name == name


def test_the_number_of_parameters_follows_from_the_examples() -> None:
    assert read_assignment("f(1, 2) == 3\nf(2, 2) == 4").parameters == 2


@pytest.mark.parametrize("text", ["Add.", "f(1) == 3\nf(2, 2) == 4"])
def test_or_it_is_left_open(text: str) -> None:
    assert read_assignment(text).parameters is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("f(1) == 1\ng(1) == 1", "the examples call different functions: f, g"),
        ("f(x) == 1", r"the example 'f\(x\) == 1' needs plain values on both sides"),
        ("f(1) == g(2)", "needs plain values on both sides"),
        ("f(10 ** 5) == 1", "needs plain values on both sides"),
        ("f(...) == 1", None),
        ("import_(1) == 1\nmath(2) == 2", "different functions"),
        ("math(2) == 2", "cannot be called math"),
    ],
)
def test_what_cannot_be_an_example_is_named(text: str, sentence: str | None) -> None:
    if sentence is None:
        assert read_assignment(text).examples[0].arguments == (...,)
        return
    with pytest.raises(MisuseError, match=sentence):
        read_assignment(text)

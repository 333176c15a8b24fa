"""From families to records and to held-out tasks."""

import json
from collections.abc import Iterator, Mapping

import pytest
from chatlstm_code.families import (
    DOCUMENTS,
    Task,
    choose_part,
    expand_families,
    list_lines,
    read_families,
    read_tasks,
)
from chatlstm_code.family import evaluate, read_family
from chatlstm_code.layout import from_layout
from chatlstm_code.records import lay_out_records

from chatlstm.engine.corpus import choose_split
from chatlstm.plugin import Record

SQUARE = {
    "id": "square",
    "names": "square squared",
    "takes": "n: int",
    "en": ["~the square of {a number|$n}"],
    "zh": ["~{一个数| $n }的平方"],
    "code": "return n * n\n---\nreturn n ** 2",
}


def catalogue_record(source: str, row: Mapping[str, object]) -> Record:
    return Record("code", (json.dumps(row),), source, 2.0)


@pytest.fixture(scope="module")
def squares() -> list[Record]:
    return list(expand_families([catalogue_record("families", SQUARE)]))


@pytest.fixture(scope="module")
def english() -> list[Task]:
    return read_tasks("en")


def test_other_records_pass_and_come_first() -> None:
    other = Record("code", ("Add.", "f(a, b)\n1return a + b"), "mbpp")
    records = list(expand_families([catalogue_record("families", SQUARE), other]))

    assert records[0] == other and {record.source for record in records[1:]} == {"families"}


def test_laying_out_lets_families_pass(squares: list[Record]) -> None:
    rows = [catalogue_record("families", SQUARE), Record("code", ("Add.", "def f(a, b): return a + b"), "mbpp")]
    records = list(expand_families(lay_out_records(rows)))

    assert records == [Record("code", ("Add.", "f(a, b)\n1return a + b"), "mbpp"), *squares]


def test_records_keep_domain_and_weight_of_the_catalogue(squares: list[Record]) -> None:
    assert {(record.domain, record.weight) for record in squares} == {("code", 2.0)}


def test_the_same_catalogue_gives_the_same_records(squares: list[Record]) -> None:
    assert list(expand_families([catalogue_record("families", SQUARE)])) == squares


def test_no_record_stands_twice(squares: list[Record]) -> None:
    assert len({record.turns for record in squares}) == len(squares) > 50


def test_records_come_in_both_languages(squares: list[Record]) -> None:
    chinese = ["平方" in record.turns[0] for record in squares]

    assert any(chinese) and not all(chinese)


def test_a_record_shows_up_to_three_examples(squares: list[Record]) -> None:
    assert {record.turns[0].count("\n") for record in squares} == {0, 1, 2, 3}


def test_every_example_of_a_record_holds_for_its_solution(squares: list[Record]) -> None:
    for description, layout in (record.turns for record in squares):
        space: dict[str, object] = {}
        exec(from_layout(layout), space)
        assert all(evaluate(line, space) is True for line in description.split("\n")[1:])


def test_a_solution_that_calls_itself_does_so_by_its_name() -> None:
    row = {**SQUARE, "names": "fall", "takes": "n: int 0..9", "code": "if n == 0:\n    return 0\nreturn f(n - 1)"}
    layouts = {record.turns[1] for record in expand_families([catalogue_record("families", row)])}

    assert all(layout.startswith("f(") or "fall(" in layout for layout in layouts)
    assert not any(layout.startswith("fall(") and " f(" in layout for layout in layouts)


def test_long_calls_are_never_shown() -> None:
    family = read_family({**SQUARE, "takes": "numbers: ints 0..60", "code": "return sorted(numbers)"})

    assert all(len(arguments) + len(value) <= 90 for arguments, value in list_lines(family))


def test_each_part_has_a_document_on_its_side_of_the_split() -> None:
    assert {choose_split(Record("code", ("a",), document=name)): part for part, name in DOCUMENTS.items()} == {
        "train": "train",
        "validation": "validation",
        "test": "test",
    }


def test_about_a_sixth_of_the_written_families_and_a_twelfth_of_the_products_is_held_out_for_tests() -> None:
    families = read_families()
    held_out = [choose_part(family) == "test" for family in families if family.written]
    products = [choose_part(family) == "test" for family in families if not family.written]

    # 16 and 8 in 100, give or take three standard deviations of so many draws
    assert 0.09 < sum(held_out) / len(held_out) < 0.23
    assert 0.06 < sum(products) / len(products) < 0.10


def test_a_held_out_family_is_in_no_other_part() -> None:
    held_out = {task.family for task in read_tasks("zh")}
    trained = {family.id for family in read_families() if choose_part(family) == "train"}

    assert held_out and not held_out & trained


def test_a_task_has_three_examples_and_six_to_ten_tests_that_differ(english: list[Task]) -> None:
    for task in english:
        lines = {*task.examples, *task.tests}
        assert len(task.examples) == 3 and 6 <= len(task.tests) <= 10 and len(lines) == 3 + len(task.tests)


def test_tasks_of_both_languages_are_of_the_same_families(english: list[Task]) -> None:
    assert [task.family for task in read_tasks("zh")] == [task.family for task in english]


@pytest.mark.parametrize("split", ["test", "validation"])
def test_written_families_and_products_are_asked_for_apart(split: str) -> None:
    parts = [read_tasks("en", split=split, written=written) for written in (True, False)]

    assert [{task.written for task in part} for part in parts] == [{True}, {False}]
    assert [*parts[0], *parts[1]] == read_tasks("en", split=split)


def test_a_solution_of_a_held_out_family_passes_its_task(english: list[Task]) -> None:
    families = {family.id: family for family in read_families()}

    def lines_of(task: Task) -> Iterator[tuple[str, str]]:
        for line in (*task.examples, *task.tests):
            call, _, value = line.rpartition(" == ")
            yield families[task.family].run(call.removeprefix("f(").removesuffix(")")), value

    assert all(found == value for task in english for found, value in lines_of(task))

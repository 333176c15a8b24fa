"""Puzzles from held-out families and records, and the plugin's evaluation of them."""

import pytest
from chatlstm_code import code as code_module
from chatlstm_code.assignment import Example, read_assignment
from chatlstm_code.code import Code
from chatlstm_code.evaluation import Puzzle
from chatlstm_code.families import DOCUMENTS
from chatlstm_code.puzzles import list_family_puzzles, list_record_puzzles

from chatlstm.plugin import Record
from tests.plugins.coding import ToldCoder
from tests.plugins.measured import measures_of

LAYOUT = "add(a, b)\n1return a + b"
HELD_OUT = [Record("code", ("Add.\nadd(1, 2) == 3", LAYOUT), "mbpp")]
FAMILY = Record("code", ("Add.", LAYOUT), "families", document=DOCUMENTS["validation"])


def test_every_held_out_family_is_a_puzzle_with_three_examples_and_hidden_tests() -> None:
    puzzles = list_family_puzzles([FAMILY], written=True)
    assert {len(puzzle.assignment.examples) for puzzle in puzzles} == {3}
    assert min(len(puzzle.tests) for puzzle in puzzles) > 0


def test_families_are_asked_in_english_and_chinese_by_turns() -> None:
    descriptions = [puzzle.assignment.description for puzzle in list_family_puzzles([FAMILY], written=True)]
    assert [description.isascii() for description in descriptions[:4]] == [True, False, True, False]


def test_without_held_out_families_there_is_no_puzzle_of_them() -> None:
    assert not list_family_puzzles(HELD_OUT, written=True)


def test_a_held_out_record_with_examples_is_a_puzzle() -> None:
    assert list_record_puzzles(HELD_OUT, "mbpp") == [Puzzle(read_assignment("Add.\nadd(1, 2) == 3"))]


@pytest.mark.parametrize("prompt", ["Add.", "Add.\nadd(x) == 3"])
def test_one_without_or_with_strange_ones_is_not(prompt: str) -> None:
    assert not list_record_puzzles([Record("code", (prompt, LAYOUT), "mbpp")], "mbpp")


def test_records_of_another_source_are_no_puzzles() -> None:
    assert not list_record_puzzles(HELD_OUT, "algorithms")


def test_the_evaluation_measures_the_pipeline_beside_the_bare_model(monkeypatch: pytest.MonkeyPatch) -> None:
    puzzle = Puzzle(read_assignment("Add.\nadd(1, 2) == 3"), (Example("add", (5, 5), 10),))
    monkeypatch.setattr(code_module, "list_family_puzzles", lambda held_out, written: [puzzle] * written)
    coder = ToldCoder(["(a, b)\n1return a + b"] * 20)
    measures = measures_of(Code().evaluate(coder, HELD_OUT, options={"candidates": "32"}, seed=1))
    found = {(one.name, one.reference): one.value for one in measures}
    assert found[("solved", "")] == found[("mbpp_solved", "")] == found[("parse_rate", "")] == 1.0
    assert found[("parse_rate", "without_pipeline")] == 0.0


def test_without_held_out_text_nothing_is_measured() -> None:
    assert not list(Code().evaluate(ToldCoder([]), [], options={}, seed=1))

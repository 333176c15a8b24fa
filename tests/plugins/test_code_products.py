"""Families put together of parts."""

from collections.abc import Mapping

import pytest
from chatlstm_code.family import Family, read_family
from chatlstm_code.products import read_products

from chatlstm.plugin import MisuseError

Row = Mapping[str, object]

SEQUENCE: Row = {
    "id": "numbers", "kind": "sequence", "of": "number", "takes": "numbers: ints", "over": "numbers", "item": "x",
    "en": ["in a list"], "zh": ["列表中"], "noun": "numbers", "zh_noun": "数", "limit": 50,
}  # fmt: skip
MATRIX: Row = {**SEQUENCE, "id": "matrix", "takes": "rows: matrix", "outer": "row in rows", "over": "row", "item": "y"}
ALL: Row = {"id": "all", "kind": "keep", "of": "number", "test": "", "en": "NOUN", "zh": "NOUN"}
EVEN: Row = {
    "id": "even", "kind": "keep", "of": "number", "test": "x % 2 == 0", "en": "even NOUN", "zh": "偶数",
    "are": "are even", "zh_are": "是偶数",
}  # fmt: skip
ABOVE: Row = {
    "id": "above", "kind": "keep", "of": "number", "constants": [5], "test": "x > #", "en": "NOUN above #",
    "zh": "大于 # 的NOUN", "are": "are above #", "zh_are": "大于 #",
}  # fmt: skip
ITSELF: Row = {"id": "itself", "kind": "map", "of": "number", "gives": "", "value": "x", "en": "", "zh": ""}
SQUARES: Row = {
    "id": "squares", "kind": "map", "of": "number", "gives": "number", "value": "x * x", "en": "squares", "zh": "平方",
}  # fmt: skip
TEXTS: Row = {**SQUARES, "id": "texts", "gives": "text", "value": "str(x)"}
SUM: Row = {
    "id": "sum", "kind": "fold", "of": "number", "map": "any", "en": ["~the sum of the THEM"], "zh": ["~THEM的和"],
    "bodies": ["return sum(ITEMS)", "total = 0\nLOOP\n    total += VALUE\nreturn total"],
}  # fmt: skip
EVERY: Row = {
    "id": "every", "kind": "fold", "of": "number", "map": "none", "filtered": True,
    "en": ["tell whether all NOUN PLACE ARE"], "zh": ["判断PLACE所有NOUN是否都ARE"],
    "bodies": ["return all(TEST THROUGH)", "EACH\n    if not (TEST):\n        return False\nreturn True"],
}  # fmt: skip


def make(*tables: Row) -> dict[str, Family]:
    return {family.id: family for family in read_products(tables, [])}


def test_a_product_is_named_by_its_parts() -> None:
    assert set(make(SEQUENCE, ALL, EVEN, ITSELF, SQUARES, SUM)) == {
        "sum_numbers",
        "sum_even_numbers",
        "sum_squares_numbers",
        "sum_squares_even_numbers",
    }


def test_a_product_is_described_in_both_languages() -> None:
    family = make(SEQUENCE, EVEN, SQUARES, SUM)["sum_squares_even_numbers"]

    assert family.wordings["en"][0] == "return the sum of the squares of the even numbers in a list"
    assert family.wordings["zh"][1] == "求列表中偶数的平方的和"


def test_a_product_is_solved_by_comprehension_and_by_loop() -> None:
    family = make(SEQUENCE, EVEN, SQUARES, SUM)["sum_squares_even_numbers"]

    assert family.bodies == (
        "return sum(x * x for x in numbers if x % 2 == 0)",
        "total = 0\nfor x in numbers:\n    if x % 2 == 0:\n        total += x * x\nreturn total",
    )


def test_without_a_test_a_loop_is_a_level_less_deep() -> None:
    family = make(SEQUENCE, ALL, SQUARES, SUM)["sum_squares_numbers"]

    assert family.bodies[1] == "total = 0\nfor x in numbers:\n    total += x * x\nreturn total"


def test_a_matrix_is_gone_through_in_two_loops() -> None:
    family = make(MATRIX, EVEN, ITSELF, EVERY)["every_even_matrix"]

    assert family.bodies == (
        "return all(y % 2 == 0 for row in rows for y in row)",
        "for row in rows:\n    for y in row:\n        if not (y % 2 == 0):\n            return False\nreturn True",
    )


def test_what_is_said_of_all_of_them_follows_the_place() -> None:
    family = make(SEQUENCE, EVEN, ITSELF, EVERY)["every_even_numbers"]

    assert family.wordings["en"] == ("tell whether all numbers in a list are even",)
    assert family.wordings["zh"] == ("判断列表中所有数是否都是偶数",)


def test_a_constant_stands_in_words_and_in_code() -> None:
    family = make(SEQUENCE, ABOVE, ITSELF, SUM)["sum_above_numbers"]

    assert family.wordings["zh"][0] == "返回列表中大于 5 的数的和"
    assert family.bodies[0] == "return sum(x for x in numbers if x > 5)"


def test_a_fold_takes_no_other_kind_than_its_own() -> None:
    assert make(SEQUENCE, EVEN, TEXTS, SUM) == {}


def test_a_fold_may_want_a_test_or_the_thing_itself() -> None:
    assert set(make(SEQUENCE, ALL, EVEN, ITSELF, SQUARES, EVERY)) == {"every_even_numbers"}


def test_a_fold_may_want_another_thing_of_the_same_kind() -> None:
    fold = {**SUM, "of": "number text", "map": "some", "same": True, "bodies": ["return [ITEMS]"]}

    assert set(make(SEQUENCE, ALL, ITSELF, SQUARES, TEXTS, fold)) == {"sum_squares_numbers"}


def test_what_means_nothing_to_a_sequence_is_skipped() -> None:
    assert set(make({**SEQUENCE, "skip": "even"}, ALL, EVEN, ITSELF, SUM)) == {"sum_numbers"}


def test_no_more_are_made_than_a_sequence_asks_for() -> None:
    assert len(make({**SEQUENCE, "limit": 2}, ALL, EVEN, ITSELF, SQUARES, SUM)) == 2


def test_a_product_that_computes_what_another_does_is_left_out() -> None:
    other = {**EVEN, "id": "whole_halves", "test": "x // 2 * 2 == x"}

    assert len(make(SEQUENCE, EVEN, other, ITSELF, SUM)) == 1


def test_a_product_that_computes_what_a_written_family_does_is_left_out() -> None:
    written = read_family(
        {"id": "total", "names": "t", "takes": "numbers: ints", "en": [], "zh": [], "code": "return sum(numbers)"}
    )

    assert list(read_products([SEQUENCE, ALL, ITSELF, SUM], [written])) == []


def test_a_product_that_is_the_same_for_all_is_left_out() -> None:
    assert make(SEQUENCE, {**EVEN, "test": "x > 1000"}, ITSELF, SUM) == {}


def test_a_part_of_another_kind_is_refused() -> None:
    with pytest.raises(MisuseError, match="part odd: kind must be one of sequence, keep, map, fold"):
        make({"id": "odd", "kind": "kept"})

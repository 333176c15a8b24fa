"""The plain values."""

import math
from dataclasses import FrozenInstanceError

import pytest

from chatlstm.records import Record, Request, Turn


@pytest.mark.parametrize("turns", [(), ("",), ("Hello.", "")])
def test_a_record_without_turns_or_with_an_empty_one_is_refused(turns: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"a record needs turns, none of them empty, got \("):
        Record("dialogue", turns)


@pytest.mark.parametrize("weight", [0, -1, math.nan, math.inf])
def test_a_weight_that_is_not_positive_and_finite_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match=f"weight must be positive and finite, got {weight}"):
        Record("dialogue", ("Hello.",), weight=weight)


def test_a_record_weighs_one_by_default_and_stands_alone() -> None:
    record = Record("dialogue", ("Hello.",))

    assert (record.weight, record.document, record.source) == (1.0, "", "")


def test_records_of_the_same_content_are_equal_and_hash_alike() -> None:
    assert len({Record("dialogue", ("Hello.",)), Record("dialogue", ("Hello.",))}) == 1


def test_requests_share_no_options() -> None:
    first = Request("Hello.")
    first.options["candidates"] = "4"

    assert Request("Hello.").options == {}


@pytest.mark.parametrize("value", [Record("a", ("b",)), Turn("person", "Hi."), Request("Hi.")])
def test_a_value_cannot_be_changed(value: object) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(value, next(iter(vars(value))), None)

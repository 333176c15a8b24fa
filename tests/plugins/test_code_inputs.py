"""Arguments drawn by what a parameter takes."""

import random

import pytest
from chatlstm_code.family import evaluate, show
from chatlstm_code.inputs import KINDS, Parameter
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.plugin import MisuseError

seeds = st.integers(0, 2**32).map(random.Random)


@given(seeds, st.sampled_from(sorted(KINDS)))
def test_whatever_is_drawn_can_be_written_out_and_read_again(chance: random.Random, kind: str) -> None:
    value = Parameter.read(f"x: {kind}").draw(chance)

    assert evaluate(show(value), {}) == value


@given(seeds)
def test_lengths_and_numbers_keep_their_bounds(chance: random.Random) -> None:
    numbers = Parameter.read("x: ints 1..3 of 0..9").draw(chance)

    assert isinstance(numbers, list) and 1 <= len(numbers) <= 3 and all(0 <= one <= 9 for one in numbers)


@given(seeds)
def test_the_bounds_of_a_single_number_are_its_size(chance: random.Random) -> None:
    assert Parameter.read("x: int -3..-1").draw(chance) in (-3, -2, -1)


@given(seeds)
def test_a_square_is_as_wide_as_high(chance: random.Random) -> None:
    square = Parameter.read("x: square 2..7").draw(chance)

    assert isinstance(square, list) and all(len(row) == len(square) for row in square)


@given(seeds)
def test_distinct_numbers_differ_and_sorted_ones_rise(chance: random.Random) -> None:
    distinct, rising = (Parameter.read(f"x: {kind} 5..5").draw(chance) for kind in ("distinct", "sorted"))

    assert isinstance(distinct, list) and len(set(distinct)) == 5
    assert isinstance(rising, list) and rising == sorted(rising)


@pytest.mark.parametrize("text", ["x", "x: number", "x: ints 1", "x: ints of 3..4.5"])
def test_what_no_parameter_looks_like_is_refused(text: str) -> None:
    with pytest.raises(MisuseError, match="is no parameter"):
        Parameter.read(text)

"""Filters of any probabilities against plain definitions."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from chatlstm.engine.sampling import (
    keep_min_p,
    keep_nucleus,
    keep_top_k,
    keep_typical,
)

V = 12
Array = NDArray[np.floating]
# float64, so that the filters and the definitions round alike
logit_rows = arrays(np.float64, (2, V), elements=st.integers(-40, 40).map(lambda n: n / 4))
shares = st.sampled_from([0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])


def list_kept(probabilities: Array) -> list[list[int]]:
    """List the token ids each row keeps."""
    return [np.flatnonzero(row).tolist() for row in probabilities]


def weigh(rows: Array) -> Array:
    """Give probabilities that do not sum to 1."""
    weights: Array = np.exp(rows - rows.max(1, keepdims=True))
    return weights


def softmax(row: Array) -> Array:
    powers = np.exp(row - row.max())
    shares: Array = powers / powers.sum()
    return shares


def sort_ids(keys: Sequence[float]) -> list[int]:
    """Sort token ids by key; among equals the lower id is first."""
    return sorted(range(V), key=lambda token_id: (keys[token_id], token_id))


def take_mass(order: list[int], probabilities: Array, mass: float) -> set[int]:
    """Take tokens in order until they hold ``mass``."""
    kept: set[int] = set()
    total = 0.0
    for token_id in order:
        if total >= mass:
            break
        kept.add(token_id)
        total += probabilities[token_id]
    return kept


def define_top_k(row: Array, count: int) -> set[int]:
    return set(sort_ids([-value for value in row])[:count])


def define_nucleus(row: Array, mass: float) -> set[int]:
    return take_mass(sort_ids([-value for value in row]), softmax(row), mass)


def define_min_p(row: Array, share: float) -> set[int]:
    probabilities = softmax(row)
    return {n for n in range(V) if probabilities[n] >= share * probabilities.max()}


def define_typical(row: Array, mass: float) -> set[int]:
    probabilities = softmax(row)
    surprise = -np.log(probabilities)
    entropy = sum(probabilities * surprise)
    # rounded, so that what is equal in exact arithmetic ties here too
    return take_mass(sort_ids([round(abs(s - entropy), 9) for s in surprise]), probabilities, mass)


@given(rows=logit_rows, count=st.integers(1, V + 3))
def test_top_k_is_as_defined(rows: Array, count: int) -> None:
    kept = list_kept(keep_top_k(weigh(rows), count))

    assert list(map(set, kept)) == [define_top_k(row, count) for row in rows]


@given(rows=logit_rows, mass=shares)
def test_the_nucleus_is_as_defined(rows: Array, mass: float) -> None:
    kept = list_kept(keep_nucleus(weigh(rows), mass))

    assert list(map(set, kept)) == [define_nucleus(row, mass) for row in rows]


@given(rows=logit_rows, share=shares)
def test_min_p_is_as_defined(rows: Array, share: float) -> None:
    kept = list_kept(keep_min_p(weigh(rows), share))

    assert list(map(set, kept)) == [define_min_p(row, share) for row in rows]


@given(rows=logit_rows, mass=shares)
def test_the_typical_set_is_as_defined(rows: Array, mass: float) -> None:
    kept = list_kept(keep_typical(weigh(rows), mass))

    assert list(map(set, kept)) == [define_typical(row, mass) for row in rows]


@given(rows=logit_rows, mass=shares)
def test_the_nucleus_holds_the_mass_and_not_without_its_last(rows: Array, mass: float) -> None:
    for row, kept in zip(rows, list_kept(keep_nucleus(weigh(rows), mass)), strict=True):
        held = np.sort(softmax(row)[kept])
        assert held.sum() >= mass - 1e-9
        assert held[1:].sum() < mass + 1e-9


FILTERS: dict[str, Callable[[Array, float], Array]] = {
    "top_k": lambda probabilities, share: keep_top_k(probabilities, 1 + int(share * 10)),
    "nucleus": keep_nucleus,
    "min_p": keep_min_p,
    "typical": keep_typical,
}
each_filter = pytest.mark.parametrize("keep", FILTERS.values(), ids=FILTERS)


@each_filter
@given(rows=logit_rows, banned=st.sets(st.integers(0, V - 1), max_size=V - 1), share=shares)
def test_a_row_with_something_allowed_keeps_something_of_it(
    keep: Callable[[Array, float], Array], rows: Array, banned: set[int], share: float
) -> None:
    rows[:, sorted(banned)] = -np.inf

    kept = list_kept(keep(weigh(rows).astype(np.float32), share))

    assert all(row and not banned & set(row) for row in kept)


@each_filter
@given(rows=logit_rows, share=shares)
def test_what_stays_stays_unchanged(keep: Callable[[Array, float], Array], rows: Array, share: float) -> None:
    kept = keep(weigh(rows), share)

    assert np.array_equal(np.where(kept > 0, kept, weigh(rows)), weigh(rows))


@each_filter
def test_a_filter_keeps_single_precision(keep: Callable[[Array, float], Array]) -> None:
    assert keep(np.ones((2, V), np.float32), 0.5).dtype == np.float32

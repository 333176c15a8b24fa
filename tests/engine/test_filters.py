"""Filters against values worked by hand, and against plain definitions."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from chatlstm.engine.filters import (
    Mask,
    Weights,
    keep_min_p,
    keep_nucleus,
    keep_top_k,
    keep_typical,
)

V = 12
Array = NDArray[np.float64]
# float64, so that the filters and the definitions round alike
logits = arrays(np.float64, V, elements=st.integers(-40, 40).map(lambda n: n / 4))
shares = st.sampled_from([0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])


def list_kept(mask: Mask) -> list[int]:
    """List the token ids that are kept."""
    return np.flatnonzero(mask).tolist()


def weigh(row: Array) -> Weights:
    """Give probabilities that do not sum to 1."""
    weights: Weights = np.exp(row - row.max())
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


@given(row=logits, count=st.integers(1, V + 3))
def test_top_k_is_as_defined(row: Array, count: int) -> None:
    assert set(list_kept(keep_top_k(weigh(row), count))) == define_top_k(row, count)


@given(row=logits, mass=shares)
def test_the_nucleus_is_as_defined(row: Array, mass: float) -> None:
    assert set(list_kept(keep_nucleus(weigh(row), mass))) == define_nucleus(row, mass)


@given(row=logits, share=shares)
def test_min_p_is_as_defined(row: Array, share: float) -> None:
    assert set(list_kept(keep_min_p(weigh(row), share))) == define_min_p(row, share)


@given(row=logits, mass=shares)
def test_the_typical_set_is_as_defined(row: Array, mass: float) -> None:
    assert set(list_kept(keep_typical(weigh(row), mass))) == define_typical(row, mass)


@given(row=logits, mass=shares)
def test_the_nucleus_holds_the_mass_and_not_without_its_last(row: Array, mass: float) -> None:
    held = np.sort(softmax(row)[keep_nucleus(weigh(row), mass)])

    assert held.sum() >= mass - 1e-9
    assert held[1:].sum() < mass + 1e-9


@given(row=logits, mass=shares, left_out=st.integers(0, V - 1))
def test_a_nucleus_may_be_sought_among_the_largest(row: Array, mass: float, left_out: int) -> None:
    weights = np.sort(weigh(row))[::-1]
    largest = weights[: V - left_out]

    found = keep_nucleus(largest, mass, total=float(weights.sum()))
    assert np.array_equal(found, keep_nucleus(weights, mass)[: len(largest)])


def test_top_k_keeps_the_most_probable() -> None:
    assert list_kept(keep_top_k(np.array([0.1, 0.4, 0.2, 0.3]), 2)) == [1, 3]


def test_top_k_beyond_the_vocabulary_keeps_all() -> None:
    assert list_kept(keep_top_k(np.array([0.6, 0.4]), 5)) == [0, 1]


def test_the_nucleus_is_the_smallest_set_that_holds_the_mass() -> None:
    assert list_kept(keep_nucleus(np.array([0.125, 0.5, 0.125, 0.25]), 0.75)) == [1, 3]


def test_a_nucleus_of_all_mass_keeps_all() -> None:
    assert list_kept(keep_nucleus(np.array([0.6, 0.4, 1e-30]), 1)) == [0, 1, 2]


@pytest.mark.parametrize("mass", [0, -0.5, 1.5, float("nan")])
def test_a_nucleus_of_impossible_mass_is_refused(mass: float) -> None:
    with pytest.raises(ValueError, match=r"mass must be in \(0, 1\], got"):
        keep_nucleus(np.array([0.6, 0.4]), mass)


def test_min_p_keeps_what_has_its_share_of_the_best() -> None:
    assert list_kept(keep_min_p(np.array([0.5, 0.25, 0.15, 0.1]), 0.3)) == [0, 1, 2]


def test_typical_drops_the_most_probable_where_it_surprises_too_little() -> None:
    # entropy 0.898; surprises 0.511, 1.204, 2.303: distances 0.387, 0.306, 1.405
    assert list_kept(keep_typical(np.array([0.6, 0.3, 0.1]), 0.2)) == [1]


FILTERS: dict[str, Callable[[Weights, float], Mask]] = {
    "top_k": lambda weights, share: keep_top_k(weights, 1 + int(share * 10)),
    "nucleus": keep_nucleus,
    "min_p": keep_min_p,
    "typical": keep_typical,
}
each_filter = pytest.mark.parametrize("keep", FILTERS.values(), ids=FILTERS)


@each_filter
@given(row=logits, share=shares)
def test_something_is_always_kept(keep: Callable[[Weights, float], Mask], row: Array, share: float) -> None:
    assert keep(weigh(row), share).any()


TIES: list[Callable[[Weights], Mask]] = [
    lambda weights: keep_top_k(weights, 2),
    lambda weights: keep_nucleus(weights, 2 / 4096),
    lambda weights: keep_typical(weights, 2 / 4096),
]


@pytest.mark.parametrize("keep", TIES, ids=["top_k", "nucleus", "typical"])
def test_ties_keep_the_lower_token_id(keep: Callable[[Weights], Mask]) -> None:
    assert list_kept(keep(np.ones(4096))) == [0, 1]

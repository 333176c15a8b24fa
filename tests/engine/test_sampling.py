"""Penalties against values worked by hand, the shortlist against all tokens, and the draw against chance."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from chatlstm.engine.api import Sampling
from chatlstm.engine.filters import filter_weights
from chatlstm.engine.sampling import (
    ban_repeated_ngrams,
    choose_tokens,
    keep_candidates,
    penalise_repetition,
)

V = 12
Array = NDArray[np.floating]


def test_a_penalty_divides_positive_and_multiplies_negative_logits() -> None:
    logits = np.array([[2.0, -2.0, 0.0, 1.0], [2.0, -2.0, 0.0, 1.0]])

    found = penalise_repetition(logits, [[0, 1, 1], [3]], 4.0)

    assert found.tolist() == [[0.5, -8.0, 0.0, 1.0], [2.0, -2.0, 0.0, 0.25]]


def test_a_penalty_forgets_what_is_more_than_64_tokens_ago() -> None:
    drawn = [[0] + [1] * 63, [0] + [1] * 64]

    assert penalise_repetition(np.ones((2, 2)), drawn, 2.0).tolist() == [[0.5, 0.5], [1.0, 0.5]]


def test_a_penalty_leaves_its_input_alone() -> None:
    logits = np.ones((1, 2))
    penalise_repetition(logits, [[0]], 2.0)

    assert logits.tolist() == [[1.0, 1.0]]


NGRAMS: list[tuple[list[int], int, list[int]]] = [
    ([1, 2, 3, 1, 2], 3, [0, 1, 2]),
    ([1, 2, 1, 3, 1], 2, [0, 1]),
    ([1, 1], 2, [0, 2, 3]),
    ([1, 2], 1, [0, 3]),
    ([1], 2, [0, 1, 2, 3]),
    ([], 1, [0, 1, 2, 3]),
]


@pytest.mark.parametrize(("drawn", "size", "kept"), NGRAMS)
def test_what_would_repeat_a_run_is_banned(drawn: list[int], size: int, kept: list[int]) -> None:
    assert np.flatnonzero(ban_repeated_ngrams(np.zeros((1, 4)), [drawn], size)[0] == 0).tolist() == kept


def test_a_row_that_could_only_repeat_is_left_as_it_is() -> None:
    assert ban_repeated_ngrams(np.zeros((2, 2)), [[0, 1], [0, 0]], 1).tolist() == [[0.0, 0.0], [-np.inf, 0.0]]


@given(size=st.integers(1, 3), seed=st.integers(0, 1000))
def test_no_run_occurs_twice(size: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    logits = random.standard_normal((1, 30))
    drawn: list[int] = []
    for _ in range(25):
        drawn.append(int(choose_tokens(logits, [drawn], Sampling(no_repeat_ngram=size), random)[0]))

    runs = [tuple(drawn[start : start + size]) for start in range(len(drawn) - size + 1)]
    assert len(set(runs)) == len(runs)


samplings = st.builds(
    Sampling,
    temperature=st.sampled_from([0.1, 0.7, 1.0, 3.0]),
    top_k=st.sampled_from([0, 1, 3, V, 2 * V]),
    nucleus=st.sampled_from([0.1, 0.5, 0.9, 1.0]),
    min_p=st.sampled_from([0.0, 0.05, 0.5]),
    typical=st.sampled_from([0.2, 0.8, 1.0]),
)


@given(
    logits=arrays(np.float64, (3, V), elements=st.integers(-40, 40).map(lambda n: n / 4.01)),
    banned=st.sets(st.integers(0, V - 1), max_size=V - 1),
    sampling=samplings,
)
def test_the_shortlist_leaves_out_nothing_that_a_filter_keeps(
    logits: Array, banned: set[int], sampling: Sampling
) -> None:
    logits[:, sorted(banned)] = -np.inf
    rows, tokens, weights = keep_candidates(logits, sampling)

    for number, row in enumerate(logits):
        finite = np.flatnonzero(row > -np.inf)
        powers = np.exp((row[finite] - row.max()) / sampling.temperature)
        kept = filter_weights(powers, sampling, powers.sum())
        assert tokens[rows == number].tolist() == finite[kept].tolist()
        assert np.allclose(weights[rows == number], powers[kept])


def draw(probabilities: Sequence[float], sampling: Sampling, count: int = 20_000) -> Array:
    """Count how often each token is drawn."""
    logits = np.log(np.array(probabilities, np.float32))[None].repeat(count, axis=0)
    drawn = choose_tokens(logits, [[]] * count, sampling, np.random.default_rng(1))
    return np.bincount(drawn, minlength=len(probabilities)).astype(np.float64)


# What is drawn, after each filter, worked by hand from 0.4 0.3 0.2 0.1.
DRAWS = {
    "none": (Sampling(), [0.4, 0.3, 0.2, 0.1]),
    "temperature": (Sampling(temperature=0.5), [16 / 30, 9 / 30, 4 / 30, 1 / 30]),
    "top_k": (Sampling(top_k=2), [4 / 7, 3 / 7, 0, 0]),
    "nucleus": (Sampling(nucleus=0.8), [4 / 9, 3 / 9, 2 / 9, 0]),
    "min_p": (Sampling(min_p=0.6), [4 / 7, 3 / 7, 0, 0]),
    # entropy 1.280 nats; surprises 0.916, 1.204, 1.609, 2.303: the second, then the third
    "typical": (Sampling(typical=0.4), [0, 3 / 5, 2 / 5, 0]),
    "all": (Sampling(temperature=0.5, top_k=3, nucleus=0.9, min_p=0.2, typical=0.9), [16 / 29, 9 / 29, 4 / 29, 0]),
}


@pytest.mark.parametrize(("sampling", "expected"), DRAWS.values(), ids=DRAWS)
def test_tokens_are_drawn_as_often_as_they_are_probable(sampling: Sampling, expected: list[float]) -> None:
    counts = draw([0.4, 0.3, 0.2, 0.1], sampling)

    wanted = np.array(expected) * counts.sum()
    possible = wanted > 0
    assert counts[~possible].sum() == 0
    chi_square = ((counts - wanted)[possible] ** 2 / wanted[possible]).sum()
    assert chi_square < 16.27  # the 0.999 quantile at 3 degrees of freedom


def test_temperature_zero_takes_the_most_probable_and_of_equals_the_first() -> None:
    logits = np.array([[0.0, 2.0, 2.0], [3.0, 1.0, 3.0]])

    assert choose_tokens(logits, [[], []], Sampling(temperature=0), np.random.default_rng(1)).tolist() == [1, 0]


@pytest.mark.parametrize("temperature", [1e-300, 1e-45, 1e-7, 1e-3])
def test_the_smallest_temperatures_take_the_most_probable(temperature: float) -> None:
    logits = np.array([[90.0, 100.0, -np.inf]])

    assert choose_tokens(logits, [[]], Sampling(temperature=temperature), np.random.default_rng(1)).tolist() == [1]


def test_the_highest_temperature_draws_only_what_is_allowed() -> None:
    logits = np.array([[1.0, -np.inf]]).repeat(100, axis=0)
    drawn = choose_tokens(logits, [[]] * 100, Sampling(temperature=1000), np.random.default_rng(1))

    assert set(drawn.tolist()) == {0}


def test_a_penalty_turns_the_choice() -> None:
    sampling = Sampling(temperature=0, repetition_penalty=3.0)

    assert choose_tokens(np.array([[3.0, 2.0]]), [[0]], sampling, np.random.default_rng(1)).tolist() == [1]


def test_the_same_seed_draws_the_same_tokens() -> None:
    logits = np.zeros((50, V))
    first, second = (
        choose_tokens(logits, [[]] * 50, Sampling(), np.random.default_rng(5)) for _ in range(2)
    )

    assert first.tolist() == second.tolist()

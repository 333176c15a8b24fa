"""Fingerprints: what two texts share is found, with few of them, in few bits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.engine.fingerprints import CHANCE, Choice, FingerprintSet, take_fingerprints

WORDS = np.random.default_rng(1).integers(0, 2**62, 5_000)


def take_chosen(words: np.ndarray, choice: Choice, lengths: list[int] | None = None) -> set[int]:
    found = take_fingerprints(words, np.array(lengths or [len(words)]), choice)
    return set(found.numbers[found.chosen].tolist())


@given(st.integers(1, 8), st.integers(0, 4_000), st.integers(0, 40))
def test_texts_that_share_a_span_share_a_chosen_run(window: int, start: int, more: int) -> None:
    choice = Choice(window, least=8)
    shared = WORDS[start : start + choice.span]
    other = np.concatenate([np.arange(more), shared, np.arange(100, 100 + more)])

    assert take_chosen(WORDS, choice) & take_chosen(other, choice)


@given(st.integers(8, 30), st.integers(1, 8))
def test_a_piece_of_eight_words_or_more_has_a_chosen_run(length: int, window: int) -> None:
    assert take_chosen(WORDS[:length], Choice(window, least=8))


def test_few_runs_are_chosen() -> None:
    # 2 / (w + 1) of winnowing, of which the mod-minimizer leaves less
    assert len(take_chosen(WORDS, Choice(window=5, least=8))) < len(WORDS) / 3


def test_a_short_piece_is_chosen_whole_and_a_shorter_one_left_out() -> None:
    found = take_fingerprints(np.arange(12), np.array([7, 3, 2]), Choice(window=5, least=3))

    assert (sorted(found.starts.tolist()), sorted(found.lengths.tolist())) == ([0, 7], [3, 7])
    assert found.chosen.all()


def test_no_run_goes_from_one_piece_into_the_next() -> None:
    found = take_fingerprints(np.arange(20), np.array([9, 11]), Choice(window=5, least=8))

    assert found.starts.tolist() == [0, 1, 9, 10, 11, 12]


def test_the_same_words_have_the_same_number_elsewhere() -> None:
    first = take_fingerprints(np.arange(8), np.array([8]), Choice(1, 8)).numbers
    later = take_fingerprints(np.concatenate([[50, 60], np.arange(8)]), np.array([10]), Choice(1, 8)).numbers

    assert first[0] == later[2]


def test_without_words_there_is_none() -> None:
    nothing = np.zeros(0, np.int64)

    assert len(take_fingerprints(nothing, nothing, Choice(5, 3)).numbers) == 0


@pytest.mark.parametrize(("window", "least", "reason"), [(0, 3, "window"), (9, 3, "window"), (5, 0, "least")])
def test_a_choice_is_checked(window: int, least: int, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Choice(window, least)


@given(st.sets(st.integers(0, 2**64 - 1), max_size=200))
def test_a_set_holds_what_was_packed(numbers: set[int]) -> None:
    packed = np.array(sorted(numbers), np.uint64)

    assert FingerprintSet.pack(packed).contains(packed[::-1]).all()


def test_a_set_takes_18_bits_each_and_errs_as_rarely_as_it_says() -> None:
    random = np.random.default_rng(2)
    held = FingerprintSet.pack(random.integers(0, 2**64, 20_000, np.uint64))
    others = random.integers(0, 2**64, 1_000_000, np.uint64)

    assert held.buckets.nbytes + held.remainders.nbytes == 20_000 * 18 // 8
    assert 0.3 * CHANCE < held.contains(others).mean() < 3 * CHANCE


def test_an_empty_set_holds_nothing() -> None:
    held = FingerprintSet.pack(np.zeros(0, np.uint64))

    assert (len(held), held.contains(np.array([1], np.uint64)).tolist()) == (0, [False])


def test_a_number_given_twice_is_held_once() -> None:
    assert len(FingerprintSet.pack(np.array([5, 5], np.uint64))) == 1


@pytest.mark.parametrize(
    ("buckets", "remainders"),
    [
        (np.zeros(1, np.uint8), np.zeros(5, np.uint16)),
        (np.zeros(2, np.uint16), np.zeros(5, np.uint16)),
        (np.zeros(2, np.uint8), np.zeros(5, np.uint8)),
    ],
)
def test_parts_that_do_not_fit_are_refused(buckets: np.ndarray, remainders: np.ndarray) -> None:
    with pytest.raises(ValueError, match="do not fit 5 fingerprints"):
        FingerprintSet(buckets, remainders)


def test_damaged_buckets_are_refused() -> None:
    held = FingerprintSet(np.zeros(2, np.uint8), np.zeros(5, np.uint16))

    with pytest.raises(ValueError, match="as many fingerprints"):
        held.contains(np.array([1], np.uint64))

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.engine.corpus import RECORDS_TO_RELEASE, TokenFile
from chatlstm.engine.packer import RECORDS_AT_ONCE, Packer, order_epoch
from tests.engine.texts import count_releases, make_token_file

lengths = st.lists(st.integers(1, 12), min_size=1, max_size=12)
row_counts, step_counts, seeds = st.integers(1, 5), st.integers(1, 7), st.integers(0, 2**32 - 1)


def make_unlike_records(lengths: list[int]) -> TokenFile:
    """Make records no two tokens of which are alike, so that a token tells where it stood."""
    ends = np.cumsum(lengths).tolist()
    return make_token_file([list(range(*pair)) for pair in pairwise([0, *ends])])


def deal_rows(packer: Packer, steps: int, windows: int) -> list[list[int]]:
    """Deal windows and join what each row read; the last column is read again by the next window."""
    dealt = np.concatenate([packer.next_window(steps)[:, :-1] for _ in range(windows)], axis=1)
    rows: list[list[int]] = dealt.tolist()
    return rows


def count_openings(tokens: TokenFile, rows: list[list[int]]) -> list[int]:
    return [sum(row.count(int(start)) for row in rows) for start in tokens.starts[:-1]]


@given(lengths, row_counts, step_counts, seeds)
def test_a_row_reads_whole_records_one_after_the_other(
    lengths: list[int], rows: int, steps: int, seed: int
) -> None:
    tokens = make_unlike_records(lengths)
    last = set((tokens.starts[1:] - 1).tolist())
    first = set(tokens.starts[:-1].tolist())

    for row in deal_rows(Packer(tokens, batch_size=rows, seed=seed), steps, 20):
        assert row[0] in first
        for before, after in pairwise(row):
            assert after in first if before in last else after == before + 1


@given(lengths, row_counts, step_counts, seeds)
def test_no_record_is_dealt_again_before_all_others_are(
    lengths: list[int], rows: int, steps: int, seed: int
) -> None:
    tokens = make_unlike_records(lengths)

    openings = count_openings(tokens, deal_rows(Packer(tokens, batch_size=rows, seed=seed), steps, 20))

    # a record that is looked at in the last column alone has not been read: one a row at most
    assert max(openings) - min(openings) <= 1 + rows


@given(lengths, seeds)
def test_an_epoch_deals_every_token_of_every_record_once(lengths: list[int], seed: int) -> None:
    tokens = make_unlike_records(lengths)

    (row,) = deal_rows(Packer(tokens, batch_size=1, seed=seed), sum(lengths), 1)

    assert sorted(row) == list(range(sum(lengths)))


@given(lengths, seeds)
def test_a_single_row_reads_the_epochs_in_their_order(lengths: list[int], seed: int) -> None:
    tokens = make_unlike_records(lengths)
    orders = [order_epoch(tokens.weights, seed=seed, epoch=epoch) for epoch in range(3)]
    expected = np.concatenate([tokens.record(int(number)) for order in orders for number in order])

    (row,) = deal_rows(Packer(tokens, batch_size=1, seed=seed), sum(lengths), 3)

    assert row == expected.tolist()


@given(lengths, row_counts, step_counts, seeds)
def test_a_restored_packer_goes_on_where_it_was_saved(
    lengths: list[int], rows: int, steps: int, seed: int
) -> None:
    tokens = make_unlike_records(lengths)
    packer = Packer(tokens, batch_size=rows, seed=seed)
    deal_rows(packer, steps, 7)
    restored = Packer(tokens, batch_size=1, seed=seed)
    restored.restore_position(packer.save_position())

    assert deal_rows(restored, steps, 20) == deal_rows(packer, steps, 20)


def test_windows_overlap_by_one_token() -> None:
    packer = Packer(make_unlike_records([9]), batch_size=1, seed=0)

    assert packer.next_window(3)[0, -1] == packer.next_window(3)[0, 0]


def test_the_epochs_read_are_the_records_taken() -> None:
    packer = Packer(make_unlike_records([2, 2, 2, 2]), batch_size=1, seed=0)

    packer.next_window(5)  # looks at six tokens, three records

    assert packer.epochs_read == 0.75


def test_other_rows_take_new_records() -> None:
    packer = Packer(make_unlike_records([3, 3, 3, 3]), batch_size=1, seed=0)
    packer.next_window(1)
    packer.resize(2)

    assert (packer.batch_size, packer.next_window(1)[:, 0].tolist()) == (
        2,
        [3 * number for number in order_epoch(np.ones(4, np.float32), seed=0, epoch=0)[1:3]],
    )


def test_nothing_to_deal_is_refused() -> None:
    with pytest.raises(ValueError, match="no record"):
        Packer(make_token_file([]), batch_size=1, seed=0)


@given(st.lists(st.integers(1, 32), min_size=1, max_size=20), seeds, st.integers(0, 9))
def test_an_epoch_shows_a_record_as_often_as_its_weight_says(
    eighths: list[int], seed: int, epoch: int
) -> None:
    order = order_epoch((np.array(eighths) / 8).astype(np.float32), seed=seed, epoch=epoch).tolist()

    assert all(order.count(n) in (weight // 8, -(-weight // 8)) for n, weight in enumerate(eighths))


def test_a_half_is_shown_in_half_of_the_epochs() -> None:
    weights = np.array([0.5], np.float32)

    shown = sum(len(order_epoch(weights, seed=0, epoch=epoch)) for epoch in range(1000))

    assert 430 < shown < 570  # the mean is 500, the deviation 16


def test_epochs_differ_in_their_order() -> None:
    weights = np.ones(50, np.float32)
    orders = {tuple(order_epoch(weights, seed=0, epoch=epoch).tolist()) for epoch in range(10)}

    assert len(orders) == 10


def test_an_epoch_in_which_chance_shows_nothing_is_passed_over() -> None:
    tokens = make_token_file([[7, 8]], weights=[0.1])

    assert Packer(tokens, batch_size=1, seed=0).next_window(3).tolist() == [[7, 8, 7, 8]]


@given(st.lists(st.floats(0.1, 4), min_size=1, max_size=50), seeds)
def test_the_order_of_an_epoch_is_numpy_s_permutation_of_its_records(weights: list[float], seed: int) -> None:
    shown = np.array(weights, np.float32)
    random = np.random.default_rng([seed, 0])
    times = np.floor(shown).astype(int) + (random.random(len(shown)) < shown - np.floor(shown))

    expected = random.permutation(np.repeat(np.arange(len(shown)), times))

    assert order_epoch(shown, seed=seed, epoch=0).tolist() == expected.tolist()


def test_a_text_of_many_records_is_ordered_part_by_part() -> None:
    count = RECORDS_AT_ONCE + 3

    assert np.array_equal(np.sort(order_epoch(np.ones(count, np.float32), seed=1, epoch=0)), np.arange(count))


def test_memory_is_given_back_while_an_epoch_is_read() -> None:
    tokens = count_releases(make_token_file([[1]] * 3 * RECORDS_TO_RELEASE))

    Packer(tokens, batch_size=1, seed=1).next_window(3 * RECORDS_TO_RELEASE - 1)

    assert len(tokens.released) == 1 + 3  # once it was ordered, and while it was read

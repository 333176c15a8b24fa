from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pytest
import torch

from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.corpus import TokenFile
from chatlstm.engine.feed import Feed
from chatlstm.engine.workers import Workers
from tests.engine.texts import make_token_file

CPU = torch.device("cpu")
B, T = 7, 3
TEXT = make_token_file([list(range(10 * n, 10 * n + 3 + n % 5)) for n in range(20)])
DROPPED = NetworkConfig(9, hidden_size=5, num_layers=1, hidden_dropout=0.5)
each_count = pytest.mark.parametrize("count", [1, 2, 3])
Value = TypeVar("Value")


@dataclass(frozen=True)
class Told(Workers):
    """A worker that is told beforehand what it and the others will say."""

    said: tuple[object, ...] = ()

    def gather(self, value: Value) -> list[Value]:
        return list(self.said)  # type: ignore[arg-type]  # the test says what fits


def make_feeds(count: int, *, batch_size: int = B, seed: int = 1) -> list[Feed]:
    """Make the feeds of all workers, who read one text."""
    crew = [Workers(rank, count) for rank in range(count)]
    return [Feed(TEXT, batch_size=batch_size, seed=seed, workers=each, sharded=False) for each in crew]


def deal(feeds: list[Feed], windows: int = 5) -> list[list[list[int]]]:
    """Deal windows to all and put their rows together."""
    return [np.concatenate([feed.next_window(T) for feed in feeds]).tolist() for _ in range(windows)]


@each_count
def test_the_workers_rows_together_are_those_of_one_process(count: int) -> None:
    assert deal(make_feeds(count)) == deal(make_feeds(1))


@each_count
def test_after_another_number_of_rows_they_still_are(count: int) -> None:
    feeds, alone = make_feeds(count, batch_size=3), make_feeds(1, batch_size=3)
    deal(feeds), deal(alone)
    for feed in (*feeds, *alone):
        feed.resize(B)

    assert deal(feeds) == deal(alone)


@each_count
def test_the_rows_that_forget_are_those_of_one_process(count: int) -> None:
    shares = [feed.choose_forgetful(4, 0.5).tolist() for feed in make_feeds(count)]

    assert [each for share in shares for each in share] == make_feeds(1)[0].choose_forgetful(4, 0.5).tolist()


@each_count
def test_what_is_dropped_is_what_one_process_drops(count: int) -> None:
    shares = [feed.draw_masks(4, DROPPED, CPU).hidden for feed in make_feeds(count)]
    whole = make_feeds(1)[0].draw_masks(4, DROPPED, CPU).hidden

    assert whole is not None
    assert torch.equal(torch.cat([share for share in shares if share is not None], dim=1), whole)


def test_chance_follows_from_the_seed_and_the_step() -> None:
    drawn = []
    for seed, step in ((1, 4), (1, 4), (1, 5), (2, 4)):
        (feed,) = make_feeds(1, batch_size=50, seed=seed)
        hidden = feed.draw_masks(step, DROPPED, CPU).hidden
        assert hidden is not None
        drawn.append((hidden.tolist(), feed.choose_forgetful(step, 0.5).tolist()))

    assert drawn[0] == drawn[1]
    assert all(first != second for each in drawn[2:] for first, second in zip(drawn[0], each, strict=True))


@pytest.mark.parametrize(("before", "after"), [(1, 3), (3, 2)])
def test_any_number_of_workers_goes_on_where_others_were(before: int, after: int) -> None:
    feeds, resumed = make_feeds(before), make_feeds(after, batch_size=2)
    deal(feeds)
    for feed in resumed:
        feed.restore_position(feeds[0].save_position())

    assert deal(resumed) == deal(feeds)


def make_sharing_feed(rank: int, said: tuple[object, ...] = (), *, batch_size: int = B) -> Feed:
    """Make the feed of one of two workers, who read every other record."""
    records = [TEXT.record(number).tolist() for number in range(rank, 20, 2)]
    share: TokenFile = make_token_file(records)
    return Feed(share, batch_size=batch_size, seed=1, workers=Told(rank, 2, said=said), sharded=True)


def test_a_share_is_read_by_its_worker_alone() -> None:
    windows = [make_sharing_feed(rank).next_window(T) for rank in (0, 1)]

    assert [window.shape for window in windows] == [(3, T + 1), (4, T + 1)]
    assert [set((window[:, 0] // 10 % 2).tolist()) for window in windows] == [{0}, {1}]


def test_workers_with_shares_go_on_where_each_was() -> None:
    feeds = [make_sharing_feed(rank) for rank in (0, 1)]
    deal(feeds)
    positions = tuple(feed._packer.save_position() for feed in feeds)
    saved = make_sharing_feed(0, positions).save_position()
    resumed = [make_sharing_feed(rank, batch_size=2) for rank in (0, 1)]
    for feed in resumed:
        feed.restore_position(saved)

    assert [feed.batch_size for feed in resumed] == [B, B]
    assert deal(resumed) == deal(feeds)

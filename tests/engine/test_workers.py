import json
import socket

import pytest
import torch
from torch.distributed.distributed_c10d import Store

from chatlstm.engine.workers import (
    ALONE,
    WorkerLostError,
    Workers,
    choose_backend,
    choose_worker_device,
    count_cards,
    join_workers,
)
from chatlstm.errors import MisuseError
from tests.engine.crew import run_as_crew

CPU = torch.device("cpu")
Told = list[dict[str, object]]


@pytest.fixture(scope="module")
def told() -> Told:
    """Give what each of two workers got, in real processes."""
    ended = run_as_crew(("-m", "tests.engine.exchanges"), [None, None])
    assert [each.returncode for each in ended] == [0, 0], ended
    return [json.loads(each.stdout) for each in ended]


def test_each_knows_its_place(told: Told) -> None:
    assert [each["place"] for each in told] == [[0, 2, 0, 2], [1, 2, 1, 2]]


EXCHANGED = {
    "value": {"from": 0},
    "value of the last": {"from": 1},
    "bytes": "00ff",
    "no bytes": "",
    "tensors": {"a": [1.5, 2.5], "b": 7},
    "values": [0, 1],
    "rows": [[[0.0, 0.0], [1.0, 1.0], [1.0, 1.0]]],
    "sums": [2.0, 1.0],
    "gradients": [[3.0, 3.0], [3.0, 3.0]],
    "no gradient": None,
}


@pytest.mark.parametrize("name", EXCHANGED)
def test_both_get_the_same(name: str, told: Told) -> None:
    assert [each[name] for each in told] == [EXCHANGED[name]] * 2


def test_one_of_them_claims_to_tell(told: Told) -> None:
    assert [each["claims"] for each in told] in ([[True, False]] * 2, [[False, True]] * 2)


def test_who_waits_for_a_worker_that_has_ended_is_told(told: Told) -> None:
    assert told[0]["lost"] == "another worker ended or cannot be reached"


def test_who_is_alone_gets_back_what_it_gave() -> None:
    weight, mine = torch.zeros(1), torch.ones(1, 2, 3)
    weight.grad = torch.ones(1)
    ALONE.add_gradients([weight])

    assert (ALONE.share("x"), ALONE.share_bytes(b"x"), ALONE.gather(1), ALONE.add_numbers([2.0])) == (
        "x", b"x", [1], [2.0]
    )  # fmt: skip
    assert ALONE.share_tensors({"mine": mine}, CPU)["mine"] is mine
    assert ALONE.gather_rows(mine, 2) is mine
    assert (float(weight.grad), ALONE.claim(), ALONE.leads) == (1.0, True, True)


@pytest.mark.parametrize("environment", [{}, {"WORLD_SIZE": "1", "RANK": "0"}])
def test_a_single_process_meets_nobody(environment: dict[str, str]) -> None:
    with join_workers(environment, CPU) as workers:
        assert workers is ALONE
    assert not torch.distributed.is_initialized()


@pytest.mark.parametrize(("count", "batch"), [(1, 4), (2, 4), (2, 5), (3, 8), (4, 4)])
def test_the_rows_of_all_are_each_row_once_and_nearly_as_many_for_each(count: int, batch: int) -> None:
    shares = [list(range(batch))[Workers(rank, count).rows(batch)] for rank in range(count)]

    assert [row for share in shares for row in share] == list(range(batch))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


class LostStore(Store):
    """A store whose keeper has ended."""

    def add(self, key: str, number: int) -> int:
        raise RuntimeError("connection reset")


def test_where_nobody_keeps_count_each_tells() -> None:
    assert Workers(rank=1, count=2, store=LostStore()).claim()


def test_cards_exchange_gradients_by_nccl_and_the_rest_by_gloo() -> None:
    assert choose_backend(torch.device("cuda:1")) == "cpu:gloo,cuda:nccl"
    assert choose_backend(CPU) == "gloo"


@pytest.mark.parametrize(
    ("name", "present", "chosen"),
    [
        (None, ("cuda", "cpu"), "cuda:1"),
        ("cuda", ("cuda", "cpu"), "cuda:1"),
        ("cpu", ("cuda", "cpu"), "cpu"),
        (None, ("mps", "cpu"), "cpu"),
        (None, ("cpu",), "cpu"),
    ],
)
def test_each_worker_computes_on_its_own_card_or_on_the_cpu(
    name: str | None, present: tuple[str, ...], chosen: str
) -> None:
    assert choose_worker_device(name, present, local_rank=1, cards=2) == torch.device(chosen)


@pytest.mark.parametrize(
    ("name", "present", "cards", "sentence"),
    [
        ("cuda", ("cpu",), 0, "no device 'cuda' here"),
        ("cuda:0", ("cuda", "cpu"), 2, "a card each"),
        ("mps", ("mps", "cpu"), 0, "a card each"),
        (None, ("cuda", "cpu"), 1, "no card for worker 2 of this machine; give torchrun --nproc-per-node 1"),
    ],
)
def test_a_device_that_workers_cannot_have_is_refused(
    name: str | None, present: tuple[str, ...], cards: int, sentence: str
) -> None:
    with pytest.raises(MisuseError, match=sentence):
        choose_worker_device(name, present, local_rank=1, cards=cards)


def test_cards_are_counted() -> None:
    assert count_cards() == torch.cuda.device_count()


def test_a_meeting_place_that_is_taken_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        environment = {"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

        with pytest.raises(WorkerLostError), join_workers(environment, CPU):
            pass

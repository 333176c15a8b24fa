"""Workers: the processes that train one network together, as torchrun starts them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import torch
from torch import Tensor, distributed
from torch.distributed.distributed_c10d import PrefixStore, Store
from torch.distributed.rendezvous import rendezvous

from chatlstm.engine.device import choose_device
from chatlstm.errors import ChatLSTMError, MisuseError

WAIT = timedelta(days=1)  # the others wait while the first one prepares a large text
Value = TypeVar("Value")


class WorkerLostError(ChatLSTMError):
    """Another worker ended, or cannot be reached any more.

    Example:
        >>> WorkerLostError("another worker ended").exit_code
        1
    """


@dataclass(frozen=True)
class Workers:
    """The processes that train one network together, seen from one of them.

    The first one leads: it writes all files and tells how it goes. Each method but ``rows`` is a
    meeting: all of them call it, in the same order, and wait for each other. A process that is
    alone meets nobody and gets back what it gave.

    Args:
        rank: Which of them this is, ``0 <= rank < count``.
        count: How many there are.
        local_rank: Which of those on its machine it is.
        local_count: How many are on its machine.
        store: What they share besides, as torchrun keeps it.

    Example:
        >>> workers = Workers(rank=1, count=3)
        >>> workers.leads, workers.rows(8)
        (False, slice(2, 5, None))
        >>> Workers().share("alone")
        'alone'
    """

    rank: int = 0
    count: int = 1
    local_rank: int = 0
    local_count: int = 1
    store: Store | None = None

    @property
    def leads(self) -> bool:
        """Tell whether this is the first one."""
        return self.rank == 0

    def rows(self, batch: int) -> slice:
        """Tell which rows of a batch are this worker's; all have as many, or one more."""
        return slice(batch * self.rank // self.count, batch * (self.rank + 1) // self.count)

    def share(self, value: Value, source: int = 0) -> Value:
        """Give everyone the plain value, as JSON holds it, that one of them has."""
        if self.count == 1:
            return value
        shared: Value = json.loads(self.share_bytes(json.dumps(value).encode(), source))
        return shared

    def share_bytes(self, content: bytes, source: int = 0) -> bytes:
        """Give everyone the bytes that one of them has."""
        if self.count == 1:
            return content
        size = self._broadcast(torch.tensor([len(content)]), source)
        if not size:
            return b""
        mine = torch.frombuffer(bytearray(content), dtype=torch.uint8) if self.rank == source else None
        held = torch.empty(int(size), dtype=torch.uint8) if mine is None else mine
        return self._broadcast(held, source).numpy().tobytes()

    def share_tensors(self, tensors: Mapping[str, Tensor], device: torch.device) -> dict[str, Tensor]:
        """Give everyone the tensors that the first one has.

        Args:
            tensors: By name; of the first worker, on ``device``.
            device: Where the others want them.
        """
        if self.count == 1:
            return dict(tensors)
        layout = [(name, list(each.shape), str(each.dtype)) for name, each in tensors.items()]
        shared = {}
        for name, shape, kind in self.share(layout):
            dtype = getattr(torch, kind.removeprefix("torch."))
            held = tensors[name].contiguous() if self.leads else torch.empty(shape, dtype=dtype, device=device)
            shared[name] = self._broadcast(held, 0)
        return shared

    def gather(self, value: Value) -> list[Value]:
        """Give everyone the plain values of all, in their order."""
        return [self.share(value, source) for source in range(self.count)]

    def gather_rows(self, mine: Tensor, batch: int) -> Tensor:
        """Put together what each has of the rows.

        Args:
            mine: Shape ``(L, b, H)``, the rows ``rows(batch)``.
            batch: Rows B of all.

        Returns:
            Shape ``(L, B, H)``, the same for all.
        """
        if self.count == 1:
            return mine
        whole = mine.new_zeros(mine.shape[0], batch, mine.shape[2])
        whole[:, self.rows(batch)] = mine
        return self._add(whole)

    def add_numbers(self, numbers: Sequence[float]) -> list[float]:
        """Add up what each has, number by number."""
        if self.count == 1:
            return list(numbers)
        return [float(total) for total in self._add(torch.tensor(numbers, dtype=torch.float64))]

    def add_gradients(self, parameters: Iterable[Tensor]) -> None:
        """Replace the gradients of all parameters by their sums over the workers.

        They travel as one vector, for many small messages take longer than a large one.
        """
        if self.count == 1:
            return
        gradients = [each.grad for each in parameters if each.grad is not None]
        sums = self._add(torch.cat([gradient.flatten() for gradient in gradients]))
        parts = torch.split(sums, [gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))

    def claim(self) -> bool:
        """Tell whether this worker is the first to ask; no meeting. It then tells why all end."""
        if self.store is None:
            return True
        try:
            return bool(self.store.add("claimed", 1) == 1)
        except RuntimeError:  # who kept the store has ended
            return True

    def _broadcast(self, tensor: Tensor, source: int) -> Tensor:
        with _expect_others():
            distributed.broadcast(tensor, source)
        return tensor

    def _add(self, tensor: Tensor) -> Tensor:
        with _expect_others():
            distributed.all_reduce(tensor)
        return tensor


ALONE = Workers()


@contextmanager
def join_workers(environment: Mapping[str, str], device: torch.device) -> Iterator[Workers]:
    """Meet the other processes that torchrun started, if it did.

    Gradients travel by NCCL between graphics cards; everything else, and everything between
    CPUs, by gloo.

    Args:
        environment: The process's; torchrun tells it ``RANK``, ``WORLD_SIZE`` and where to meet.
        device: Where this one computes.

    Yields:
        The workers; ``ALONE`` without torchrun, or where it started a single process.

    Raises:
        WorkerLostError: One of them did not come.
    """
    if environment.get("WORLD_SIZE", "1") == "1":
        yield ALONE
        return
    with _expect_others():
        store, rank, count = next(rendezvous("env://"))
        backend = choose_backend(device)
        distributed.init_process_group(backend, store=store, rank=rank, world_size=count, timeout=WAIT)
    local_rank, local_count = (int(environment[name]) for name in ("LOCAL_RANK", "LOCAL_WORLD_SIZE"))
    attempt = environment.get("TORCHELASTIC_RESTART_COUNT", "0")
    yield Workers(rank, count, local_rank, local_count, PrefixStore(attempt, store))
    distributed.destroy_process_group()  # not after an error: it would wait for who has ended


def choose_backend(device: torch.device) -> str:
    """Choose what carries tensors between workers that compute on such a device.

    Example:
        >>> choose_backend(torch.device("cuda:1"))
        'cpu:gloo,cuda:nccl'
    """
    return "cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo"


def count_cards() -> int:
    """Count the graphics cards of this machine that CUDA reaches."""
    return torch.cuda.device_count()


def choose_worker_device(
    name: str | None, present: tuple[str, ...], *, local_rank: int, cards: int
) -> torch.device:
    """Choose where one of several workers computes: each on its own graphics card, or on the CPU.

    Args:
        name: ``"cuda"``, ``"cpu"`` or None for cards where there are any.
        present: What the machine has, as ``list_devices`` tells.
        local_rank: Which of the machine's workers it is.
        cards: How many cards the machine has.

    Raises:
        MisuseError: The device is not there, cannot be shared, or there are too few cards.

    Example:
        >>> choose_worker_device(None, ("cuda", "cpu"), local_rank=1, cards=2)
        device(type='cuda', index=1)
    """
    chosen = choose_device(name or ("cuda" if "cuda" in present else "cpu"), present)
    if chosen.type == "cpu":
        return chosen
    if chosen != torch.device("cuda"):
        raise MisuseError(f"several workers compute on cuda, a card each, or on cpu, got --device {name}")
    if local_rank >= cards:
        raise MisuseError(
            f"there is no card for worker {local_rank + 1} of this machine; give torchrun --nproc-per-node {cards}"
        )
    return torch.device("cuda", local_rank)


@contextmanager
def _expect_others() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:  # torch has no narrower one for gloo
        raise WorkerLostError("another worker ended or cannot be reached") from error

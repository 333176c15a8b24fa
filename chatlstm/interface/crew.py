"""Several workers that train one run: how they meet, and how they end."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from chatlstm.interface.assemble import choose_torch_device, list_torch_devices

if TYPE_CHECKING:
    from chatlstm.engine.device import Device
    from chatlstm.engine.workers import Workers

TERMINATED = 143  # 128 + SIGTERM, as shells have it


@contextmanager
def join_crew(device: str | None) -> Iterator["tuple[Workers, Device]"]:
    """Meet the workers that torchrun started, if it did, and choose where this one computes.

    Args:
        device: ``"cuda"``, ``"mps"``, ``"cpu"``, or None for the fastest there is.

    Raises:
        MisuseError: The device is not there, or the machine has fewer cards than workers.
        WorkerLostError: A worker did not come.
    """
    from chatlstm.engine.workers import ALONE, choose_worker_device, count_cards, join_workers

    if os.environ.get("WORLD_SIZE", "1") == "1":
        yield ALONE, choose_torch_device(device)
        return
    local_rank = int(os.environ["LOCAL_RANK"])
    chosen = choose_worker_device(device, list_torch_devices(), local_rank=local_rank, cards=count_cards())
    with join_workers(os.environ, chosen) as workers:
        yield workers, chosen


def name_program(workers: "Workers") -> str:
    """Say how the program was started."""
    if workers.count == 1:
        return "chatlstm"
    nodes = workers.count // workers.local_count
    machines = f"--nnodes {nodes} " if nodes > 1 else ""
    return f"torchrun {machines}--nproc-per-node {workers.local_count} -m chatlstm"


@contextmanager
def watch_termination(tell_end: Callable[[], None]) -> Iterator[None]:
    """End this process at once when torchrun asks it to, however long it waits for another.

    Python's own handlers wait for the main thread, and that may wait for a worker that is gone.

    Args:
        tell_end: Called before, in a thread of its own.
    """
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    thread = threading.Thread(target=_await_termination, args=(reader, tell_end), daemon=True)
    handler = signal.signal(signal.SIGTERM, _leave_to_thread)
    watched = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    thread.start()
    try:
        yield
    except BaseException:
        handler = signal.SIG_IGN  # what went wrong is still to be told
        raise
    finally:
        signal.set_wakeup_fd(watched)
        signal.signal(signal.SIGTERM, handler)
        writer.close()
        thread.join()
        reader.close()


def _await_termination(reader: socket.socket, tell_end: Callable[[], None]) -> None:
    while numbers := reader.recv(64):
        if signal.SIGTERM in numbers:
            tell_end()
            os._exit(TERMINATED)


def _leave_to_thread(number: int, frame: FrameType | None) -> None:
    """Do nothing: the thread has been woken already."""

"""The memory a piece of work takes, measured in a process of its own; no torch here."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

from chatlstm.errors import ChatLSTMError

T = TypeVar("T")
PROCESSES = Path("/proc")


def run_apart(work: Callable[[], T]) -> tuple[T, int | None]:
    """Do something in a new process, and tell how much memory that process took at most.

    Args:
        work: What to do; it and its result can be sent to another process, as a module's
            function and a ``functools.partial`` of it can.

    Returns:
        What ``work`` returned, and the peak in bytes; None where the system does not tell it.

    Raises:
        ChatLSTMError: ``work`` failed there; the sentence says how.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work_apart, args=(work, sender), daemon=True)
    process.start()
    sender.close()
    try:
        result, peak, fault = receiver.recv()
        process.join()
    except EOFError as error:
        process.join()
        raise ChatLSTMError(f"the process ended with code {process.exitcode}") from error
    finally:
        process.kill()  # only one that was interrupted still runs
        process.join()
        receiver.close()
    if fault:
        raise ChatLSTMError(fault)
    return result, peak


def read_peak() -> int | None:
    """Read the most memory this process has held, in bytes; None where the system does not tell."""
    if sys.platform == "darwin":
        import resource  # noqa: PLC0415  # Windows has none

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return find_peak(os.getpid())


def find_peak(pid: int) -> int | None:
    """Find the most memory a running process has held, in bytes.

    What ``getrusage`` tells of a child begins with what its parent held.

    Args:
        pid: The process's number.

    Returns:
        The peak; None where the process is over or the system does not tell.
    """
    try:
        lines = (PROCESSES / str(pid) / "status").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), None)


def _work_apart(work: Callable[[], object], sender: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, which then ends this one
    try:
        result, fault = work(), ""
    except Exception as error:  # told in the parent
        result, fault = None, f"{type(error).__name__}: {error}"
    sender.send((result, read_peak(), fault))

"""How long a person waits for the first word from the shell, and how much memory it takes; no torch here."""

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

from chatlstm.engine.benchmarks.memory import find_peak
from chatlstm.engine.benchmarks.row import Aim, Row, Section

REPEATS = 7
STORY = ("generate", "story", "Once upon a time there was a little fox", "-o", "words=40", "--seed", "7")


def measure_start(checkpoint: str, *, arguments: Sequence[str] = STORY, repeats: int = REPEATS) -> Section:
    """Measure ``chatlstm generate`` from its start to its first word, files still in the disk's cache.

    Args:
        checkpoint: Name or path of the checkpoint.
        arguments: What is typed after ``chatlstm``.
        repeats: How often, ``>= 1``; once more before, uncounted.
    """
    command = [sys.executable, "-m", "chatlstm", *arguments, "--checkpoint", checkpoint]
    waits: list[float] = []
    memories: list[float] = []
    for number in range(repeats + 1):
        yield f"start {number + 1} of {repeats + 1}"
        seconds, megabytes = time_start(command)
        if number:
            waits.append(seconds)
        if megabytes is not None:
            memories.append(megabytes)
    note = f"median of {repeats}, from the start of the process to the first character: {' '.join(arguments[:2])}"
    yield Row("first word from the shell", "s", statistics.median(waits), aim=Aim("at most", 0.8), note=note)
    peak = max(memories, default=None)
    note = "" if peak else "this system does not tell what a running process uses"
    yield Row("peak memory of generating", "MB", peak, aim=Aim("at most", 300), note=note)


def time_start(command: Sequence[str]) -> tuple[float, float | None]:
    """Run a program to its end.

    Args:
        command: The program and its arguments.

    Returns:
        Seconds to its first byte on standard output, and its peak memory in megabytes while it
        still wrote; None where the system does not tell.

    Raises:
        RuntimeError: It failed, or said nothing.
    """
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0) as process:
        told = process.stdout.read(1) if process.stdout else b""
        seconds, peak, more = time.perf_counter() - begun, None, told
        while more and process.stdout:
            peak = find_peak(process.pid) or peak
            more = process.stdout.read(64)
    if process.returncode or not told:
        raise RuntimeError(f"{' '.join(command[1:4])} ended with {process.returncode}")
    return seconds, peak / 1e6 if peak else None

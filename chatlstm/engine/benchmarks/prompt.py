"""How long a person waits at a terminal until they may type; no torch here."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress

from chatlstm.engine.benchmarks.row import Aim, Row, Section

REPEATS = 7
NAME = "prompt on a terminal"
PROMPT = b"> "
WITHIN = 0.7


def measure_prompt(command: Sequence[str], *, repeats: int = REPEATS) -> Section:
    """Measure a chat from the start of its process to its prompt, files still in the disk's cache.

    Its data folder is an empty one of its own, in which the first start, uncounted, makes what is needed.

    Args:
        command: The program and its arguments.
        repeats: How often, ``>= 1``; once more before, uncounted.
    """
    if sys.platform == "win32":
        yield Row(NAME, "s", None, note="needs a POSIX terminal")
        return
    waits = []
    with tempfile.TemporaryDirectory() as home:
        for number in range(repeats + 1):
            yield f"prompt {number + 1} of {repeats + 1}"
            waits.append(time_prompt(command, {**os.environ, "CHATLSTM_HOME": home, "TERM": "xterm"}))
    note = f"median of {repeats}, from the start of the process to '{PROMPT.decode()}'"
    yield Row(NAME, "s", statistics.median(waits[1:]), aim=Aim("at most", WITHIN), note=note)


def time_prompt(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """Run a program on a terminal until it shows its prompt, and end it.

    Args:
        command: The program and its arguments.
        environment: Its variables.

    Returns:
        Seconds to the prompt.

    Raises:
        RuntimeError: It ended without one.
    """
    ours, theirs = os.openpty()
    begun = time.perf_counter()
    with closing(os.fdopen(ours, "rb", buffering=0)) as shown:
        with closing(os.fdopen(theirs, "wb", buffering=0)) as terminal:
            process = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment)
        told = more = b""
        with suppress(OSError):  # Linux tells so that the other side has ended
            while PROMPT not in told and (more := shown.read(1024)):
                told += more
        seconds = time.perf_counter() - begun
        process.kill()
        process.wait()
    if PROMPT not in told:
        raise RuntimeError(f"{' '.join(command[1:4])} ended without a prompt")
    return seconds

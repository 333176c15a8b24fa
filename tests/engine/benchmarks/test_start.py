"""Starting the program, and a program that fails."""

import sys
from pathlib import Path

import pytest

from chatlstm.engine.benchmarks.row import Row
from chatlstm.engine.benchmarks.start import measure_start, time_start

HOLDS_50_MB = "import time; held = b'x' * 50_000_000; print('x', flush=True); print(len(held))"


def test_the_first_word_and_the_memory_are_measured(tiny_checkpoint: Path) -> None:
    arguments = ("generate", "dialogue", "Hello.", "--seed", "1")
    told = list(measure_start(str(tiny_checkpoint), arguments=arguments, repeats=2))
    wait, memory = (row for row in told if isinstance(row, Row))

    assert (str(wait.aim), str(memory.aim)) == ("at most 0.8", "at most 300")
    assert wait.reached and 0 < wait.reached < 100
    assert told[0] == "start 1 of 3"


def test_peak_memory_is_the_childs_own() -> None:
    held = b"x" * 200_000_000  # what the parent holds does not count
    _, peak = time_start([sys.executable, "-c", HOLDS_50_MB])

    assert (peak is None) is not Path("/proc/self/status").exists()
    assert 50 < (peak or 100) < 150 < len(held) / 1e6


@pytest.mark.parametrize("program", ["raise SystemExit(3)", "pass"])
def test_a_program_that_fails_or_says_nothing_is_told(program: str) -> None:
    with pytest.raises(RuntimeError, match=r"-c .* ended with \d"):
        time_start([sys.executable, "-c", program])

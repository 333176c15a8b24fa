import os
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from chatlstm.engine.benchmarks import memory
from chatlstm.engine.benchmarks.memory import read_peak, run_apart
from chatlstm.errors import ChatLSTMError

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
MEGA = 2**20


def fill(megabytes: int) -> int:
    """Hold so much memory for a moment."""
    return int(np.ones(megabytes * MEGA, np.uint8).sum())


def fail() -> None:
    raise KeyError("it")


def leave() -> None:
    os._exit(7)


def test_the_result_comes_back() -> None:
    assert run_apart(partial(fill, 1))[0] == MEGA


@LINUX
def test_the_peak_is_of_that_process_alone() -> None:
    held = np.ones(300 * MEGA, np.uint8)
    _, small = run_apart(partial(fill, 1))
    _, large = run_apart(partial(fill, 200))

    assert small is not None
    assert large is not None
    assert small < held.nbytes
    assert large - small == pytest.approx(199 * MEGA, rel=0.1)


def test_a_failure_is_told_here() -> None:
    with pytest.raises(ChatLSTMError, match="KeyError: 'it'"):
        run_apart(fail)


def test_a_process_that_ends_early_is_told() -> None:
    with pytest.raises(ChatLSTMError, match="the process ended with code 7"):
        run_apart(leave)


def test_a_system_that_does_not_tell_the_peak_is_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(memory, "PROCESSES", tmp_path / "none")
    monkeypatch.setattr(sys, "platform", "win32")

    assert read_peak() is None


@LINUX
def test_macos_tells_it_by_another_way(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(memory, "PROCESSES", tmp_path / "none")
    monkeypatch.setattr(sys, "platform", "darwin")

    assert (read_peak() or 0) > 0

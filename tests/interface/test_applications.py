"""Signals that come while something draws on the terminal."""

import os
import signal
import sys
from collections.abc import Iterator

import pytest
from prompt_toolkit.application import Application, create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from chatlstm.interface.applications import end_by_signals, run_application
from chatlstm.interface.interrupts import Hangup

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")


def end_self(times: int = 1) -> None:
    for _ in range(times):
        os.kill(os.getpid(), signal.SIGTERM)


@pytest.fixture
def application() -> Iterator[Application[int]]:
    with create_pipe_input() as keyboard, create_app_session(keyboard, DummyOutput()):
        yield Application()


@pytest.mark.parametrize("times", [1, 2])
def test_a_signal_ends_what_runs_through_its_loop(application: Application[int], times: int) -> None:
    application.after_render += lambda _: end_self(times)

    with pytest.raises(Hangup) as raised:
        run_application(application)
    assert raised.value.exit_code == 128 + signal.SIGTERM


def test_a_signal_before_the_loop_begins_ends_it_as_it_begins(application: Application[int]) -> None:
    with pytest.raises(Hangup), end_by_signals(application) as end_if_heard:
        end_self()
        application.run(pre_run=end_if_heard)


def test_a_signal_beside_another_end_is_not_forgotten(application: Application[int]) -> None:
    with pytest.raises(Hangup), end_by_signals(application):
        end_self()
        raise EOFError


def test_without_a_signal_the_result_is_given(application: Application[int]) -> None:
    application.after_render += lambda _: application.exit(result=7) if not application.is_done else None

    assert run_application(application) == 7

import os
import signal
import sys
from collections.abc import Callable, Sequence

import pytest

from chatlstm.interface.interrupts import Hangup, Interrupts, Stopped, end_on_signals

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")


def make_clock(*moments: float) -> Callable[[], float]:
    return iter(moments).__next__


def press(times: int = 1) -> None:
    for _ in range(times):
        os.kill(os.getpid(), signal.SIGINT)


def run_watched(interrupts: Interrupts, presses: Sequence[int]) -> None:
    """Press Ctrl-C, and again while what it stopped is being stored."""
    with interrupts.watch():
        try:
            press(presses[0])
        finally:
            press(presses[1])


def test_one_stops_what_runs() -> None:
    with pytest.raises(Stopped):
        run_watched(Interrupts(), [1, 0])


def test_a_second_waits_until_the_end_is_stored_and_leaves() -> None:
    with pytest.raises(KeyboardInterrupt) as raised:
        run_watched(Interrupts(make_clock(5.0, 5.9)), [1, 1])

    assert raised.type is KeyboardInterrupt


def test_a_slow_second_does_not_leave() -> None:
    with pytest.raises(Stopped):
        run_watched(Interrupts(make_clock(5.0, 6.1)), [1, 1])


def test_a_third_ends_even_what_is_being_stored() -> None:
    stored: list[bool] = []
    with pytest.raises(KeyboardInterrupt) as raised:
        interrupts = Interrupts(make_clock(5.0, 5.1))
        with interrupts.watch():
            try:
                press()
            finally:
                press()
                press()
                stored.append(True)

    assert (raised.type, stored) == (KeyboardInterrupt, [])


def test_one_where_nothing_can_be_stopped_passes() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts(make_clock(1.0, 2.5)).forgive():
        press(2)

    assert signal.getsignal(signal.SIGINT) is before


def test_two_quick_ones_leave_where_nothing_can_be_stopped() -> None:
    with pytest.raises(KeyboardInterrupt), Interrupts(make_clock(1.0, 1.5)).forgive():
        press(2)


def test_none_is_nothing() -> None:
    with Interrupts().watch():
        pass


def test_the_handler_before_is_back_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(Stopped):
        run_watched(Interrupts(), [1, 0])

    assert signal.getsignal(signal.SIGINT) is before


def test_two_at_the_prompt_count_when_they_come_quickly() -> None:
    interrupts = Interrupts(make_clock(1.0, 3.0, 3.5))

    assert [interrupts.note() for _ in range(3)] == [False, False, True]


@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM"])
def test_a_signal_to_end_is_a_hangup_with_its_exit_code(name: str) -> None:
    number = signal.Signals[name]
    before = signal.getsignal(number)
    with pytest.raises(Hangup) as raised, end_on_signals():
        os.kill(os.getpid(), number)

    assert raised.value.exit_code == 128 + number
    assert signal.getsignal(number) is before

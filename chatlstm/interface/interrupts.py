"""Ctrl-C: once stops, twice leaves; and signals that end the chat."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

QUICKLY = 1.0


class Stopped(KeyboardInterrupt):
    """The person stopped what was running, and stays."""


class Hangup(KeyboardInterrupt):
    """The terminal was closed, or the system asks to end.

    Args:
        number: The signal's number.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


class Interrupts:
    """Counts Ctrl-C, at the prompt and while a reply runs.

    Args:
        clock: Tells seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = float("-inf")
        self._stopping = False
        self._leaving = False

    def note(self) -> bool:
        """Note one, and tell whether the one before was less than a second ago."""
        now = self._clock()
        self._leaving = now - self._last < QUICKLY
        self._last = now
        return self._leaving

    @contextmanager
    def forgive(self) -> Iterator[None]:
        """Let one Ctrl-C pass where nothing can be stopped, such as between a reply and the prompt.

        Raises:
            KeyboardInterrupt: There were two within a second.
        """
        before = signal.signal(signal.SIGINT, self._forgive)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _forgive(self, number: int, frame: FrameType | None) -> None:
        if self.note():
            raise KeyboardInterrupt

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Let Ctrl-C stop what runs meanwhile.

        Only the first interrupts it, so that a second does not keep its end from being stored.

        Raises:
            Stopped: There was one.
            KeyboardInterrupt: There were two within a second, or a third.
        """
        self._stopping = self._leaving = False
        before = signal.signal(signal.SIGINT, self._interrupt)
        try:
            yield
        except Stopped:
            if self._leaving:
                raise KeyboardInterrupt from None
            raise
        finally:
            signal.signal(signal.SIGINT, before)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if self._stopping and self._leaving:  # a third: storing hangs, or so it seems
            raise KeyboardInterrupt
        self.note()
        if not self._stopping:
            self._stopping = True
            raise Stopped


@contextmanager
def end_on_signals() -> Iterator[None]:
    """Raise Hangup when the terminal closes or the system asks to end."""
    with hear_signals(_leave):
        yield


@contextmanager
def hear_signals(hear: Callable[[Hangup], None]) -> Iterator[None]:
    """Have a function called, in the main thread, when the terminal closes or the system asks to end.

    Args:
        hear: Takes what would have been raised.
    """

    def call(number: int, frame: FrameType | None) -> None:
        hear(Hangup(number))

    numbers = [signal.SIGTERM] if sys.platform == "win32" else [signal.SIGTERM, signal.SIGHUP]
    before = [(number, signal.signal(number, call)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _leave(hangup: Hangup) -> None:
    raise hangup

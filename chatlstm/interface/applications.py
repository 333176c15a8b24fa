"""Running what draws on the terminal: a signal ends it through its own event loop."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from prompt_toolkit.application import Application

from chatlstm.interface.interrupts import Hangup, hear_signals

T = TypeVar("T")


def run_application(application: Application[T]) -> T:
    """Run an application to its end.

    Raises:
        Hangup: The terminal was closed, or the system asks to end.
    """
    with end_by_signals(application) as end_if_heard:
        return application.run(pre_run=end_if_heard)


@contextmanager
def end_by_signals(application: Application[T]) -> Iterator[Callable[[], None]]:
    """Let signals that end the chat end an application.

    Nothing is raised while it runs: that would hit whichever of its tasks is at work just then.

    Args:
        application: What runs meanwhile.

    Yields:
        What the application must call before it draws, for a signal that came too early.

    Raises:
        Hangup: There was such a signal.
    """
    heard: list[Hangup] = []

    def end() -> None:
        future = application.future
        if heard and future is not None and not future.done():
            application.exit(exception=heard[0])

    def hear(hangup: Hangup) -> None:
        heard.append(hangup)
        loop = application.loop
        if loop is not None:
            loop.call_soon_threadsafe(end)

    try:
        with hear_signals(hear):
            yield end
    finally:
        if heard:
            raise heard[0]

"""Something slow, made in a thread while the person already types."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Loading(Generic[T]):
    """A value that is made in the background, once.

    Args:
        make: Makes the value, in a thread of its own.

    Attributes:
        awaited: Whether somebody has asked for the value.

    Example:
        >>> Loading(lambda: 7).wait()
        7
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self.awaited = False
        self._make = make
        self._future: Future[T] = Future()
        self._thread = threading.Thread(target=self._run, name="loading", daemon=True)
        self._lock = threading.Lock()
        self._started = False

    def start(self) -> None:
        """Begin; a second time does nothing."""
        with self._lock:
            if not self._started:
                self._started = True
                self._thread.start()

    @property
    def value(self) -> T | None:
        """The value, once it is there."""
        return self._future.result() if self.ended and self.failure is None else None

    @property
    def running(self) -> bool:
        """Tell whether it was begun and has not ended."""
        return self._thread.is_alive()

    @property
    def ended(self) -> bool:
        """Tell whether there is a value, or a failure."""
        return self._future.done()

    @property
    def failure(self) -> BaseException | None:
        """What making it raised, if it has."""
        return self._future.exception() if self._future.done() else None

    def when_ended(self, call: Callable[[], None]) -> None:
        """Have something called once there is a value, or a failure."""
        self._future.add_done_callback(lambda _: call())

    def wait(self) -> T:
        """Give the value, waiting for it; raises what making it raised."""
        self.awaited = True
        self.start()
        return self._future.result()

    def _run(self) -> None:
        try:
            value = self._make()
        except Exception as error:  # whoever waits is told, whatever it is
            self._future.set_exception(error)
        else:
            self._future.set_result(value)

"""What the parts log, shown to the person as short notices."""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chatlstm.interface.cleaning import clean_text

_LONGEST = 500


class Notices(logging.Handler):
    """Tells each warning of ChatLSTM once, in a line.

    Args:
        tell: Shows a line to the person.
        debug: Tell everything, with tracebacks.
    """

    def __init__(self, tell: Callable[[str], None], *, debug: bool) -> None:
        super().__init__(logging.DEBUG if debug else logging.WARNING)
        self._tell = tell
        self._debug = debug
        self._told: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Tell a record, unless the same was told before."""
        text = shorten_line(record.getMessage())
        if text in self._told:
            return
        self._told.add(text)
        self._tell(text)
        if self._debug and record.exc_info and record.exc_info[1]:
            self._tell(describe_traceback(record.exc_info[1]))


@contextmanager
def show_notices(tell: Callable[[str], None], *, debug: bool) -> Iterator[None]:
    """Show what ChatLSTM logs for as long as this lasts."""
    logger = logging.getLogger("chatlstm")
    notices = Notices(tell, debug=debug)
    level = logger.level
    logger.addHandler(notices)
    logger.setLevel(notices.level)
    try:
        yield
    finally:
        logger.removeHandler(notices)
        logger.setLevel(level)


def shorten_line(text: str) -> str:
    """Make a text one line of bearable length.

    Example:
        >>> shorten_line("one\\n two")
        'one two'
    """
    line = " ".join(clean_text(text).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def describe_traceback(error: BaseException) -> str:
    """Write an error's traceback as text."""
    return clean_text("".join(traceback.format_exception(error))).rstrip()

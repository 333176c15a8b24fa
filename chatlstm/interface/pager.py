"""The person's pager, for what a command answers at more than a screen's length."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from prompt_toolkit.application import get_app_session

from chatlstm.interface.cleaning import clean_text
from chatlstm.interface.output import count_cells

USUAL_PAGER = "less"
LESS_SETTINGS = {"LESS": "R", "LESSCHARSET": "utf-8"}  # colours, Chinese; the person's own settings go before
NO_TRACE = {"LESSHISTFILE": "-"}  # what is searched in a conversation is written nowhere


def page_text(text: str, tell: Callable[[str], None]) -> bool:
    """Show a text in the person's pager, if it is more than a screen.

    Args:
        text: What may hold colours, but no other control sequences.
        tell: Takes a notice where the pager cannot be started.

    Returns:
        Whether it was shown so.
    """
    columns, lines = shutil.get_terminal_size()
    if count_lines(text, columns) < lines:
        return False
    command = choose_pager()
    try:
        words = shlex.split(command)
        if words:
            run_pager(words, text)
        return bool(words)
    except (OSError, ValueError) as error:
        tell(f"the pager {command!r} cannot be started ({error}); set PAGER to another one")
        return False


def choose_pager() -> str:
    """Choose the command: ``$PAGER``, else less where there is one; empty for none."""
    return os.environ.get("PAGER", USUAL_PAGER if shutil.which(USUAL_PAGER) else "")


def count_lines(text: str, columns: int) -> int:
    """Count the lines of a terminal that a text takes.

    Example:
        >>> count_lines("明月光\\n\\nsea", columns=4)
        4
    """
    return sum(max(1, -(-count_cells(clean_text(line)) // columns)) for line in text.split("\n"))


def run_pager(words: list[str], text: str) -> None:
    """Give a text to a program, and wait until the person leaves it.

    Raises:
        OSError: It cannot be started.
    """
    environment = {**LESS_SETTINGS, **os.environ, **NO_TRACE}
    with get_app_session().input.cooked_mode(), leave_keys():
        subprocess.run(words, input=text + "\n", encoding="utf-8", errors="replace", env=environment, check=False)


@contextmanager
def leave_keys() -> Iterator[None]:
    """Leave Ctrl-C and Ctrl-Z to the program that runs meanwhile."""
    # a handler, as a program that is started would go on ignoring what is ignored here
    wanted: list[tuple[signal.Signals, Callable[[int, FrameType | None], None] | signal.Handlers]]
    wanted = [(signal.SIGINT, _do_nothing)]
    wanted += [] if sys.platform == "win32" else [(signal.SIGTSTP, signal.SIG_DFL)]
    before = [(number, signal.signal(number, handler)) for number, handler in wanted]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _do_nothing(number: int, frame: FrameType | None) -> None:
    pass

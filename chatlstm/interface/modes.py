"""The terminal's modes while a reply runs; Ctrl-Z gives the shell its own back."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def hold_typing() -> Iterator[None]:
    """Keep what is typed meanwhile for the next line, instead of showing it amid the reply."""
    if sys.platform == "win32" or not sys.stdin.isatty():
        yield
        return
    import termios

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    held = termios.tcgetattr(terminal)
    held[0] &= ~termios.ICRNL  # Enter stays Enter
    held[3] &= ~(termios.ECHO | termios.ICANON)

    def suspend(number: int, frame: FrameType | None) -> None:
        now = termios.tcgetattr(terminal)  # not always those held: a command may be asking something
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
        handler = signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)  # stops here, until fg
        signal.signal(number, handler)
        termios.tcsetattr(terminal, termios.TCSADRAIN, now)

    handler = signal.signal(signal.SIGTSTP, suspend)
    termios.tcsetattr(terminal, termios.TCSADRAIN, held)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
        signal.signal(signal.SIGTSTP, handler)

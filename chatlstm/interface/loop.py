"""The loops of a chat: on a terminal, and through a pipe."""

from collections.abc import Callable, Iterable

from chatlstm.interface.commands import take_line
from chatlstm.interface.interrupts import Interrupts, Stopped
from chatlstm.interface.modes import hold_typing
from chatlstm.interface.talk import Talk


def run_loop(talk: Talk, read_line: Callable[[], str], interrupts: Interrupts) -> int:
    """Read a line, answer it, until the person leaves.

    Args:
        talk: The chat.
        read_line: Asks for a line; EOFError from it ends the loop.
        interrupts: Counts Ctrl-C.

    Returns:
        The exit code.

    Raises:
        KeyboardInterrupt: The person left with Ctrl-C twice.
    """
    with interrupts.forgive():
        while True:
            try:
                line = read_line()
                with hold_typing(), interrupts.watch():
                    take_line(talk, line)
            except EOFError:
                return 0
            except Stopped:
                talk.screen.tell("stopped")
            if line.strip():
                talk.screen.say("")


def run_plain_terminal(talk: Talk) -> int:
    """Chat on a terminal that knows no control sequences."""
    interrupts = Interrupts()
    talk.screen.confirm = confirm_plainly

    def read_line() -> str:
        while True:
            try:
                with interrupts.watch():
                    return input("> ")
            except Stopped:
                talk.screen.say("")

    return run_loop(talk, read_line, interrupts)


def confirm_plainly(question: str) -> bool:
    """Ask a question on a terminal that knows no control sequences; whatever is not yes is no."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def answer_lines(talk: Talk, lines: Iterable[str]) -> int:
    """Answer a line with a line, until there are no more.

    Args:
        talk: The chat, its screen keeping replies on one line.
        lines: The messages; blank ones are skipped.

    Returns:
        The exit code: that of the last message that could not be answered, else 0.
    """
    for line in lines:
        try:
            take_line(talk, line.rstrip("\r\n"))
        except EOFError:
            break
        if talk.engine.ended and talk.engine.value is None:
            break  # no model: every other message would fail alike
    return talk.exit_code

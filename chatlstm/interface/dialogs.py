"""What a command asks the person on a terminal, on a line of its own."""

from prompt_toolkit import PromptSession
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from chatlstm.interface.applications import end_by_signals
from chatlstm.interface.interrupts import Hangup

AGREED = ("y", "yes")


def edit_text(text: str) -> str | None:
    """Let the person change a text: Enter takes it, Ctrl-C or Ctrl-D leaves everything as it was.

    Args:
        text: What stands there first.

    Returns:
        The changed text; None where the person does not want it, or has emptied it.
    """
    keys = KeyBindings()

    @keys.add(Keys.Enter)
    def _take(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add(Keys.Escape, Keys.Enter)
    @keys.add(Keys.ControlJ)
    def _break_line(event: KeyPressEvent) -> None:
        event.current_buffer.newline(copy_margin=False)

    answer = _ask(PromptSession("edit> ", multiline=True, key_bindings=keys, enable_suspend=True), text)
    return answer if answer and answer.strip() else None


def confirm(question: str) -> bool:
    """Ask a question; whatever is not yes is no."""
    return (_ask(PromptSession(f"{question} [y/N] ", enable_suspend=True), "") or "").strip().lower() in AGREED


def _ask(session: PromptSession[str], text: str) -> str | None:
    try:
        with end_by_signals(session.app) as end_if_heard:
            return session.prompt(default=text, pre_run=end_if_heard)
    except Hangup:  # a KeyboardInterrupt, too
        raise
    except (KeyboardInterrupt, EOFError):
        return None

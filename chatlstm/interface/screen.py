"""Where replies and notices are shown: the streams a chat was started with."""

from collections.abc import Callable, Sequence
from typing import TextIO

from chatlstm.engine.api import Reading
from chatlstm.history.conversation import Conversation
from chatlstm.interface.themes import Theme, choose_theme

PLAIN = "\x1b[0m"


class Screen:
    """Shows the reply piece by piece and, apart from it, notices.

    It keeps to the streams it was given: what a plugin prints never reaches them.

    Args:
        replies: Where replies go.
        notices: Where everything else goes.
        color: Whether there may be colours.
        theme: Which colours; the terminal's own if not given.
        one_line: Whether a reply must stay on its line.

    Attributes:
        place: Shows something where nothing else is drawn just then.
        browse: Lets the person move over the tokens of a reply; None where there are no keys to do so.
        pick: Lets them choose a conversation and gives its id, or None where they want none; None likewise.
        edit: Lets the person change a text, and gives None where they do not want to; None likewise.
        page: Shows a long text in the person's pager, and tells whether it did; None where there are no screens.
        confirm: Asks a question, and tells whether the person agrees; None where nobody can be asked.
    """

    def __init__(
        self,
        replies: TextIO,
        notices: TextIO,
        *,
        color: bool = False,
        theme: Theme | None = None,
        one_line: bool = False,
    ) -> None:
        self.color = color
        self.theme = theme or choose_theme("auto", "")
        self.place: Callable[[Callable[[], None]], None] = _at_once
        self.browse: Callable[[Sequence[Reading]], object] | None = None
        self.pick: Callable[[Sequence[Conversation]], str | None] | None = None
        self.edit: Callable[[str], str | None] | None = None
        self.page: Callable[[str], bool] | None = None
        self.confirm: Callable[[str], bool] | None = None
        self.replies = replies
        self._notices = notices
        self._one_line = one_line
        self._within_line = False

    def stream(self, text: str) -> None:
        """Show a part of a reply."""
        if not text:
            return
        if self._one_line:
            text = text.replace("\n", " ")
        self.replies.write(text)
        self.replies.flush()
        self._within_line = not text.endswith("\n")

    def end_reply(self) -> None:
        """End the reply's line."""
        if self._one_line or self._within_line:
            self.replies.write("\n")
            self.replies.flush()
        self._within_line = False

    def say(self, text: str) -> None:
        """Show what a command answers."""
        self.place(lambda: self._write(text))

    def say_at_length(self, text: str) -> None:
        """Show what a command answers, in the person's pager where it is more than a screen."""
        if self.page is None or not self.page(text):
            self.say(text)

    def tell(self, text: str) -> None:
        """Show a notice."""
        self.place(lambda: self._write(f"{self.theme.notice}{text}{PLAIN}" if self.color else text))

    def _write(self, text: str) -> None:
        if self._within_line and self._notices is self.replies:
            text = "\n" + text
            self._within_line = False
        self._notices.write(text + "\n")
        self._notices.flush()


def _at_once(show: Callable[[], None]) -> None:
    show()

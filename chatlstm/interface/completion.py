"""Completion of slash commands, from their table."""

from collections.abc import Iterable

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from chatlstm.errors import ChatLSTMError
from chatlstm.interface.commands import COMMANDS
from chatlstm.interface.talk import Talk


class CommandCompleter(Completer):
    """Completes a command's name, then its argument; messages are left alone.

    Args:
        talk: The chat, which knows what an argument may be.
    """

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Give what may stand at the cursor."""
        text = document.text_before_cursor
        if not text.startswith("/") or text.startswith("//") or "\n" in text:
            return
        name, space, argument = text[1:].partition(" ")
        if not space:
            for command in COMMANDS:
                if command.name.startswith(name):
                    yield Completion(command.name, -len(name), display_meta=command.summary)
            return
        first, another, second = argument.partition(" ")
        begun = second if another else first
        for value in self._list_values(name, first if another else None):
            if value.startswith(begun):
                yield Completion(value, -len(begun))

    def _list_values(self, name: str, first: str | None) -> Iterable[str]:
        """List what may follow a command, or its first word."""
        try:
            return [
                value
                for command in COMMANDS
                if command.name == name
                for value in (
                    command.list_values(self._talk) if first is None else command.list_further(self._talk, first)
                )
            ]
        except ChatLSTMError:  # the history cannot be read just now
            return []

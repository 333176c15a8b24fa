"""What a slash command is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chatlstm.errors import MisuseError
from chatlstm.interface.talk import Talk


@dataclass(frozen=True)
class Command:
    """A slash command.

    Args:
        name: As it is typed, without the slash.
        argument: How help shows its argument; empty where it takes none.
        summary: What it does, in a few words.
        run: Does it, given the argument as typed.
        list_values: What its argument may be, for completion.
        list_further: What may stand behind a first word, for completion.
    """

    name: str
    argument: str
    summary: str
    run: Callable[[Talk, str], None]
    list_values: Callable[[Talk], Iterable[str]] = lambda talk: ()
    list_further: Callable[[Talk, str], Iterable[str]] = lambda talk, word: ()


def read_count(command: str, argument: str) -> int | None:
    """Read the number a command was given; None where it was given none.

    Args:
        command: Its name, for the error.
        argument: What was typed behind it.

    Raises:
        MisuseError: It is no whole number from 1.

    Example:
        >>> read_count("undo", "2"), read_count("undo", "")
        (2, None)
    """
    if not argument:
        return None
    if not (argument.isascii() and argument.isdecimal() and len(argument) < 10 and int(argument)):
        raise MisuseError(f"/{command} needs a whole number from 1, got {argument!r}")
    return int(argument)

"""What a slash command is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

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
    """

    name: str
    argument: str
    summary: str
    run: Callable[[Talk, str], None]
    list_values: Callable[[Talk], Iterable[str]] = lambda talk: ()

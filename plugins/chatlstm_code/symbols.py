"""What the grammar of layouts is written with: symbols, those that stand for themselves, and the names."""

from collections.abc import Callable, Mapping

Symbol = str | tuple[str | int | bool, ...]
Production = tuple[Symbol, ...]
Rules = Mapping[str, Callable[..., list[Production]]]

MAX_NESTING = 9
DIGITS = "0123456789"

# Terminals that are no fixed text: the words of a kind and what stands of one, the inside of a
# string, and the digits that may still come.
LOAD: Symbol = ("words", "load", "")  # a name to read
STORE: Symbol = ("words", "store", "")  # a name to bind
PLACE: Symbol = ("words", "place", "")  # a variable to change
METHOD: Symbol = ("words", "method", "")
STRING: Symbol = ("string",)
ESCAPE: Symbol = ("escape",)

# What happens to the names where it is reached: those just bound come into being; those of a
# comprehension or lambda live until its end.
OPEN: Symbol = ("open",)
SCOPE: Symbol = ("scope",)
LEAVE: Symbol = ("leave",)

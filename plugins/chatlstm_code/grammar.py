"""The grammar of layouts: what a symbol may become, what it costs to end it, what a character makes of it."""

from collections.abc import Iterator
from functools import cache

from chatlstm_code.expression_rules import EXPRESSION_RULES
from chatlstm_code.scope import VARIABLE_KINDS, list_fixed
from chatlstm_code.statement_rules import STATEMENT_RULES
from chatlstm_code.symbols import ESCAPE, LEAVE, OPEN, SCOPE, STRING, Production, Symbol

ACTIONS = (OPEN, SCOPE, LEAVE)
PROGRAM: Symbol = ("program",)
UNKNOWN = 10**6  # more than anything costs
ESCAPED = "\\'nt"


@cache
def list_productions(symbol: Symbol) -> tuple[Production, ...]:
    """List what a symbol may become.

    Args:
        symbol: No terminal and no action.

    Returns:
        Sequences of symbols; the empty one where it may be left out.

    Example:
        >>> list_productions(("more_targets",))
        ((), (', ', ('target',), ('more_targets',)))
    """
    kind, arguments = str(symbol[0]), symbol[1:]
    rule = STATEMENT_RULES.get(kind) or EXPRESSION_RULES[kind]
    return tuple(rule(*arguments))


def is_terminal(symbol: Symbol) -> bool:
    """Tell whether a symbol stands for text itself, or for what happens to the names."""
    return isinstance(symbol, str) or symbol[0] in ("words", "digits", "string", "escape", "open", "scope", "leave")


@cache
def may_be_empty(symbol: Symbol) -> bool:
    """Tell whether a symbol may stand for no text; of words only what stands of one decides, so not here.

    Example:
        >>> may_be_empty(("choice", 0)), may_be_empty(("test", 0))
        (True, False)
    """
    if is_terminal(symbol):
        return symbol in ACTIONS or symbol[0] == "digits"
    return any(all(map(may_be_empty, production)) for production in list_productions(symbol))


@cache
def derive(symbol: Symbol, character: str) -> tuple[Production, ...]:
    """List what is still to come of a symbol after one character.

    Args:
        symbol: Any but an action. Words are taken to be any, as long as none of a kind is asked for.
        character: The next one.

    Returns:
        Sequences of symbols; none where the character cannot come.

    Example:
        >>> derive("if ", "i"), derive("if ", "x"), derive(("string",), "'")
        ((('f ',),), (), ((),))
    """
    if is_terminal(symbol):
        return tuple(_derive_terminal(symbol, character))
    found = [after for production in list_productions(symbol) for after in _derive_production(production, character)]
    return tuple(dict.fromkeys(found))


def _derive_production(production: Production, character: str) -> Iterator[Production]:
    for place, symbol in enumerate(production):
        for after in derive(symbol, character):
            yield (*after, *production[place + 1 :])
        if not may_be_empty(symbol):
            return


def _derive_terminal(symbol: Symbol, character: str) -> Iterator[Production]:
    match symbol:
        case str():
            if symbol[0] == character:
                yield (symbol[1:],) if len(symbol) > 1 else ()
        case ("words", kind, start):
            yield (("words", kind, f"{start}{character}"),)
        case ("digits", int(left)):
            if character.isdecimal():
                yield (("digits", left - 1),) if left > 1 else ()
        case _:
            yield from _derive_string(symbol, character)


def _derive_string(symbol: Symbol, character: str) -> Iterator[Production]:
    if symbol == ESCAPE:
        yield from [()] if character in ESCAPED else []
    elif character == "'":
        yield ()
    elif character == "\\":
        yield (ESCAPE, STRING)
    elif character.isascii() and character.isprintable():
        yield (STRING,)


@cache
def count_least(symbol: Symbol) -> int:
    """Count the characters that a symbol takes at least; of a word, the shortest of its kind.

    Example:
        >>> count_least(("test", 0)), count_least(("block", 1, False)), count_least(" in ")
        (1, 3, 4)
    """
    if is_terminal(symbol):
        return _count_terminal(symbol)
    known = _tabulate_least()
    if symbol in known:
        return known[symbol]
    return min(sum(map(count_least, production)) for production in list_productions(symbol))


def _count_terminal(symbol: Symbol) -> int:
    match symbol:
        case str():
            return len(symbol)
        case ("words", kind, _):
            return min(map(len, list_fixed(str(kind)))) if kind not in VARIABLE_KINDS else 1
        case ("string",) | ("escape",):
            return 1
    return 0


@cache
def _tabulate_least() -> dict[Symbol, int]:
    """Count for all symbols of a program together, until no production makes one cheaper."""
    found: dict[Symbol, tuple[Production, ...]] = {}
    todo: list[Symbol] = [PROGRAM]
    while todo:
        symbol = todo.pop()
        if symbol not in found and not is_terminal(symbol):
            found[symbol] = list_productions(symbol)
            todo += [one for production in found[symbol] for one in production]
    least = dict.fromkeys(found, UNKNOWN)
    changed = True
    while changed:
        changed = False
        for symbol, productions in found.items():
            fewest = min(sum(_count(one, least) for one in production) for production in productions)
            changed = changed or fewest < least[symbol]
            least[symbol] = min(fewest, least[symbol])
    return least


def _count(symbol: Symbol, least: dict[Symbol, int]) -> int:
    return count_least(symbol) if is_terminal(symbol) else least[symbol]

"""Reading a program character by character: what it may be so far."""

from dataclasses import dataclass
from functools import lru_cache

from chatlstm_code.grammar import ACTIONS, PROGRAM, count_least, derive, may_be_empty
from chatlstm_code.scope import Scope, act, begin, bind, count_left, list_words
from chatlstm_code.symbols import Production, Symbol
from chatlstm_code.vocabulary import RESERVED


@dataclass(frozen=True, eq=False)
class Stack:
    """What is still to come, the next first. The same stack is the same object: see ``push``.

    Args:
        symbol: What comes next.
        rest: What comes behind it.
        least: How many characters all of it takes at least.
    """

    symbol: Symbol
    rest: "Stack | None"
    least: int


@lru_cache(2**18)
def _stack(symbol: Symbol, rest: Stack | None) -> Stack:
    return Stack(symbol, rest, count_least(symbol) + (rest.least if rest else 0))


def push(symbols: Production, rest: Stack | None) -> Stack | None:
    """Put symbols before what is still to come."""
    for symbol in reversed(symbols):
        rest = _stack(symbol, rest)
    return rest


Reading = tuple[Stack | None, Scope]
State = tuple[Reading, ...]  # all that a text may be; none where it is no program


def start(name: str, parameters: int | None = None) -> State:
    """Give the state behind the name of a function.

    Args:
        name: An identifier; not of ``RESERVED``.
        parameters: How many it takes; None leaves that open.

    Returns:
        The state in which its parameters come next.

    Raises:
        ValueError: It is no name for a function.
    """
    if not (name.isidentifier() and name.isascii()) or name in RESERVED:
        raise ValueError(f"{name!r} is no name for a function")
    symbol: Symbol = PROGRAM if parameters is None else (str(PROGRAM[0]), parameters)
    return ((push((symbol,), None), begin(name)),)


def advance(state: State, text: str) -> State:
    """Read on.

    Args:
        state: Where to begin.
        text: What comes.

    Returns:
        The state behind it; empty where no program goes on like this.

    Example:
        >>> is_complete(advance(start("f"), "(n)\\n1return n")), advance(start("f"), "(n)\\n1return w")
        (True, ())
    """
    for character in text:
        found: dict[Reading, None] = {}
        for stack, scope in state:
            _read(stack, scope, character, found)
        state = tuple(found)
    return state


def _read(stack: Stack | None, scope: Scope, character: str, found: dict[Reading, None]) -> None:
    while stack is not None:
        symbol = stack.symbol
        if symbol not in ACTIONS:
            for symbols in derive(symbol, character):
                settled = _settle(push(symbols, stack.rest), scope)
                if settled is not None:
                    found[settled] = None
        behind = pass_over(symbol, scope)
        if behind is None:
            return
        stack, scope = stack.rest, behind


def _settle(stack: Stack | None, scope: Scope) -> Reading | None:
    """Let what happens next happen; None where no word begins so."""
    while stack is not None and stack.symbol in ACTIONS:
        scope = act(scope, stack.symbol)
        stack = stack.rest
    match stack and stack.symbol:
        case ("words", str(kind), begun) if begun not in count_left(list_words(scope, kind)):
            return None
    return stack, scope


def pass_over(symbol: Symbol, scope: Scope) -> Scope | None:
    """Give the scope behind a symbol that may end here; None where it may not."""
    match symbol:
        case ("words", str(kind), str(begun)):
            if count_left(list_words(scope, kind)).get(begun, 1):
                return None
            return bind(scope, begun) if kind == "store" else scope
        case _ if symbol in ACTIONS:
            return act(scope, symbol)
    return scope if may_be_empty(symbol) else None


def is_complete(state: State) -> bool:
    """Tell whether a program may end here."""
    return any(_may_end(stack, scope) for stack, scope in state)


def _may_end(stack: Stack | None, scope: Scope) -> bool:
    while stack is not None:
        behind = pass_over(stack.symbol, scope)
        if behind is None:
            return False
        stack, scope = stack.rest, behind
    return True


def count_to_end(state: State) -> int:
    """Count the characters that the shortest way to an end takes."""
    return min(map(_count_reading, state))


def _count_reading(reading: Reading) -> int:
    stack, scope = reading
    match stack and stack.symbol:
        case ("words", str(kind), str(begun)) if stack:
            return stack.least - count_least(stack.symbol) + count_left(list_words(scope, kind))[begun]
    return stack.least if stack else 0


def is_program(layout: str) -> bool:
    """Tell whether a layout is a program of the grammar, every name of it bound before it is read.

    Example:
        >>> is_program("f(n)\\n1return n + 1"), is_program("f(n)\\n1return n +")
        (True, False)
    """
    name, bracket, rest = layout.partition("(")
    try:
        state = start(name)
    except ValueError:
        return False
    return is_complete(advance(state, bracket + rest))


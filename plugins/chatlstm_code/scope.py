"""The names that exist at a place of a program."""

from dataclasses import dataclass
from functools import cache, lru_cache

from chatlstm_code.symbols import OPEN, SCOPE, Symbol
from chatlstm_code.vocabulary import BUILTINS, METHODS, MODULES, NAMES

VARIABLE_KINDS = ("load", "store", "place")


@dataclass(frozen=True, eq=False)
class Scope:
    """Which names may be read. The same scope is the same object: see ``begin``.

    Args:
        function: Name of the program; it hides a builtin of that name and is no variable.
        bound: Variables that exist.
        pending: Those bound by the statement or clause in hand, which exist behind it.
        outer: The scope around each comprehension or lambda in hand.
    """

    function: str
    bound: frozenset[str]
    pending: frozenset[str]
    outer: "Scope | None"


@lru_cache(2**16)
def _scope(function: str, bound: frozenset[str], pending: frozenset[str], outer: Scope | None) -> Scope:
    return Scope(function, bound, pending, outer)


def begin(function: str) -> Scope:
    """Give the scope in which nothing is bound.

    Example:
        >>> act(bind(begin("f"), "x"), OPEN).bound
        frozenset({'x'})
    """
    return _scope(function, frozenset(), frozenset(), None)


def act(scope: Scope, action: Symbol) -> Scope:
    """Give the scope behind an action."""
    if action == OPEN:
        return _scope(scope.function, scope.bound | scope.pending, frozenset(), scope.outer)
    if action == SCOPE:
        return _scope(scope.function, scope.bound, frozenset(), scope)
    return scope.outer or scope


def bind(scope: Scope, name: str) -> Scope:
    """Give the scope in which a name is about to exist."""
    return _scope(scope.function, scope.bound, scope.pending | {name}, scope.outer)


@lru_cache(2**16)
def list_words(scope: Scope, kind: str) -> frozenset[str]:
    """List the words of a kind: what may be read, bound or changed, the methods, or what a module has.

    Example:
        >>> "sum" in list_words(begin("f"), "load"), "sum" in list_words(begin("sum"), "load")
        (True, False)
    """
    if kind == "load":
        return (scope.bound | list_fixed("load")) - {scope.function}
    if kind == "store":
        return list_fixed("store") - scope.pending - {scope.function}
    return scope.bound if kind == "place" else list_fixed(kind)


@cache
def list_fixed(kind: str) -> frozenset[str]:
    """List the words of a kind that are there whatever is bound."""
    return frozenset({"load": BUILTINS, "store": NAMES, "method": METHODS}.get(kind) or MODULES[kind])


@lru_cache(2**12)
def count_left(words: frozenset[str]) -> dict[str, int]:
    """Count, for each beginning of a word, the characters to the end of the shortest word.

    Example:
        >>> count_left(frozenset({"in", "index"}))
        {'': 2, 'i': 1, 'in': 0, 'ind': 2, 'inde': 1, 'index': 0}
    """
    left: dict[str, int] = {}
    for word in sorted(words):
        for length in range(len(word) + 1):
            start = word[:length]
            left[start] = min(left.get(start, len(word)), len(word) - length)
    return left

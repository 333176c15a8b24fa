"""Names of parameters and variables, brought down to the few a small model learns well."""

import ast
import re
from collections.abc import Iterator

from chatlstm_code.vocabulary import NAMES, SYNONYMS

_LETTERS = tuple("abcdpqrstuvwxyz")
_COUNTERS = tuple("ijkmnpq")
_PARAMETERS = ("value", "other", *_LETTERS)
_VARIABLES = ("result", "current", "temporary", *_LETTERS)
_ELEMENTS = ("x", "y", "z", "w", "v", "u", "item", "element", *_LETTERS)


def rename(function: ast.FunctionDef) -> dict[str, str]:
    """Choose the name of each parameter and variable.

    A name that the vocabulary has stays; others become what they mean (``nums`` is ``numbers``), or
    a name for what they do (a counter is ``i``). Different names stay different.

    Args:
        function: A function without nested ones.

    Returns:
        The new name of each old one.

    Raises:
        ValueError: It has more names than there are.

    Example:
        >>> tree = ast.parse("def f(nums, n):\\n    for spam in range(n):\\n        nums.append(spam)")
        >>> rename(tree.body[0])
        {'nums': 'numbers', 'n': 'n', 'spam': 'i'}
    """
    bound = dict(_list_bound(function))
    free = [name for name in NAMES if name != function.name]
    chosen: dict[str, str] = {name: name for name in bound if name in free}
    for name, role in bound.items():
        if name in chosen:
            continue
        taken = set(chosen.values())
        fits = [one for one in (*_list_meanings(name), *role, *free) if one in free and one not in taken]
        if not fits:
            raise ValueError(f"{function.name} has more than {len(NAMES)} names")
        chosen[name] = fits[0]
    return {name: chosen[name] for name in bound}


def _list_meanings(name: str) -> Iterator[str]:
    low = name.lower()
    for stem in (low, low.rstrip("_0123456789"), re.sub(r"^(?:test|input|given|my|the|given)_", "", low)):
        yield stem
        yield from SYNONYMS.get(stem, ())
        yield from SYNONYMS.get(stem.rstrip("_0123456789"), ())


def _list_bound(function: ast.FunctionDef) -> Iterator[tuple[str, tuple[str, ...]]]:
    """List what is bound, in the order of the text, with the names for what it does; the last role counts."""
    counters = _list_counters(function)
    found = [node for node in ast.walk(function) if isinstance(node, ast.arg | ast.Name)]
    parameters = {one.arg for one in function.args.args}
    elements = set(_list_elements(function))
    for node in sorted(found, key=lambda one: (one.lineno, one.col_offset)):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            continue
        name = node.arg if isinstance(node, ast.arg) else node.id
        if name in parameters:
            yield name, _PARAMETERS
        elif name in counters:
            yield name, _COUNTERS
        else:
            yield name, _ELEMENTS if name in elements or isinstance(node, ast.arg) else _VARIABLES


def _list_loops(function: ast.FunctionDef) -> Iterator[tuple[ast.expr, ast.expr]]:
    for node in ast.walk(function):
        if isinstance(node, ast.For | ast.comprehension):
            yield node.target, node.iter


def _list_counters(function: ast.FunctionDef) -> set[str]:
    return {
        target.id
        for target, items in _list_loops(function)
        if isinstance(target, ast.Name) and isinstance(items, ast.Call) and ast.unparse(items.func) == "range"
    }


def _list_elements(function: ast.FunctionDef) -> Iterator[str]:
    for target, _ in _list_loops(function):
        yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))


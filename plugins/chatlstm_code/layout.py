"""The form in which the model reads and writes a program: one function, a line a statement.

A line begins with the digit of its depth, so that no blanks are counted; the first line is the head.
Comprehensions say first what they go through, so that a name stands before its uses; the function
calls itself ``@``; modules are written out and never imported.

    largest(numbers)
    1best = numbers[0]
    1for x in numbers[1:]:
    2if x > best:
    3best = x
    1return best

What the layout has: assignments (also of several names, of items, and ``+=``), calls, ``return``, ``if``,
``elif``, ``else``, ``for``, ``while``, ``break``, ``continue``, ``pass``; every expression but ``await``, ``yield`` and
``:=``; strings of printable ASCII; f-strings, which become calls of ``format``; the builtins, methods and
modules of ``vocabulary``; keyword arguments of ``vocabulary.KEYWORDS``. It has no nested functions, classes,
``try``, ``with``, ``raise``, ``assert``, ``del``, ``print`` or ``else`` of loops.
"""

import ast
import re
from collections.abc import Iterator, Sequence

from chatlstm_code.canonical import SELF, take_function
from chatlstm_code.expressions import BINARY, take_names, write_expression, write_target
from chatlstm_code.vocabulary import BUILTINS, MODULES

MAX_DEPTH = 6
PARTS = re.compile(r"'(?:[^'\\\n]|\\.)*'|[A-Za-z_]\w*|.", re.DOTALL)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_LINE = re.compile(r"([1-9])(.+)")

Line = tuple[int, str]


def to_layout(source: str) -> str:
    """Lay out a function.

    Args:
        source: Imports and one function; a docstring, comments and annotations are left out.

    Returns:
        Its layout, without a line feed at the end.

    Raises:
        ValueError: It does not parse, or holds what the layout has not.

    Example:
        >>> print(to_layout("def add(nums):\\n    total = 0\\n    for num in nums: total += num\\n    return total"))
        add(numbers)
        1total = 0
        1for number in numbers:
        2total += number
        1return total
    """
    function = take_function(source)
    lines = [f"{depth}{text}" for depth, text in _write_block(function.body, 1)]
    return "\n".join([f"{function.name}({_write_parameters(function.args)})", *lines])


def from_layout(text: str) -> str:
    """Write a layout out as source.

    Args:
        text: What ``to_layout`` returned, or a text of that form.

    Returns:
        Imports, where it needs any, and the function; without a line feed at the end.

    Raises:
        ValueError: It is no layout.

    Example:
        >>> print(from_layout("squares(n)\\n1return [for x in range(n): x ** 2]"))
        def squares(n):
            return [x ** 2 for x in range(n)]
    """
    head, *rest = text.split("\n")
    name = head.partition("(")[0]
    lines = [f"def {_write_python(head, name)}:"]
    for line in rest:
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"no line of a layout: {line!r}")
        lines.append("    " * int(found[1]) + _write_python(found[2], name))
    modules = sorted(_list_modules("\n".join(rest)))
    source = "\n".join([*(f"import {module}" for module in modules), *[""] * (2 if modules else 0), *lines])
    try:
        ast.parse(source)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"no layout: {error}") from error
    return source


def to_example(line: str) -> str:
    """Write an example in the one way that prompts have.

    Args:
        line: A call and its value: ``f(2,3)==5``, perhaps with ``assert`` before it.

    Returns:
        ``f(2, 3) == 5``.

    Raises:
        ValueError: It is something else.

    Example:
        >>> to_example('assert f( [1,2],"a" )==(3)')
        "f([1, 2], 'a') == 3"
    """
    try:
        node = ast.parse(line.strip().removeprefix("assert ").strip(), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"no example: {line!r}") from error
    match node:
        case ast.Compare(left=ast.Call(func=ast.Name()), ops=[ast.Eq()]):
            return ast.unparse(node)
    raise ValueError(f"no example: {line!r}")


def _write_parameters(arguments: ast.arguments) -> str:
    names = [one.arg for one in take_names(arguments)]
    plain = len(names) - len(arguments.defaults)
    if not all(isinstance(value, ast.Constant | ast.UnaryOp) for value in arguments.defaults):
        raise ValueError("the layout has plain defaults only")
    return ", ".join(
        names[:plain]
        + [
            f"{name}={write_expression(value)}"
            for name, value in zip(names[plain:], arguments.defaults, strict=True)
        ]
    )


def _write_block(body: Sequence[ast.stmt], depth: int) -> Iterator[Line]:
    if depth > MAX_DEPTH:
        raise ValueError(f"deeper than {MAX_DEPTH} blocks")
    lines: list[Line] = []
    for node in body:
        lines += _write_statement(node, depth)
        if isinstance(node, ast.Return | ast.Break | ast.Continue):
            break  # nothing behind it is ever reached
    yield from lines or [(depth, "pass")]


def _write_statement(node: ast.stmt, depth: int) -> Iterator[Line]:
    match node:
        case ast.If():
            yield from _write_choice(node, depth, "if")
        case ast.For(orelse=[]):
            yield depth, f"for {write_target(node.target)} in {write_expression(node.iter)}:"
            yield from _write_block(node.body, depth + 1)
        case ast.While(orelse=[]):
            yield depth, f"while {write_expression(node.test)}:"
            yield from _write_block(node.body, depth + 1)
        case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Expr(value=ast.Constant()):
            return
        case _:
            yield from ((depth, text) for text in _write_simple(node))


def _write_choice(node: ast.If, depth: int, word: str) -> Iterator[Line]:
    yield depth, f"{word} {write_expression(node.test)}:"
    yield from _write_block(node.body, depth + 1)
    match node.orelse:
        case []:
            return
        case [ast.If() as other]:
            yield from _write_choice(other, depth, "elif")
        case _:
            yield depth, "else:"
            yield from _write_block(node.orelse, depth + 1)


def _write_simple(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.Return(value=None):
            yield "return"
        case ast.Return(value=ast.expr() as value):
            yield f"return {write_expression(value)}"
        case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
            yield f"{write_target(target)} = {write_expression(value)}"
        case ast.Assign(targets=targets, value=ast.Constant() as value):
            yield from (f"{write_target(target)} = {write_expression(value)}" for target in targets)
        case ast.AugAssign(target=target, op=sign, value=value) if type(sign) in BINARY:
            yield f"{write_target(target)} {BINARY[type(sign)][0]}= {write_expression(value)}"
        case ast.Expr(value=ast.Call() as value) if _changes_something(value):
            yield write_expression(value)
        case ast.Break() | ast.Continue():
            yield type(node).__name__.lower()
        case _:
            raise ValueError(f"the layout has no {type(node).__name__}")


def _changes_something(node: ast.expr) -> bool:
    """Tell whether a call is of a variable, of a module or of the function itself."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return isinstance(node, ast.Name) and node.id not in BUILTINS


def _write_python(line: str, name: str) -> str:
    """Put comprehensions in Python's order, and the function's name where it calls itself."""
    parts = [name if part == SELF else part for part in PARTS.findall(line)]
    text, end = _write_group(parts, 0, "")
    if end != len(parts):
        raise ValueError(f"a bracket too many: {line!r}")
    return text


def _write_group(parts: list[str], start: int, closing: str) -> tuple[str, int]:
    """Write what stands between brackets; returns it, and where the closing one is."""
    texts: list[str] = []
    split = 0
    place = start
    while place < len(parts) and parts[place] not in _CLOSING.values():
        part = parts[place]
        if part in _CLOSING:
            inner, place = _write_group(parts, place + 1, _CLOSING[part])
            part += inner + _CLOSING[part]
        texts.append(part)
        if part == ":" and not split:
            split = len(texts)
        place += 1
    if closing and (place == len(parts) or parts[place] != closing):
        raise ValueError(f"a bracket is not closed by {closing}")
    if closing and texts[:1] == ["for"] and split:
        clauses, value = "".join(texts[: split - 1]), "".join(texts[split:]).strip()
        return f"{value} {clauses}", place
    return "".join(texts), place


def _list_modules(text: str) -> set[str]:
    parts = PARTS.findall(text)
    return {
        part
        for before, part, after in zip(["", *parts], parts, [*parts[1:], ""], strict=False)
        if part in MODULES and after == "." and before != "."
    }

"""Expressions as the layout writes them: Python's, but a comprehension says first what it goes through."""

import ast
import math
from collections.abc import Callable, Sequence

from chatlstm_code.vocabulary import CONSTANTS, KEYWORDS, METHODS, MODULES

# how tightly an expression holds together; one that holds less stands in parentheses
TEST, OR, AND, NOT, COMPARE, BIT_OR, BIT_XOR, BIT_AND, SHIFT, SUM, TERM, SIGN, POWER, NUMBER, ATOM = range(15)

BINARY: dict[type[ast.operator], tuple[str, int]] = {
    ast.BitOr: ("|", BIT_OR),
    ast.BitXor: ("^", BIT_XOR),
    ast.BitAnd: ("&", BIT_AND),
    ast.LShift: ("<<", SHIFT),
    ast.RShift: (">>", SHIFT),
    ast.Add: ("+", SUM),
    ast.Sub: ("-", SUM),
    ast.Mult: ("*", TERM),
    ast.Div: ("/", TERM),
    ast.FloorDiv: ("//", TERM),
    ast.Mod: ("%", TERM),
    ast.Pow: ("**", POWER),
}
COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}
SIGNS: dict[type[ast.unaryop], tuple[str, int]] = {
    ast.USub: ("-", SIGN),
    ast.Invert: ("~", SIGN),
    ast.Not: ("not ", NOT),
}
MAX_NUMBER = 10**15

Written = tuple[str, int]  # the text, and how tightly it holds together


def write_expression(node: ast.expr, level: int = TEST) -> str:
    """Write an expression, in parentheses where it would not hold together.

    Args:
        node: In the plain forms of ``take_function``.
        level: How tightly it must hold together, from ``TEST`` to ``ATOM``.

    Returns:
        Its text, on one line.

    Raises:
        ValueError: The layout has no such expression.

    Example:
        >>> write_expression(ast.parse("[x*x for x in items if x]", mode="eval").body)
        '[for x in items if x: x * x]'
    """
    writer = _WRITERS.get(type(node))
    if writer is None:
        raise ValueError(f"the layout has no {type(node).__name__}")
    text, own = writer(node)
    return f"({text})" if own < level else text


def write_target(node: ast.expr) -> str:
    """Write what is bound: a name, an item of something, or several of them."""
    if isinstance(node, ast.Tuple | ast.List) and node.elts:
        parts = [f"({write_target(one)})" if isinstance(one, ast.Tuple) else write_target(one) for one in node.elts]
        return ", ".join(parts) if len(parts) > 1 else f"{parts[0]},"
    if not isinstance(node, ast.Name | ast.Subscript):
        raise ValueError(f"the layout binds no {type(node).__name__}")
    return write_expression(node)


def _name(node: ast.Name) -> Written:
    return node.id, ATOM


def _constant(node: ast.Constant) -> Written:
    value = node.value
    if isinstance(value, str):
        return write_string(value), ATOM
    if value is None or isinstance(value, bool):
        return repr(value), ATOM
    if (isinstance(value, float) and math.isfinite(value)) or (isinstance(value, int) and value < MAX_NUMBER):
        return repr(value), NUMBER
    raise ValueError(f"the layout has no constant {value!r}")


def write_string(text: str) -> str:
    r"""Write a string in single quotes.

    Raises:
        ValueError: It holds a character that is neither printable ASCII nor a line feed or tab.

    Example:
        >>> write_string("it's")
        "'it\\'s'"
    """
    shown = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t")
    if not (shown.isascii() and shown.isprintable()):
        raise ValueError(f"the layout has no string {text!r}")
    return f"'{shown}'"


def _binary(node: ast.BinOp) -> Written:
    if type(node.op) not in BINARY:
        raise ValueError(f"the layout has no {type(node.op).__name__}")
    sign, level = BINARY[type(node.op)]
    left, right = (NUMBER, SIGN) if level == POWER else (level, level + 1)
    return f"{write_expression(node.left, left)} {sign} {write_expression(node.right, right)}", level


def _unary(node: ast.UnaryOp) -> Written:
    if type(node.op) not in SIGNS:
        raise ValueError("the layout has no +x")
    sign, level = SIGNS[type(node.op)]
    return f"{sign}{write_expression(node.operand, level)}", level


def _boolean(node: ast.BoolOp) -> Written:
    word, level = ("or", OR) if isinstance(node.op, ast.Or) else ("and", AND)
    return f" {word} ".join(write_expression(one, level + 1) for one in node.values), level


def _compare(node: ast.Compare) -> Written:
    text = write_expression(node.left, COMPARE + 1)
    for sign, right in zip(node.ops, node.comparators, strict=True):
        if isinstance(sign, ast.Is | ast.IsNot) and write_expression(right) not in CONSTANTS:
            raise ValueError("the layout has 'is' with None, True and False only")
        text += f" {COMPARISONS[type(sign)]} {write_expression(right, COMPARE + 1)}"
    return text, COMPARE


def _choice(node: ast.IfExp) -> Written:
    parts = [write_expression(one, OR) for one in (node.body, node.test)]
    return f"{parts[0]} if {parts[1]} else {write_expression(node.orelse)}", TEST


def _lambda(node: ast.Lambda) -> Written:
    names = ", ".join(one.arg for one in take_names(node.args))
    return f"lambda {names}: {write_expression(node.body)}" if names else f"lambda: {write_expression(node.body)}", TEST


def take_names(arguments: ast.arguments) -> list[ast.arg]:
    """Take the parameters.

    Raises:
        ValueError: Some are of a kind that the layout has not.
    """
    if arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg or arguments.kwarg:
        raise ValueError("the layout has plain parameters only")
    return arguments.args


def _call(node: ast.Call) -> Written:
    function = write_expression(node.func, ATOM)
    if len(node.args) == 1 and not node.keywords and isinstance(node.args[0], ast.GeneratorExp):
        return f"{function}{write_expression(node.args[0])}", ATOM
    names = [one.arg for one in node.keywords]
    if names and (function == "@" or not set(names) <= set(KEYWORDS)):
        raise ValueError(f"the layout has no such keywords: {names}")
    parts = [write_expression(one) for one in node.args]
    ordered = sorted(node.keywords, key=lambda one: KEYWORDS.index(str(one.arg)))
    parts += [f"{one.arg}={write_expression(one.value)}" for one in ordered]
    return f"{function}({', '.join(parts)})", ATOM


def _attribute(node: ast.Attribute) -> Written:
    module = node.value.id if isinstance(node.value, ast.Name) else ""
    if node.attr not in MODULES.get(module, METHODS):
        raise ValueError(f"the layout has no .{node.attr}")
    return f"{write_expression(node.value, ATOM)}.{node.attr}", ATOM


def _subscript(node: ast.Subscript) -> Written:
    return f"{write_expression(node.value, ATOM)}[{write_expression(node.slice)}]", ATOM


def _slice(node: ast.Slice) -> Written:
    low, high, step = (write_expression(one) if one else "" for one in (node.lower, node.upper, node.step))
    return f"{low}:{high}:{step}" if step else f"{low}:{high}", TEST


def _starred(node: ast.Starred) -> Written:
    return f"*{write_expression(node.value, BIT_OR)}", TEST


def _list(node: ast.List) -> Written:
    return f"[{_join(node.elts)}]", ATOM


def _set(node: ast.Set) -> Written:
    return f"{{{_join(node.elts)}}}", ATOM


def _tuple(node: ast.Tuple) -> Written:
    return f"({_join(node.elts)}{',' if len(node.elts) == 1 else ''})", ATOM


def _join(nodes: Sequence[ast.expr]) -> str:
    return ", ".join(write_expression(one) for one in nodes)


def _dict(node: ast.Dict) -> Written:
    if None in node.keys:
        raise ValueError("the layout unpacks no dict")
    pairs = [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key]
    return f"{{{', '.join(f'{write_expression(key)}: {write_expression(value)}' for key, value in pairs)}}}", ATOM


def _list_comprehension(node: ast.ListComp) -> Written:
    return f"[{_clauses(node.generators)}{write_expression(node.elt)}]", ATOM


def _set_comprehension(node: ast.SetComp) -> Written:
    return f"{{{_clauses(node.generators)}{write_expression(node.elt)}}}", ATOM


def _generator(node: ast.GeneratorExp) -> Written:
    return f"({_clauses(node.generators)}{write_expression(node.elt)})", ATOM


def _dict_comprehension(node: ast.DictComp) -> Written:
    return f"{{{_clauses(node.generators)}{write_expression(node.key)}: {write_expression(node.value)}}}", ATOM


def _clauses(generators: Sequence[ast.comprehension]) -> str:
    texts = []
    for one in generators:
        conditions = "".join(f" if {write_expression(condition, OR)}" for condition in one.ifs)
        texts.append(f"for {write_target(one.target)} in {write_expression(one.iter, OR)}{conditions}")
    return " ".join(texts) + ": "


_WRITERS: dict[type[ast.expr], Callable[..., Written]] = {
    ast.Attribute: _attribute,
    ast.BinOp: _binary,
    ast.BoolOp: _boolean,
    ast.Call: _call,
    ast.Compare: _compare,
    ast.Constant: _constant,
    ast.Dict: _dict,
    ast.DictComp: _dict_comprehension,
    ast.GeneratorExp: _generator,
    ast.IfExp: _choice,
    ast.Lambda: _lambda,
    ast.List: _list,
    ast.ListComp: _list_comprehension,
    ast.Name: _name,
    ast.Set: _set,
    ast.SetComp: _set_comprehension,
    ast.Slice: _slice,
    ast.Starred: _starred,
    ast.Subscript: _subscript,
    ast.Tuple: _tuple,
    ast.UnaryOp: _unary,
}

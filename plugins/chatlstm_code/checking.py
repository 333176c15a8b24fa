"""The first wall: what a candidate's source may hold at all."""

import ast
from collections.abc import Iterator

from chatlstm_code.vocabulary import BUILTINS, METHODS, MODULES

_ALLOWED = (
    ast.Module | ast.Import | ast.ImportFrom | ast.alias | ast.FunctionDef | ast.arguments | ast.arg | ast.Return
    | ast.Assign | ast.AnnAssign | ast.AugAssign | ast.For | ast.While | ast.If | ast.Expr | ast.Pass | ast.Break
    | ast.Continue | ast.BoolOp | ast.BinOp | ast.UnaryOp | ast.Lambda | ast.IfExp | ast.Dict | ast.Set | ast.ListComp
    | ast.SetComp | ast.DictComp | ast.GeneratorExp | ast.comprehension | ast.Compare | ast.Call | ast.keyword
    | ast.Constant | ast.JoinedStr | ast.FormattedValue | ast.Attribute | ast.Subscript | ast.Starred | ast.Name
    | ast.List | ast.Tuple | ast.Slice | ast.operator | ast.unaryop | ast.boolop | ast.cmpop | ast.expr_context
)
_ATTRIBUTES = frozenset(METHODS).union(*MODULES.values())


def find_fault(source: str) -> str:
    """Find what a source may not hold: everything is forbidden that is not on the list.

    Allowed are the statements and expressions above, the builtins, methods and modules of the
    vocabulary, and names without a leading underscore.

    Args:
        source: Python.

    Returns:
        What it is, with its line; empty where there is none.

    Example:
        >>> find_fault("def f(a):\\n    return a.__class__"), find_fault("def f(a): return a")
        ('line 2: the attribute __class__', '')
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"does not parse: {error}"
    bound = {name for node in ast.walk(tree) for name in _list_bound(node)}
    for node in ast.walk(tree):
        fault = _judge(node, bound)
        if fault:
            return f"line {vars(node).get('lineno', 1)}: {fault}"
    return ""


def _list_bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.FunctionDef(name=name):
            yield name
        case ast.alias(name=name, asname=other):
            yield other or name


def _judge(node: ast.AST, bound: set[str]) -> str:
    match node:
        case _ if not isinstance(node, _ALLOWED):
            return type(node).__name__
        case ast.FunctionDef(decorator_list=[_, *_]):
            return "a decorator"
        case ast.Attribute(attr=name) if name not in _ATTRIBUTES:
            return f"the attribute {name}"
        case ast.Attribute(attr="format", value=text) if not isinstance(text, ast.Constant):
            return "format of a text that is put together"  # it could reach into what it formats
        case ast.Constant(value=str(text)) if "__" in text:
            return "a string with two underscores"
    return _judge_name(node, bound) or _judge_import(node)


def _judge_name(node: ast.AST, bound: set[str]) -> str:
    match node:
        case ast.Name(id=name) | ast.arg(arg=name) | ast.FunctionDef(name=name) if name.startswith("__"):
            return f"the name {name}"
        case ast.Name(id=name) if name not in bound and name not in BUILTINS:
            return f"the name {name}"
    return ""


def _judge_import(node: ast.AST) -> str:
    match node:
        case ast.Import(names=names):
            return next((f"the module {one.name}" for one in names if one.name not in MODULES), "")
        case ast.ImportFrom(module=module, names=names):
            known = MODULES.get(str(module), ())
            return next((f"the import of {one.name}" for one in names if one.name not in known), "")
    return ""

"""A function brought down to the plain forms that the layout has: one way to say each thing."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from chatlstm_code.naming import rename
from chatlstm_code.vocabulary import BUILTINS, MODULES, RESERVED

SELF = "@"  # the function within itself


def take_function(source: str) -> ast.FunctionDef:
    """Take the one function out of a source text, in plain forms.

    Comments, docstring, annotations and imports are gone, imported names are written with their
    module, names are chosen anew, f-strings are calls of ``format``, and the function calls itself ``@``.

    Args:
        source: Imports and one function.

    Returns:
        The function.

    Raises:
        ValueError: It does not parse, or holds something else.
    """
    try:
        body = ast.parse(source).body
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"does not parse: {error}") from error
    functions = [node for node in body if isinstance(node, ast.FunctionDef)]
    others = [node for node in body if not isinstance(node, ast.FunctionDef | ast.Import | ast.ImportFrom)]
    if len(functions) != 1 or not all(map(_is_text, others)):
        raise ValueError("needs imports and one function, and nothing else")
    function = functions[0]
    if function.name in RESERVED or function.decorator_list:
        raise ValueError(f"the function {function.name} has a decorator, or the name of something else")
    imports = dict(_list_imports([node for node in ast.walk(ast.Module(body, [])) if isinstance(node, ast.stmt)]))
    canonical = _Canonical(function.name, rename(function), imports)
    function.body = [canonical.visit(node) for node in function.body if not _is_text(node)]
    function.args = canonical.visit(function.args)
    return function


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _list_imports(nodes: Sequence[ast.stmt]) -> Iterator[tuple[str, str]]:
    """List what each imported name stands for."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for one in node.names:
                yield one.asname or one.name, one.name
        elif isinstance(node, ast.ImportFrom):
            for one in node.names:
                yield one.asname or one.name, f"{node.module}.{one.name}"


class _Canonical(ast.NodeTransformer):
    def __init__(self, function: str, names: Mapping[str, str], imports: Mapping[str, str]) -> None:
        self._function, self._names, self._imports = function, names, imports

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self._names[node.arg])

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self._names:
            return ast.Name(self._names[node.id], node.ctx)
        if node.id == self._function:
            return ast.Name(SELF, node.ctx)
        if node.id in self._imports:
            module, _, name = self._imports[node.id].partition(".")
            if module in MODULES and name in ("", *MODULES[module]):
                return ast.Attribute(ast.Name(module), name) if name else ast.Name(module)
        elif node.id in BUILTINS:
            return node
        raise ValueError(f"the name {node.id} is not known")

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        values: list[ast.expr] = []
        text = "".join(self._lay_out(part, values) for part in node.values)
        return ast.Call(ast.Attribute(ast.Constant(text), "format"), values, [])

    def _lay_out(self, part: ast.expr, values: list[ast.expr]) -> str:
        if not isinstance(part, ast.FormattedValue):
            return re.sub("[{}]", lambda brace: brace[0] * 2, str(ast.literal_eval(part)))
        values.append(self.visit(part.value))
        conversion = f"!{chr(part.conversion)}" if part.conversion > 0 else ""
        if part.format_spec is None:
            return f"{{{conversion}}}"
        inner = part.format_spec.values if isinstance(part.format_spec, ast.JoinedStr) else []
        return f"{{{conversion}:{''.join(self._lay_out(one, values) for one in inner)}}}"

"""Laws of size, shape and names."""

import ast
from collections.abc import Iterator, Sequence

from tests.house.source import Function, Module

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40
MAX_PARAMETERS = 5

VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc", "factory"}
WORKING_NAMES = {"open", "environ", "getenv", "read_text", "read_bytes", "mkdir", "manual_seed"}


def has_docstring(node: ast.Module | ast.ClassDef | Function) -> bool:
    """Tell whether a body begins with a docstring."""
    return ast.get_docstring(node, clean=False) is not None


def find_long_file(module: Module) -> Iterator[str]:
    """A file beyond its budget."""
    lines = len(module.text.splitlines())
    if lines > MAX_FILE_LINES:
        yield module.fault(MAX_FILE_LINES, f"{lines} lines, {MAX_FILE_LINES} allowed")


def find_long_function(module: Module) -> Iterator[str]:
    """A function beyond its budget; decorators and docstring are free."""
    for node in module.functions():
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if has_docstring(node):
            docstring = node.body[0]
            lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
        if lines > MAX_FUNCTION_LINES:
            yield module.fault(node, f"{node.name} has {lines} lines, {MAX_FUNCTION_LINES} allowed")


def find_many_parameters(module: Module) -> Iterator[str]:
    """A function with too many parameters: keyword-only ones count, ``self`` and ``cls`` do not."""
    for node in module.functions():
        names = [each.arg for each in node.args.posonlyargs + node.args.args]
        count = len(names) - (names[:1] in (["self"], ["cls"])) + len(node.args.kwonlyargs)
        if count > MAX_PARAMETERS:
            yield module.fault(node, f"{node.name} takes {count}, {MAX_PARAMETERS} allowed")


def find_filled_init(module: Module) -> Iterator[str]:
    """An ``__init__.py`` with a word in it; ChatLSTM's own holds docstring and version."""
    if not module.path.endswith("__init__.py"):
        return
    body = module.tree.body
    if module.name == "chatlstm":
        body = [node for node in body[has_docstring(module.tree) :] if "__version__" not in ast.unparse(node)]
    if body:
        yield module.fault(body[0], "__init__.py is not empty")


def find_vague_file_name(module: Module) -> Iterator[str]:
    """A file named after nothing."""
    vague = VAGUE_NAMES.intersection(module.name.split("."))
    if vague:
        yield module.fault(1, f"{vague.pop()} names no noun of the field")


def find_option_bag(module: Module) -> Iterator[str]:
    """A ``**kwargs`` parameter."""
    for node in module.functions():
        if node.args.kwarg:
            yield module.fault(node, f"{node.name} takes **{node.args.kwarg.arg}")


def find_work_at_import(module: Module) -> Iterator[str]:
    """A statement that acts, or a look at files and environment, while the module is imported."""
    kinds = ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign | ast.ClassDef | Function | ast.If
    for node in module.tree.body:
        told = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)  # a docstring
        if not told and not isinstance(node, kinds):
            yield module.fault(node, f"acts at import: {ast.unparse(node).splitlines()[0]}")
    for part in walk_import_time(module.tree):
        if isinstance(part, ast.Name | ast.Attribute):
            name = part.id if isinstance(part, ast.Name) else part.attr
            if name in WORKING_NAMES:
                yield module.fault(part, f"{name} at import")


def walk_import_time(node: ast.AST) -> Iterator[ast.AST]:
    """Walk what runs at import: everything but bodies of functions and the ``__main__`` block."""
    for child in ast.iter_child_nodes(node):
        main = isinstance(child, ast.If) and "__main__" in ast.unparse(child.test)
        if not main and not isinstance(child, Function | ast.Lambda):
            yield child
            yield from walk_import_time(child)


def read_bases(modules: Sequence[Module]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Read the bases of every class, and what every imported name stands for, all in full."""
    bases, aliases = {}, {}
    for module in modules:
        for _, full in module.imports():
            aliases[f"{module.name}.{full.rpartition('.')[2]}"] = full
        for node in module.classes():
            names = [ast.unparse(base).partition("[")[0] for base in node.bases]
            bases[f"{module.name}.{node.name}"] = [f"{module.name}.{name}" for name in names]
    return bases, aliases


def find_deep_inheritance(modules: Sequence[Module]) -> Iterator[str]:
    """A class with more than one ancestor of the house; errors may have two."""
    bases, aliases = read_bases(modules)

    def list_line(name: str) -> list[str]:
        while name in aliases:
            name = aliases[name]
        lines = [list_line(base) for base in bases.get(name, [])]
        return [name, *max(lines, key=len, default=[])] if name in bases else []

    for name in bases:
        ancestors = list_line(name)[1:]
        if len(ancestors) > 1 + ("chatlstm.errors.ChatLSTMError" in ancestors):
            yield f"{name} descends from {', '.join(ancestors)}"

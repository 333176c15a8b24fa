"""Laws of single calls, comments and docstrings."""

import ast
from collections.abc import Iterator, Sequence

from tests.house.imports import lies_in
from tests.house.source import Function, Module

Definition = ast.ClassDef | Function

PUBLIC = ["chatlstm.plugin", "chatlstm.records", "chatlstm.errors", "chatlstm.engine.api", "chatlstm.tokens"]

# Started by itself: it answers on its standard output.
PROGRAMS = ("chatlstm_code.worker",)
SPEAKING = {"print", "input", "breakpoint", "exit", "quit", "SystemExit"}
SPEAKING |= {"sys.exit", "sys.stdout", "sys.stderr", "sys.stdin", "os._exit"}


def find_getattr_default(module: Module) -> Iterator[str]:
    """A ``getattr`` that hides a misspelt name behind a default."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "getattr" and len(node.args) > 2:
            yield module.fault(node, "getattr with a default")


def find_assert(module: Module) -> Iterator[str]:
    """An ``assert`` in the product."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Assert):
            yield module.fault(node, "assert outside tests")


def find_bare_except(module: Module) -> Iterator[str]:
    """An ``except`` that names no exception."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield module.fault(node, "bare except")


def find_speech(module: Module) -> Iterator[str]:
    """A print, a question or an exit outside the interface."""
    if lies_in(module.name, "chatlstm.interface") or module.name in PROGRAMS:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name | ast.Attribute):
            name = ast.unparse(node)
            if name in SPEAKING:
                yield module.fault(node, f"{name} outside interface")


def find_unexplained_any(module: Module) -> Iterator[str]:
    """An ``Any``, ``cast`` or ``type: ignore`` with no reason on its line; above it serves the first two."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Name) or module.comments.keys() & {node.lineno, node.lineno - 1}:
            continue
        if node.id in {"Any", "cast"}:
            yield module.fault(node, f"{node.id} without its reason on the line")
    for line, comment in module.comments.items():
        _, ignore, rest = comment.partition("type: ignore")
        if ignore and not rest.partition("]")[2].strip(" #-:"):
            yield module.fault(line, "type: ignore without its reason on the line")


def list_reexports(modules: Sequence[Module]) -> set[str]:
    """List in full what ``chatlstm.plugin`` takes from elsewhere and offers in its ``__all__``."""
    names = set()
    for module in modules:
        if module.name == "chatlstm.plugin":
            offered = {each.value for each in ast.walk(module.tree) if isinstance(each, ast.Constant)}
            names |= {full for _, full in module.imports() if full.rpartition(".")[2] in offered}
    return names


def list_definitions(modules: Sequence[Module]) -> Iterator[tuple[Module, Definition]]:
    """Pair every public function and class at the top of a module with that module."""
    for module in modules:
        for node in module.tree.body:
            if isinstance(node, Definition) and not node.name.startswith("_"):
                yield module, node


def find_missing_example(modules: Sequence[Module]) -> Iterator[str]:
    """A name of the public API without an Example; a protocol cannot show one.

    The public API is what ``chatlstm.plugin`` defines or offers, the values and errors, what the
    engine promises in ``engine/api.py``, and the tokens.
    """
    offered = list_reexports(modules)
    for module, node in list_definitions(modules):
        public = any(lies_in(module.name, part) for part in PUBLIC) or f"{module.name}.{node.name}" in offered
        protocol = isinstance(node, ast.ClassDef) and "Protocol" in map(ast.unparse, node.bases)
        docstring = ast.get_docstring(node) or ""
        if public and not protocol and not ("Example:\n" in docstring and ">>>" in docstring):
            yield module.fault(node, f"{node.name} has no Example")


def find_unheld_test(module: Module) -> Iterator[str]:
    """A test that sleeps or mocks."""
    for place, name in module.imports():
        if name == "time.sleep" or lies_in(name, "unittest.mock"):
            yield module.fault(place, f"a test imports {name}")
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "time.sleep":
            yield module.fault(node, "a test sleeps")

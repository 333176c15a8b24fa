"""The project's own source files, read and parsed once."""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]

Function = ast.FunctionDef | ast.AsyncFunctionDef
Placed = ast.stmt | ast.expr | ast.ExceptHandler


@dataclass(frozen=True)
class Module:
    """One source file: its dotted name, where it lies, and its text."""

    name: str
    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The file's syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def comments(self) -> dict[int, str]:
        """The file's comments by line."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}

    def fault(self, place: Placed | int, sentence: str) -> str:
        """Say what is wrong at a node or a line."""
        line = place if isinstance(place, int) else place.lineno
        return f"{self.path}:{line}: {sentence}"

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node

    def classes(self) -> Iterator[ast.ClassDef]:
        """Every class, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef):
                yield node

    def imports(self) -> Iterator[tuple[ast.stmt, str]]:
        """Every imported name in full, such as ``chatlstm.records.Record``, wherever it stands."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                origin = "." * node.level + (node.module or "")
                yield from ((node, f"{origin}.{alias.name}") for alias in node.names)


def read_modules(folder: str, *, root: Path = ROOT) -> list[Module]:
    """Read every Python file below a top-level folder; names count from the import root."""
    start = root / folder
    base = start if folder == "plugins" else root
    modules = []
    for path in sorted(start.rglob("*.py")):
        name = ".".join(path.relative_to(base).with_suffix("").parts).removesuffix(".__init__")
        modules.append(Module(name, str(path.relative_to(root)), path.read_text("utf-8")))
    return modules

"""Laws of who may import whom."""

import sys
from collections.abc import Iterator, Sequence

from tests.house.source import Module

RANKS = {
    "chatlstm.interface": 6,
    "chatlstm.__main__": 6,
    "chatlstm.session": 5,
    "chatlstm.history": 5,
    "chatlstm.plugin": 4,
    "chatlstm.pipeline": 4,
    "chatlstm.engine": 3,
    "chatlstm.tokens": 2,
    "chatlstm.records": 1,
    "chatlstm.errors": 1,
    "chatlstm": 0,  # the version alone
}

# A library with one home: only there it is imported.
HOMES = {
    "torch": "chatlstm.engine",
    "onnx": "chatlstm.engine",
    "onnxruntime": "chatlstm.engine",
    "sqlalchemy": "chatlstm.history",
    "prompt_toolkit": "chatlstm.interface",
    "click": "chatlstm.interface",
    "rich": "chatlstm.interface",
}

IMPORT_NAMES = {"pyyaml": "yaml", "chitchat-dataset": "chitchat_dataset"}


def lies_in(name: str, package: str) -> bool:
    """Tell whether a dotted name is a package or something inside it."""
    return name == package or name.startswith(package + ".")


def find_rank(name: str) -> int | None:
    """Find the rank of a dotted name; None outside ChatLSTM or where no rank is laid down."""
    part = ".".join(name.split(".")[:2])
    if part == "chatlstm.__version__":
        return RANKS["chatlstm"]
    return RANKS.get(part)


def find_unranked_module(module: Module) -> Iterator[str]:
    """A module of ChatLSTM that belongs to no rank."""
    if find_rank(module.name) is None:
        yield module.fault(1, f"{module.name} has no rank")


def find_upward_import(module: Module) -> Iterator[str]:
    """An import of a higher rank, or of a name of ChatLSTM that has no rank."""
    own = find_rank(module.name) or 0
    for node, name in module.imports():
        rank = find_rank(name)
        if lies_in(name, "chatlstm") and (rank is None or rank > own):
            yield module.fault(node, f"rank {own} imports {name}, rank {rank}")


def find_relative_import(module: Module) -> Iterator[str]:
    """An import that counts from where it stands."""
    for node, name in module.imports():
        if name.startswith("."):
            yield module.fault(node, f"relative import {name}")


def find_strayed_library(module: Module) -> Iterator[str]:
    """A library imported outside its one home."""
    for node, name in module.imports():
        home = HOMES.get(name.split(".")[0])
        if home and not lies_in(module.name, home):
            yield module.fault(node, f"{name} belongs to {home} alone")


def find_core_import(module: Module) -> Iterator[str]:
    """A plugin that reaches past ``chatlstm.plugin``, or into another plugin."""
    own = module.name.split(".")[0]
    for node, name in module.imports():
        inside = name.split(".")[0]
        if inside.startswith("chatlstm") and inside != own and not lies_in(name, "chatlstm.plugin"):
            yield module.fault(node, f"a plugin imports {name}")


def list_foreign_roots(dependencies: Sequence[str]) -> set[str]:
    """List the names under which declared dependencies are imported."""
    names = set()
    for requirement in dependencies:
        name = requirement.split(";")[0].rstrip("0123456789.,<>=!~ ").split("[")[0].lower()
        names.add(IMPORT_NAMES.get(name, name.replace("-", "_")))
    return names


def find_undeclared_import(module: Module, declared: set[str]) -> Iterator[str]:
    """An import of a library that nobody installs."""
    for node, name in module.imports():
        root = name.split(".")[0]
        known = root in sys.stdlib_module_names or root in declared
        if root and not known and not root.startswith("chatlstm"):
            yield module.fault(node, f"{root} is no declared dependency")

"""A family of tasks: one thing a function does, said in many ways and solved in several."""

import ast
import functools
import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chatlstm_code.inputs import Parameter
from chatlstm_code.table import Table
from chatlstm_code.wording import unfold

INPUTS = 20
BUILTINS: Mapping[str, object] = MappingProxyType(
    {
        one.__name__: one
        for one in (
            abs, all, any, bin, bool, chr, dict, divmod, enumerate, filter, float, hex, int, isinstance, len, list,
            map, max, min, oct, ord, pow, range, reversed, round, set, sorted, str, sum, tuple, zip,
        )
    }
)  # fmt: skip
OTHER_NAMES = {  # all of the vocabulary that the layout leaves as it is
    "numbers": ("values", "items", "data"),
    "others": ("list_b", "second"),
    "words": ("items", "texts", "values"),
    "text": ("s", "word", "t"),
    "other": ("t", "second"),
    "n": ("number", "x", "m"),
    "k": ("limit", "m", "n"),
    "mapping": ("table", "d", "data"),
    "matrix": ("rows", "grid", "table"),
    "pairs": ("items", "entries"),
    "bits": ("text", "s"),
}


@dataclass(frozen=True)
class Family:
    """One thing that a function does.

    Args:
        id: Its name, as no other family has it.
        names: What the function may be called.
        takes: Its parameters, as the solutions spell them.
        wordings: Every description by language, ``"en"`` and ``"zh"``.
        bodies: Bodies of correct functions, different in style.
        more: Argument lists to try beside those drawn, such as ``"[], 3"``.
        where: What drawn arguments must satisfy; empty for nothing.
        written: By hand, not a product of parts.
    """

    id: str
    names: tuple[str, ...]
    takes: tuple[Parameter, ...]
    wordings: Mapping[str, tuple[str, ...]]
    bodies: tuple[str, ...]
    more: tuple[str, ...] = ()
    where: str = ""
    written: bool = True

    def define(self, body: int) -> str:
        """Give a solution as it was written, with its head; the function is called ``f``."""
        lines = "\n".join("    " + line for line in self.bodies[body].splitlines())
        return f"def f({', '.join(one.name for one in self.takes)}):\n{lines}\n"

    def write(self, body: int, names: Mapping[str, str]) -> str:
        """Write a solution out under other names.

        Args:
            body: Which of the solutions.
            names: The name of each parameter, and that of the function for ``"f"``.
        """
        return ast.unparse(_Renaming(names).visit(ast.parse(self.define(body))))

    def choose_names(self, body: int, chance: random.Random) -> dict[str, str]:
        """Choose names for the parameters, most often those they have."""
        chosen = {one.name: one.name for one in self.takes}
        taken = set(re.findall(r"\w+", self.define(body)))
        for one in self.takes:
            free = [other for other in OTHER_NAMES.get(one.name, ()) if other not in taken]
            if free and chance.random() < 0.35:
                chosen[one.name] = chance.choice(free)
                taken.add(chosen[one.name])
        return chosen

    def list_inputs(self) -> list[str]:
        """List the arguments to try, as they stand between the brackets of a call."""
        return list(dict.fromkeys((*self.more, *self.draw_inputs())))

    def draw_inputs(self) -> list[str]:
        """Draw arguments by what the parameters take; families that take the same get the same."""
        chance = random.Random(", ".join(f"{one.kind}{one.size}{one.values}" for one in self.takes))
        found: dict[str, None] = {}
        for _ in range(6 * INPUTS):
            if len(found) == INPUTS:
                break
            values = [one.draw(chance) for one in self.takes]
            if not self.where or evaluate(self.where, dict(zip((one.name for one in self.takes), values, strict=True))):
                found[", ".join(map(show, values))] = None
        return list(found)

    def run(self, arguments: str, body: int = 0) -> str:
        """Call a solution and write out what it returns."""
        return show(evaluate(f"f({arguments})", {"f": _load(self.define(body))}))


class _Renaming(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._names.get(node.id, node.id), node.ctx)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self._names.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self._names.get(node.arg, node.arg))


def show(value: object) -> str:
    """Write a value out; a set's members stand in order, for their own order is chance.

    Example:
        >>> show({3, 1, 2}), show(set())
        ('{1, 2, 3}', 'set()')
    """
    if isinstance(value, set) and value:
        return "{" + ", ".join(sorted(map(repr, value))) + "}"
    return repr(value)


def evaluate(expression: str, names: Mapping[str, object]) -> object:
    """Work out an expression of the catalogue, with nothing but a few builtins at hand.

    Example:
        >>> evaluate("min(low, 3)", {"low": 5})
        3
    """
    code = compile(expression, "<family>", "eval")
    return eval(code, {"__builtins__": dict(BUILTINS)}, dict(names))  # noqa: S307 - the project's own text


@functools.lru_cache(maxsize=64)
def _load(source: str) -> object:
    space: dict[str, object] = {"__builtins__": dict(BUILTINS)}
    exec(compile(source, "<family>", "exec"), space)  # noqa: S102 - the project's own text
    return space["f"]


def read_family(row: Mapping[str, object]) -> Family:
    """Read a table of ``corpora/code/families``.

    Args:
        row: The table, with its name as ``id``.

    Raises:
        MisuseError: A key is missing, unknown or mistyped.
    """
    table = Table.read(row)
    table.check_keys({"names", "takes", "en", "zh", "code"}, allowed={"more", "where"})
    return Family(
        table.id,
        tuple(table.text("names").split()),
        tuple(Parameter.read(one) for one in table.text("takes").split("; ")),
        {language: unfold_all(table.texts(language), language) for language in ("en", "zh")},
        tuple(body.strip("\n") for body in table.text("code").split("\n---\n")),
        table.texts("more"),
        table.text("where"),
    )


def unfold_all(patterns: Iterable[str], language: str) -> tuple[str, ...]:
    """Write out every wording of several patterns, each once."""
    return tuple(dict.fromkeys(text for one in patterns for text in unfold(one, language)))

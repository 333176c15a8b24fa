"""What a person asks for: a description, and examples of what the function returns."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from chatlstm.plugin import MisuseError
from chatlstm_code.packing import pack
from chatlstm_code.vocabulary import RESERVED

DOCTEST = ">>>"
_ARROW = re.compile(r"\)\s*(?:=>|->|→|==?|returns|gives|返回|得到)\s*")
_LEAD = re.compile(
    r"\s*(?:[-*•]\s*)?(?:(?:e\.g\.|for example|examples?|such as|例如|比如|例子|例)\s*[:：,，]?\s*)?", re.IGNORECASE
)
_NAMED = re.compile(r"(?:\bcalled|\bnamed|名为|叫做?|命名为)\s*[`'\"“]?([A-Za-z_]\w*)|\b([a-z_]\w*_\w+|f)\s*\(")


@dataclass(frozen=True)
class Example:
    """A call and what it returns.

    Args:
        name: Of the function.
        arguments: What it is given.
        value: What it returns.

    Example:
        >>> Example("f", (2, "a"), [1]).line
        "f(2, 'a') == [1]"
    """

    name: str
    arguments: tuple[object, ...]
    value: object

    @property
    def line(self) -> str:
        """The example as prompts have it."""
        return f"{self.name}({', '.join(map(repr, self.arguments))}) == {self.value!r}"


@dataclass(frozen=True)
class Assignment:
    """A function to write.

    Args:
        description: What it does.
        examples: What it returns; perhaps none.
        name: What it is called; empty where nobody has said.
    """

    description: str
    examples: tuple[Example, ...] = ()
    name: str = ""

    @cached_property
    def prompt(self) -> str:
        """The assignment as the first turn of a record: the description, then an example a line."""
        return "\n".join([*filter(None, [self.description]), *(one.line for one in self.examples)])

    @property
    def parameters(self) -> int | None:
        """How many arguments the function takes; None where no example or different ones tell."""
        counts = {len(one.arguments) for one in self.examples}
        return counts.pop() if len(counts) == 1 else None


def read_assignment(text: str) -> Assignment:
    r"""Read a description and examples in the forms in which people write them.

    Args:
        text: Lines of description, of ``f(2, 3) == 5`` (also with ``assert``, ``->``, ``=`` or
            "returns"), and of doctests: ``>>> f(2, 3)`` and below it ``5``. Where it has a single line,
            ``\n`` written out parts lines.

    Returns:
        The assignment.

    Raises:
        MisuseError: The examples call different functions, or one whose name is taken.

    Example:
        >>> read_assignment("Add two numbers.\n>>> add(2,3)\n5\nadd(1, 1)==2").prompt
        'Add two numbers.\nadd(2, 3) == 5\nadd(1, 1) == 2'
    """
    lines = (text if "\n" in text.strip() else text.replace("\\n", "\n")).strip().splitlines()
    told: list[str] = []
    examples = []
    for line in _join_doctests(lines):
        example = read_example(line)
        if example is None:
            told.append(line.strip())
        else:
            examples.append(example)
    names = {one.name for one in examples}
    if len(names) > 1:
        raise MisuseError(f"the examples call different functions: {', '.join(sorted(names))}")
    description = " ".join(filter(None, told))
    name = names.pop() if names else find_name(description)
    if name in RESERVED:
        raise MisuseError(f"a function cannot be called {name} here; give it another name")
    return Assignment(description, tuple(examples), name)


def _join_doctests(lines: Sequence[str]) -> Iterator[str]:
    """Put each doctest and its value on one line."""
    rest = iter(lines)
    for line in rest:
        call = line.strip()
        if call.startswith(DOCTEST) and "==" not in call:
            yield f"{call.removeprefix(DOCTEST)} == {next(rest, '')}"
        else:
            yield call.removeprefix(DOCTEST)


def read_example(line: str) -> Example | None:
    """Read one example; None where the line is none.

    Raises:
        MisuseError: It calls a function with something other than plain values.

    Example:
        >>> read_example("e.g. f([1, 2]) -> 3"), read_example("Add two numbers.")
        (Example(name='f', arguments=([1, 2],), value=3), None)
    """
    text = _LEAD.sub("", line, count=1).strip().removeprefix("assert ").strip()
    for found in _ARROW.finditer(text):
        call = _read_call(text[: found.start() + 1])
        if call is None:
            continue
        try:
            arguments = tuple(ast.literal_eval(one) for one in call.args)
            value = ast.literal_eval(text[found.end() :].strip())
            pack([arguments, value])
        except (ValueError, SyntaxError, TypeError) as error:
            raise MisuseError(f"the example {line.strip()!r} needs plain values on both sides: {error}") from error
        return Example(ast.unparse(call.func), arguments, value)
    return None


def _read_call(text: str) -> ast.Call | None:
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    plain = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords
    return node if plain and isinstance(node, ast.Call) else None


def find_name(description: str) -> str:
    """Find what a description calls its function; empty where it does not say.

    Example:
        >>> find_name("Write a function called add_up that adds numbers."), find_name("Add numbers.")
        ('add_up', '')
    """
    found = _NAMED.search(description)
    return (found[1] or found[2]) if found else ""

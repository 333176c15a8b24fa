"""Arguments to try a function on: drawn by what a parameter takes, such as ``ints 1..8 of 0..9``."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from chatlstm.plugin import MisuseError

_VOCABULARY = """
    apple river stone Anna level cat dog under over sky tree Bob house noon green blue red seven eight
    one two moon eye paper Kiwi milk bread ice umbrella orange zoo a I is it at banana window garden
"""
_SIGNS = "abcdexyzABCXYZ0123459 .,!?-"
_FORM = re.compile(r"(\w+)(?: (-?\d+)\.\.(-?\d+))?(?: of (-?\d+)\.\.(-?\d+))?")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a family's function.

    Args:
        name: As the family's solutions spell it.
        kind: What it takes, such as ``"ints"``.
        size: Least and greatest length; of an ``int``, its bounds.
        values: Bounds of the numbers within.

    Example:
        >>> Parameter.read("xs: ints 1..8 of 0..9")
        Parameter(name='xs', kind='ints', size=(1, 8), values=(0, 9))
    """

    name: str
    kind: str
    size: tuple[int, int]
    values: tuple[int, int]

    @classmethod
    def read(cls, text: str) -> "Parameter":
        """Read ``NAME: KIND``, ``NAME: KIND LOW..HIGH`` or ``NAME: KIND LOW..HIGH of LOW..HIGH``.

        Raises:
            MisuseError: It has another form, or there is no such kind.
        """
        name, _, form = text.strip().partition(": ")
        found = _FORM.fullmatch(form)
        if not found or found[1] not in KINDS:
            raise MisuseError(f"'{text}' is no parameter; kinds: {', '.join(sorted(KINDS))}")
        numbers = [None if part is None else int(part) for part in found.groups()[1:]]
        size = _bounds(numbers[:2], (-9, 20) if found[1] in ("int", "float") else (0, 7))
        return cls(name, found[1], size, _bounds(numbers[2:], (-9, 20)))

    def draw(self, chance: random.Random) -> object:
        """Draw an argument; a list is empty or shortest one time in eight."""
        return KINDS[self.kind](self, chance)

    def length(self, chance: random.Random) -> int:
        """Draw a length."""
        return self.size[0] if chance.random() < 0.125 else chance.randint(*self.size)

    def number(self, chance: random.Random) -> int:
        """Draw one of the numbers within."""
        return chance.randint(*self.values)


def _bounds(pair: list[int | None], default: tuple[int, int]) -> tuple[int, int]:
    low, high = pair
    return default if low is None or high is None else (low, high)


def draw_word(chance: random.Random) -> str:
    """Draw a word; a few begin with a capital, a few read the same from both ends."""
    return chance.choice(_VOCABULARY.split())


def _ints(one: Parameter, chance: random.Random) -> list[int]:
    found = [one.number(chance) for _ in range(one.length(chance))]
    if len(found) > 2 and chance.random() < 0.4:  # equal neighbours and doubles matter to many tasks
        found[-1] = found[chance.randrange(len(found) - 1)]
    return found


def _distinct(one: Parameter, chance: random.Random) -> list[int]:
    return chance.sample(range(one.values[0], one.values[1] + 1), one.length(chance))


def _words(one: Parameter, chance: random.Random) -> list[str]:
    found = [draw_word(chance) for _ in range(one.length(chance))]
    if len(found) > 2 and chance.random() < 0.4:
        found[-1] = found[0]
    return found


def _sentence(one: Parameter, chance: random.Random) -> str:
    return " ".join(_words(one, chance)) + chance.choice(["", "", ".", "!"])


def _spell(signs: str) -> Callable[[Parameter, random.Random], str]:
    return lambda one, chance: "".join(chance.choice(signs) for _ in range(one.length(chance)))


def _string(one: Parameter, chance: random.Random) -> str:
    return draw_word(chance) if chance.random() < 0.4 else _spell(_SIGNS)(one, chance)


def _matrix(one: Parameter, chance: random.Random) -> list[list[int]]:
    width = chance.randint(1, 3)
    return [[one.number(chance) for _ in range(width)] for _ in range(max(1, one.length(chance) // 2))]


def _square(one: Parameter, chance: random.Random) -> list[list[int]]:
    width = max(1, one.length(chance) // 2)
    return [[one.number(chance) for _ in range(width)] for _ in range(width)]


def _lists(one: Parameter, chance: random.Random) -> list[list[int]]:
    sizes = [chance.randint(0, 3) for _ in range(max(one.size[0], one.length(chance) // 2))]
    return [[one.number(chance) for _ in range(size)] for size in sizes]


def _pairs(one: Parameter, chance: random.Random) -> list[tuple[int, int]]:
    return [(one.number(chance), one.number(chance)) for _ in range(one.length(chance))]


def _scores(one: Parameter, chance: random.Random) -> list[tuple[str, int]]:
    return [(draw_word(chance), one.number(chance)) for _ in range(one.length(chance))]


def _dict(one: Parameter, chance: random.Random) -> dict[str, int]:
    return {draw_word(chance): one.number(chance) for _ in range(one.length(chance))}


KINDS: dict[str, Callable[[Parameter, random.Random], object]] = {
    "any": lambda one, chance: chance.choice([1, 0, "a", "", "cat", True, None, [1], []]),
    "bits": _spell("01"),
    "bool": lambda one, chance: chance.random() < 0.5,
    "bools": lambda one, chance: [chance.random() < 0.6 for _ in range(one.length(chance))],
    "char": lambda one, chance: chance.choice("aeobcrs"),
    "dict": _dict,
    "digits": _spell("0123456789"),
    "distinct": _distinct,
    "float": lambda one, chance: chance.randint(2 * one.size[0], 2 * one.size[1]) / 2,
    "floats": lambda one, chance: [one.number(chance) / 2 for _ in range(one.length(chance))],
    "int": lambda one, chance: chance.randint(*one.size),
    "ints": _ints,
    "letters": _spell("aabbc"),
    "lists": _lists,
    "matrix": _matrix,
    "pairs": _pairs,
    "scores": _scores,
    "sentence": _sentence,
    "set": lambda one, chance: set(_distinct(one, chance)),
    "sorted": lambda one, chance: sorted(_ints(one, chance)),
    "square": _square,
    "string": _string,
    "word": lambda one, chance: draw_word(chance),
    "words": _words,
}

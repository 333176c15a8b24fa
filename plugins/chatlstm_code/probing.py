"""Inputs to tell candidates apart where nobody has given examples."""

import random
from collections.abc import Sequence

PROBES = 6
_KINDS = {
    "text": "text word sentence line letter character name s t string pattern prefix suffix separator",
    "numbers": "numbers values items digits elements entries sequence data scores weights prices",
    "words": "words texts names lines keys letters characters",
    "rows": "matrix grid rows table",
    "pairs": "pairs points lists tuples groups",
    "mapping": "mapping counts lookup",
}
_WORDS = ("level", "code", "apple", "Python", "banana", "Noon", "sea", "hello world", "a1b2", "")


def draw_probes(parameters: Sequence[str], seed: int) -> list[tuple[object, ...]]:
    """Draw arguments that suit the names of parameters.

    Args:
        parameters: Their names.
        seed: Fixes them.

    Returns:
        Six lists of arguments.

    Example:
        >>> draw_probes(("text", "n"), 1)[0]
        ('apple', 0)
    """
    chance = random.Random(seed)
    return [tuple(_draw(name, chance) for name in parameters) for _ in range(PROBES)]


def _draw(name: str, chance: random.Random) -> object:
    kind = next((kind for kind, names in _KINDS.items() if name in names.split()), "")
    match kind:
        case "text":
            return chance.choice(_WORDS)
        case "words":
            return chance.sample(_WORDS, 3)
    numbers = [chance.randint(-9, 20) for _ in range(chance.randint(1, 6))]
    lists = {
        "numbers": numbers,
        "rows": [[chance.randint(0, 9) for _ in range(3)] for _ in range(3)],
        "pairs": [(chance.randint(0, 9), chance.randint(0, 9)) for _ in range(3)],
        "mapping": {chance.choice("abcde"): one for one in numbers},
    }
    return lists.get(kind, chance.randint(0, 12))


def vary_arguments(calls: Sequence[Sequence[object]], seed: int) -> list[tuple[object, ...]]:
    """Draw arguments of the kinds that some calls have.

    Args:
        calls: The arguments of each, at least one.
        seed: Fixes them.

    Returns:
        Six lists of arguments.

    Example:
        >>> vary_arguments([([1, 2], "ab")], 1)[0]
        ([5, 5, 7, 3], 'a')
    """
    chance = random.Random(seed)
    return [tuple(vary(one, chance) for one in chance.choice(calls)) for _ in range(PROBES)]


def vary(value: object, chance: random.Random) -> object:
    """Draw a value of the same kind as another."""
    match value:
        case bool():
            return chance.random() < 0.5
        case int() | float():
            return value + chance.randint(-4, 8)
        case str():
            return "".join(chance.choices(value + "ab ", k=chance.randint(0, len(value) + 2)))
        case list() | tuple() | set():
            items = list(value) or [1]
            size = len(items) if isinstance(value, tuple) else chance.randint(0, len(items) + 2)
            return type(value)(vary(one, chance) for one in chance.choices(items, k=size))
        case dict():
            return {vary(key, chance): vary(one, chance) for key, one in value.items()}
    return value

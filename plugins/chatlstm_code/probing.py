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

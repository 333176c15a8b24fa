"""Replies that were written by hand for what a person says to such a program."""

import math
import re
from collections import Counter
from functools import cache
from itertools import pairwise

from chatlstm.plugin import read_own_records, split_units

SIMILAR = {"en": 0.75, "zh": 0.62}
_SOFT = re.compile(
    "[啊呀啦吧呢哦嘛呗哈喔]"
)  # they colour a Chinese sentence and change nothing else


def find_replies(message: str, *, language: str) -> list[str]:
    """Find the hand-written replies to the messages most like this one.

    Likeness is the cosine of the counts of words, in Chinese of characters and pairs of them, rarer
    ones weighing more.

    Args:
        message: What the person said.
        language: ``"en"`` or ``"zh"``.

    Returns:
        Replies to all the messages at least 0.75 alike, in Chinese 0.62; often none.

    Example:
        >>> find_replies("colourless green ideas sleep furiously", language="en")
        []
    """
    vectors, rarity = _index(language)
    vector = _weigh(_count_units(message, language), rarity)
    if not vector:
        return []
    return [reply for known, reply in vectors if _cosine(vector, known) >= SIMILAR[language]]


@cache
def _index(language: str) -> tuple[list[tuple[dict[str, float], str]], dict[str, float]]:
    """Weigh the first turn of each hand-written dialogue; read once, at the first message."""
    pairs = [
        record.turns[:2]
        for record in read_own_records("dialogue", language=language)
        if len(record.turns) > 1
    ]
    counted = [(_count_units(message, language), reply) for message, reply in pairs]
    frequency = Counter(unit for units, _ in counted for unit in units)
    rarity = {unit: math.log(1 + len(counted) / count) for unit, count in frequency.items()}
    return [(_weigh(units, rarity), reply) for units, reply in counted], rarity


def _count_units(text: str, language: str) -> Counter[str]:
    if language != "zh":
        return Counter(split_units(text.replace("'", ""), language))
    characters = split_units(_SOFT.sub("", text), language)
    return Counter(characters) + Counter(map("".join, pairwise(characters)))


def _weigh(units: Counter[str], rarity: dict[str, float]) -> dict[str, float]:
    unseen = max(rarity.values(), default=1.0)
    return {unit: count * rarity.get(unit, unseen) for unit, count in units.items()}


def _cosine(left: dict[str, float], right: dict[str, float]) -> float:
    dot = sum(weight * right.get(unit, 0.0) for unit, weight in left.items())
    return dot / (math.hypot(*left.values()) * math.hypot(*right.values()) or 1.0)

"""Replies that were written by hand for what a person says to such a program."""

import math
import re
from collections import Counter
from functools import cache

from chatlstm.plugin import read_own_records

SIMILAR = 0.75


def find_replies(message: str) -> list[str]:
    """Find the hand-written replies to the messages most like this one.

    Likeness is the cosine of word counts, rarer words weighing more.

    Args:
        message: What the person said.

    Returns:
        Replies to all the messages at least 0.75 alike; often none.

    Example:
        >>> find_replies("colourless green ideas sleep furiously")
        []
    """
    vectors, rarity = _index()
    vector = _weigh(_count_words(message), rarity)
    if not vector:
        return []
    return [reply for known, reply in vectors if _cosine(vector, known) >= SIMILAR]


@cache
def _index() -> tuple[list[tuple[dict[str, float], str]], dict[str, float]]:
    """Weigh the first turn of each hand-written dialogue; read once, at the first message."""
    pairs = [record.turns[:2] for record in read_own_records("dialogue", language="en") if len(record.turns) > 1]
    counted = [(_count_words(message), reply) for message, reply in pairs]
    frequency = Counter(word for words, _ in counted for word in words)
    rarity = {word: math.log(1 + len(counted) / count) for word, count in frequency.items()}
    return [(_weigh(words, rarity), reply) for words, reply in counted], rarity


def _count_words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower().replace("'", "")))


def _weigh(words: Counter[str], rarity: dict[str, float]) -> dict[str, float]:
    unseen = max(rarity.values(), default=1.0)
    return {word: count * rarity.get(word, unseen) for word, count in words.items()}


def _cosine(left: dict[str, float], right: dict[str, float]) -> float:
    dot = sum(weight * right.get(word, 0.0) for word, weight in left.items())
    return dot / (math.hypot(*left.values()) * math.hypot(*right.values()) or 1.0)

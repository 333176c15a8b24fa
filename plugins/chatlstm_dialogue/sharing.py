"""Which rare words a reply takes up from what was said: a sign that it speaks of the same thing."""

import math
from collections.abc import Sequence

from chatlstm.plugin import Generator, split_units

COMMON = 200  # tokens that say nothing about the subject: marks, letters, "the"


def share_words(engine: Generator, said: Sequence[str], reply: str, *, language: str) -> float:
    """Rate the rare words that a reply shares with what was said.

    How rare a word is its token tells: a vocabulary is learned with the frequent ones first, and a token's
    probability falls about as its rank rises.

    Args:
        engine: Whose vocabulary it is.
        said: The turns before the reply.
        reply: What could be said.
        language: ``"en"`` or ``"zh"``.

    Returns:
        Nats, 0 where nothing rare is shared; of a long reply less than of a short one.
    """
    earlier = {unit for turn in said for unit in split_units(turn, language)}
    own = set(split_units(reply, language))
    shared = sum(_rate_rarity(engine, unit, language) for unit in sorted(own & earlier))
    return shared / math.sqrt(1 + len(own))


def _rate_rarity(engine: Generator, unit: str, language: str) -> float:
    token_ids = engine.encode(unit if language == "zh" else f" {unit}")
    rank = max(token_ids, default=0) + 1
    return max(0.0, math.log(rank / COMMON))

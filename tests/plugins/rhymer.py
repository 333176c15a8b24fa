"""A stand-in for an English model: a small vocabulary of bytes and syllables, and chance."""

from collections.abc import Sequence
from functools import cache
from typing import Literal

import numpy as np

from chatlstm.plugin import Candidate, Constraint, Prompt, Sampling
from chatlstm.tokens.tokenizer import Tokenizer, train_bytes
from tests.doubles import Mute

TEXTS = (
    "the night is over the sea and the moon shines on the water below where a ship goes home",
    "in winter the snow falls on the garden and the little bird sings to the morning sun",
    "once there was an old king whose daughter had a golden ball and lost it in the well",
)


@cache
def learn_tokens() -> Tokenizer:
    return train_bytes(TEXTS, vocabulary_size=400)


class RandomRhymer(Mute):
    """An engine that draws each token by chance among those a constraint allows.

    Args:
        loves: Words that score a continuation which holds one of them highest.
        says: What it says instead, whatever is allowed.
    """

    checkpoint = "rhymer@0123abcd"

    def __init__(self, loves: Sequence[str] = (), says: str = "") -> None:
        self._tokenizer = learn_tokens()
        self._loves = loves
        self._says = says
        self.token_bytes = self._tokenizer.token_bytes
        self.prompts: list[Prompt] = []

    def encode(self, text: str) -> list[int]:
        return self._tokenizer.encode(text)

    def draw(
        self,
        prompt: Prompt,
        sampling: Sampling,
        *,
        n: int,
        seed: int,
        constraint: Constraint | None = None,
    ) -> list[Candidate]:
        self.prompts.append(prompt)
        if self._says:
            return [Candidate(self._says, (), -1.0, "constraint")] * n
        random = np.random.default_rng(seed)
        return [self._draw_one(random, sampling.max_tokens, constraint) for _ in range(n)]

    def _draw_one(self, random: np.random.Generator, most: int, constraint: Constraint | None) -> Candidate:
        drawn: list[int] = []
        while len(drawn) < most:
            mask = np.ones(len(self.token_bytes), np.bool_) if constraint is None else constraint.allowed(drawn)
            if not mask.any():
                return self._close(drawn, random, "constraint")
            token_id = int(random.choice(np.flatnonzero(mask)))
            if token_id in self.end_ids:
                break
            drawn.append(token_id)
        return self._close(drawn, random, "end")

    def _close(self, drawn: list[int], random: np.random.Generator, finish: Literal["end", "constraint"]) -> Candidate:
        text = self._tokenizer.decode(drawn)
        return Candidate(text, tuple(drawn), -float(random.random()) * len(drawn), finish)

    def score(self, prompt: Prompt, continuations: Sequence[str]) -> list[float]:
        is_asked = ":" in prompt.turns[0]
        return [float(is_asked and text.strip() in self._loves) for text in continuations]

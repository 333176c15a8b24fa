"""Stand-ins for a model of code: one that draws at random within the constraint, and one that says what it is told."""

from collections.abc import Sequence

import numpy as np

from chatlstm.engine.api import Candidate, Constraint, Prompt, Sampling
from tests.doubles import Mute

MARKS = 16
WORDS = ("return", " return", " if", " for", " in", "def", " numbers", "numbers", " +", " ==", "sum", " x", "):", "((")


class RandomCoder(Mute):
    """An engine whose every token is as likely as any other that the constraint allows.

    Its vocabulary is the marks, every byte and a few words.

    Args:
        names: What it draws where no constraint is given.
    """

    checkpoint = "random@0123abcd"
    language = "code"
    token_bytes: Sequence[bytes] = (
        *[b""] * MARKS,
        *(bytes([byte]) for byte in range(256)),
        *(word.encode() for word in WORDS),
    )

    def __init__(self, names: Sequence[str] = ("add(a, b)",)) -> None:
        self._names = names
        self.prompts: list[Prompt] = []

    def encode(self, text: str) -> list[int]:
        return [MARKS + byte for byte in text.encode()]

    def draw(
        self, prompt: Prompt, sampling: Sampling, *, n: int, seed: int, constraint: Constraint | None = None
    ) -> list[Candidate]:
        self.prompts.append(prompt)
        if constraint is None:
            return [Candidate(self._names[row % len(self._names)], (), -1.0, "length") for row in range(n)]
        chance = np.random.default_rng(seed)
        return [self._draw_one(constraint, sampling, chance) for _ in range(n)]

    def _draw_one(self, constraint: Constraint, sampling: Sampling, chance: np.random.Generator) -> Candidate:
        drawn: list[int] = []
        while len(drawn) < sampling.max_tokens:
            token_id = int(chance.choice(np.flatnonzero(constraint.allowed(drawn))))
            if token_id in self.end_ids:
                return Candidate(self._join(drawn), tuple(drawn), -float(len(drawn)), "end")
            drawn.append(token_id)
        return Candidate(self._join(drawn), tuple(drawn), -float(len(drawn)), "length")

    def _join(self, drawn: Sequence[int]) -> str:
        return b"".join(self.token_bytes[token_id] for token_id in drawn).decode()

    def score(self, prompt: Prompt, continuations: Sequence[str]) -> list[float]:
        return [-float(len(text)) for text in continuations]


class ToldCoder(RandomCoder):
    """An engine that draws what it is told, in turn, each less probable than the one before.

    Args:
        layouts: What it draws behind the function's name.
        names: What it draws where no constraint is given.
    """

    def __init__(self, layouts: Sequence[str], names: Sequence[str] = ("add(a, b)",)) -> None:
        super().__init__(names)
        self._layouts = layouts
        self.batches = 0

    def draw(
        self, prompt: Prompt, sampling: Sampling, *, n: int, seed: int, constraint: Constraint | None = None
    ) -> list[Candidate]:
        if constraint is None:
            return super().draw(prompt, sampling, n=n, seed=seed)
        self.prompts.append(prompt)
        self.batches += 1
        return [Candidate(text, (), -1.0 - place, "end") for place, text in enumerate(self._layouts[:n])]

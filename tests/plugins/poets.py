"""A stand-in for a Chinese model: every character of the rhyme book, as likely as chance will have it."""

import math
from collections.abc import Sequence

import numpy as np
from chatlstm_poetry.pingshui import read_readings

from chatlstm.plugin import Candidate, Constraint, Prompt, Sampling
from tests.doubles import Mute

MARKS = 16
SIGNS = "，。\n"
WORDS = "明月梅花程序员山水风云鸟鱼虫春夏秋冬故乡白日黄欲更楼霜落乌啼人"


class RandomPoet(Mute):
    """An engine that draws each token by chance among those a constraint allows.

    It keeps the prompts it was given.

    Args:
        characters: What it can write beside signs; by default a quarter of the rhyme book and some words.
    """

    checkpoint = "poet@0123abcd"
    language = "zh"

    def __init__(self, characters: str = "") -> None:
        texts = [*SIGNS, *(characters or sorted({*sorted(read_readings())[::4], *WORDS}))]
        single_bytes = [bytes([byte]) for byte in range(256)]
        self.token_bytes = [b""] * MARKS + single_bytes + [text.encode() for text in texts]
        self._ids = {text: token_id for token_id, text in enumerate(texts, start=MARKS + 256)}
        self.prompts: list[Prompt] = []

    def encode(self, text: str) -> list[int]:
        return [self._ids[character] for character in text]

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
        random = np.random.default_rng(seed)
        return [self._draw_one(random, sampling.max_tokens, constraint) for _ in range(n)]

    def _draw_one(self, random: np.random.Generator, most: int, constraint: Constraint | None) -> Candidate:
        drawn: list[int] = []
        while len(drawn) < most:
            mask = np.ones(len(self.token_bytes), np.bool_) if constraint is None else constraint.allowed(drawn)
            if not mask.any():
                return self._finish(drawn, random)
            token_id = int(random.choice(np.flatnonzero(mask)))
            if token_id in self.end_ids:
                break
            drawn.append(token_id)
        return self._finish(drawn, random)

    def _finish(self, drawn: list[int], random: np.random.Generator) -> Candidate:
        text = b"".join(self.token_bytes[token_id] for token_id in drawn).decode("utf-8", errors="replace")
        return Candidate(text, tuple(drawn), -float(random.random()) * len(drawn), "end")

    def score(self, prompt: Prompt, continuations: Sequence[str]) -> list[float]:
        return [-math.fsum(map(ord, text)) % 97 for text in continuations]

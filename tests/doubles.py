"""Stand-ins for what is slow or large: an engine that says what it is told, a checkpoint of a few KiB."""

import re
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from chatlstm.engine.api import Candidate, Constraint, Generator, Piece, Prompt, Reading, Sampling

TEXTS = ("Hello, how are you?", "I am fine, thank you.", "What do you like to read?", "Old stories of the sea.")


class Mute(Generator):
    """An engine that says and rates nothing; other doubles are this one, with what they do."""

    checkpoint = "mute@0123abcd"
    language: str = "en"
    precision = "int8"
    token_bytes: Sequence[bytes] = ()
    end_ids: tuple[int, ...] = (0, 2)

    def encode(self, text: str) -> list[int]:
        raise NotImplementedError

    def count_tokens(self, text: str) -> int:
        return len(self.encode(text))

    def stream(
        self,
        prompt: Prompt,
        sampling: Sampling,
        *,
        seed: int,
        constraint: Constraint | None = None,
    ) -> Iterator[Piece]:
        raise NotImplementedError

    def draw(
        self,
        prompt: Prompt,
        sampling: Sampling,
        *,
        n: int,
        seed: int,
        constraint: Constraint | None = None,
    ) -> list[Candidate]:
        raise NotImplementedError

    def score(self, prompt: Prompt, continuations: Sequence[str]) -> list[float]:
        raise NotImplementedError

    def match(self, prompt: Prompt, continuations: Sequence[str]) -> list[float]:
        return [0.0] * len(continuations)

    def save_state(self, prompt: Prompt) -> bytes:
        return b""

    def inspect(self, prompt: Prompt, text: str) -> Iterator[Reading]:
        raise NotImplementedError


class CannedGenerator(Mute):
    """An engine that gives canned replies in turn, from the first again after the last.

    It keeps what it was asked in ``prompts`` and ``seeds``. A token is a word.

    Args:
        replies: What it says; ``stream`` takes the next one, ``draw`` the next ``n``.
        scores: Log-probability of a continuation; minus its characters where none is given.
        matches: How well a continuation answers; 0 where none is given.
        error: Raised by ``stream`` in place of its last piece, and by ``draw`` at once.
    """

    checkpoint = "canned@0123abcd"

    def __init__(
        self,
        replies: Sequence[str],
        *,
        scores: dict[str, float] | None = None,
        matches: dict[str, float] | None = None,
        error: Exception | None = None,
    ) -> None:
        self._replies = cycle(replies)
        self._scores = scores or {}
        self._matches = matches or {}
        self._error = error
        self.prompts: list[Prompt] = []
        self.seeds: list[int] = []
        self.was_closed = False

    def encode(self, text: str) -> list[int]:
        return list(range(16, 16 + len(text.split())))

    def stream(
        self,
        prompt: Prompt,
        sampling: Sampling,
        *,
        seed: int,
        constraint: Constraint | None = None,
    ) -> Iterator[Piece]:
        self._note(prompt, seed)
        words = next(self._replies).split(" ")
        try:
            for number, word in enumerate(words, start=1):
                yield Piece(word if number == 1 else f" {word}", number)
        except GeneratorExit:
            self.was_closed = True
            raise
        if self._error is not None:
            raise self._error
        yield Piece("", len(words), "end")

    def draw(
        self,
        prompt: Prompt,
        sampling: Sampling,
        *,
        n: int,
        seed: int,
        constraint: Constraint | None = None,
    ) -> list[Candidate]:
        self._note(prompt, seed)
        if self._error is not None:
            raise self._error
        return [
            Candidate(text, tuple(self.encode(text)), self._rate(text), "end")
            for text in islice(self._replies, n)
        ]

    def score(self, prompt: Prompt, continuations: Sequence[str]) -> list[float]:
        return [self._rate(text) for text in continuations]

    def match(self, prompt: Prompt, continuations: Sequence[str]) -> list[float]:
        return [self._matches.get(text, 0.0) for text in continuations]

    def save_state(self, prompt: Prompt) -> bytes:
        return prompt.behind + "\n".join([*prompt.turns, prompt.beginning]).encode()

    def inspect(self, prompt: Prompt, text: str) -> Iterator[Reading]:
        """Read words, the first of probability 1/2, each later one half of that; its cells swing ever wider."""
        self.prompts.append(prompt)
        words = re.findall(r"\s*\S+", text)
        for number, word in enumerate([*words, ""], start=1):
            swing = (-1) ** number * number / (len(words) + 1)
            cells = np.array([[swing, 0.0, swing / 2], [0.25, -swing, 0.0]], np.float32)
            yield Reading(word, 0.5**number, (("sea", 0.5), (word, 0.5**number)), cells)

    def _note(self, prompt: Prompt, seed: int) -> None:
        self.prompts.append(prompt)
        self.seeds.append(seed)

    def _rate(self, text: str) -> float:
        return self._scores.get(text, -float(len(text)))


def write_tiny_checkpoint(
    folder: Path, *, domains: tuple[str, ...] = ("dialogue",), bias: float = 0.0
) -> Path:
    """Write a checkpoint of an untrained network: it loads and runs, and what it says is noise.

    Args:
        folder: Where; its name is the checkpoint's.
        domains: What it says it was trained on.
        bias: Of every token alike; it changes the weights and nothing that is written.
    """
    import torch  # torch takes seconds, and few tests need it

    from chatlstm.engine.checkpoint import CheckpointConfig
    from chatlstm.engine.config import NetworkConfig
    from chatlstm.engine.network import Network
    from chatlstm.engine.weights import save_checkpoint
    from chatlstm.tokens.tokenizer import train_bytes

    tokenizer = train_bytes(TEXTS, vocabulary_size=300)
    shape = NetworkConfig(tokenizer.vocabulary_size, hidden_size=16, num_layers=2)
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(1)
        weights = Network(shape).state_dict()
    weights["projection.bias"].fill_(bias)
    config = CheckpointConfig(folder.name, "en", domains, shape, {})
    save_checkpoint(folder, weights, tokenizer, config, card="# A tiny checkpoint\n")
    return folder

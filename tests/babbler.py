"""A stand-in for a model that has read little: it babbles words by chance, and keeps to a constraint."""

from collections.abc import Iterator, Sequence

import numpy as np

from chatlstm.engine.api import Candidate, Constraint, Piece, Prompt, Sampling
from tests.doubles import Mute

ENGLISH = [
    *("The", " The", " old", " fox", " ran", " saw", " a", " big", " tree", " and", " then", " it", " Tom", " Lily"),
    *(" was", " home", " slept", " under", " green", " hill", " said", ",", ".", ".", ".", "!", ' "', '"', "\n"),
    *(" ship", " came", " with", " red", " sails", " from", " far", " islands", " where", " people", " sang", " songs"),
]
CHINESE = [*"狐狸跑到山上看见一棵大树宝玉笑道他们说了很多话天黑下起雨来船从远方回家，。。“”！", "\n"]
MARKS = 16
LONGEST = 200
GRANTED = 0.3  # chance that it draws what is wished for
ENDING = 0.1  # chance that a turn ends where it may


class Babbler(Mute):
    """An engine whose every token is as likely as the next; a token costs one nat.

    Args:
        language: ``"en"`` or ``"zh"``.
        words: What it knows beside single bytes; some stand there several times.
    """

    checkpoint = "babbler@0123abcd"

    def __init__(self, language: str = "en", words: Sequence[str] | None = None) -> None:
        self.language = language
        known = words if words is not None else CHINESE if language == "zh" else ENGLISH
        singles = [bytes([byte]) for byte in range(256)]
        vocabulary = [word.encode() for word in dict.fromkeys(known) if len(word.encode()) > 1]
        self.token_bytes = [b""] * MARKS + singles + vocabulary
        self._ids = {token: n for n, token in enumerate(self.token_bytes) if token}
        self._usual = np.array([self._ids[word.encode()] for word in known])
        self._longest = max(map(len, self._ids))
        self.prompts: list[Prompt] = []

    def encode(self, text: str) -> list[int]:
        raw, ids = text.encode(), []
        while raw:
            size = next(n for n in range(min(self._longest, len(raw)), 0, -1) if raw[:n] in self._ids)
            ids.append(self._ids[raw[:size]])
            raw = raw[size:]
        return ids

    def draw(
        self, prompt: Prompt, sampling: Sampling, *, n: int, seed: int, constraint: Constraint | None = None
    ) -> list[Candidate]:
        self.prompts.append(prompt)
        return [self._babble(sampling, np.random.default_rng([seed, row]), constraint) for row in range(n)]

    def _babble(self, sampling: Sampling, random: np.random.Generator, constraint: Constraint | None) -> Candidate:
        drawn: list[int] = []
        while len(drawn) < min(sampling.max_tokens, LONGEST):
            asked = np.ones(len(self.token_bytes), np.bool_) if constraint is None else constraint.allowed(drawn)
            mask = asked if asked.dtype == np.bool_ else asked > -np.inf
            if not mask.any():
                return self._end(drawn, "constraint")
            if constraint is not None and mask[list(self.end_ids)].any() and random.random() < ENDING:
                return self._end(drawn, "end")
            usual = self._usual[mask[self._usual]]
            wished = np.flatnonzero(asked > 0) if asked.dtype != np.bool_ else usual[:0]
            if len(wished) and random.random() < GRANTED:
                usual = wished
            drawn.append(int(random.choice(usual if len(usual) else np.flatnonzero(mask))))
        return self._end(drawn, "length")

    def _end(self, drawn: list[int], finish: str) -> Candidate:
        text = b"".join(self.token_bytes[token_id] for token_id in drawn).decode(errors="replace")
        return Candidate(text, tuple(drawn), -float(len(drawn)), finish)  # type: ignore[arg-type]  # one of two

    def stream(
        self,
        prompt: Prompt,
        sampling: Sampling,
        *,
        seed: int,
        constraint: Constraint | None = None,
    ) -> Iterator[Piece]:
        (drawn,) = self.draw(prompt, sampling, n=1, seed=seed, constraint=constraint)
        yield Piece(drawn.text, len(drawn.token_ids))
        yield Piece("", len(drawn.token_ids), drawn.finish)

    def score(self, prompt: Prompt, continuations: Sequence[str]) -> list[float]:
        return [-float(self.count_tokens(text)) for text in continuations]

    def save_state(self, prompt: Prompt) -> bytes:
        return b"a state of constant size"

"""What the rest of the house may ask of the engine, with no torch in sight."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from chatlstm.records import Finish


@dataclass(frozen=True)
class Sampling:
    """How the next token is chosen from the model's probabilities.

    The filters act in the order of the arguments. Temperature 0 takes the most probable token.

    Args:
        temperature: Divides the logits, dimensionless, ``0 <= temperature <= 1000``.
        repetition_penalty: Divides the positive and multiplies the negative logits of tokens
            already in the last 64, ``1 <= repetition_penalty <= 1000``; 1 is off (Keskar et al.
            2019, arXiv:1909.05858).
        no_repeat_ngram: No run of so many tokens occurs twice in a reply, unless nothing else is
            allowed, ``>= 0``; 0 is off.
        top_k: Keep so many of the most probable tokens, ``>= 0``; 0 is off.
        nucleus: Keep the smallest set of so much probability, ``0 < nucleus <= 1``; 1 is off
            (Holtzman et al. 2020, arXiv:1904.09751).
        min_p: Drop tokens less probable than this share of the best one, ``0 <= min_p < 1``
            (Nguyen et al. 2024, arXiv:2407.01082).
        typical: Keep the most typical set of so much probability, ``0 < typical <= 1``; 1 is off
            (Meister et al. 2023, arXiv:2202.00666).
        max_tokens: End a reply after so many tokens, ``>= 1``.

    Raises:
        ValueError: A value is outside its range.

    Example:
        >>> Sampling(temperature=0.8, nucleus=0.9).max_tokens
        120
    """

    temperature: float = 1.0
    repetition_penalty: float = 1.0
    no_repeat_ngram: int = 0
    top_k: int = 0
    nucleus: float = 1.0
    min_p: float = 0.0
    typical: float = 1.0
    max_tokens: int = 120

    def __post_init__(self) -> None:
        rules = (
            ("temperature", self.temperature, 0 <= self.temperature <= 1000, "in [0, 1000]"),
            ("repetition_penalty", self.repetition_penalty, 1 <= self.repetition_penalty <= 1000, "in [1, 1000]"),
            ("no_repeat_ngram", self.no_repeat_ngram, self.no_repeat_ngram >= 0, "at least 0"),
            ("top_k", self.top_k, self.top_k >= 0, "at least 0"),
            ("nucleus", self.nucleus, 0 < self.nucleus <= 1, "in (0, 1]"),
            ("min_p", self.min_p, 0 <= self.min_p < 1, "in [0, 1)"),
            ("typical", self.typical, 0 < self.typical <= 1, "in (0, 1]"),
            ("max_tokens", self.max_tokens, self.max_tokens >= 1, "at least 1"),
        )
        for name, value, holds, rule in rules:
            if not holds:
                raise ValueError(f"{name} must be {rule}, got {value}")


class Constraint(Protocol):
    """Names the tokens that may come next, and perhaps those that should."""

    def allowed(self, generated: Sequence[int]) -> NDArray[np.bool_] | NDArray[np.float32]:
        """Tell which tokens may follow, and how much likelier each shall be made.

        Args:
            generated: The token ids drawn so far for this reply.

        Returns:
            A mask of shape ``(vocabulary,)``; or so many nats to add to each logit, ``-inf`` for what may not
            follow. Where nothing may the reply ends there, with ``finish == "constraint"``. The
            log-probability of what is drawn stays that of the model alone.
        """


@dataclass(frozen=True)
class Prompt:
    """Text to continue, in the form the model was trained on.

    Args:
        domain: Marks the kind of text, such as ``"dialogue"``.
        turns: The turns so far; the continuation is the next one.
        beginning: First words of that next turn, already written.
        behind: The saved state behind the turns before these; empty where these are all.
        within: The saved state behind the first part of that turn, with which ``beginning`` goes on;
            empty where the turn is given from its start.
        recall: Share of the probability that goes to what this text held before, in its last 256
            tokens, where the model was much as it is now, ``0 <= recall < 1``; 0 is off. A state
            saved with it holds those, half a MB (Grave et al. 2017, arXiv:1612.04426).

    Raises:
        ValueError: ``within`` is given, and turns or ``behind`` as well, or nothing to go on with; or
            ``recall`` is outside its range.

    Example:
        >>> Prompt("dialogue", ("Hello.",)).beginning
        ''
    """

    domain: str
    turns: tuple[str, ...] = ()
    beginning: str = ""
    behind: bytes = field(default=b"", repr=False)
    within: bytes = field(default=b"", repr=False)
    recall: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.recall < 1:
            raise ValueError(f"recall must be in [0, 1), got {self.recall}")
        if self.within and (self.turns or self.behind or not self.beginning):
            raise ValueError("a prompt within a turn needs a beginning, no turns and no state behind them")


@dataclass(frozen=True)
class Candidate:
    """One continuation and how probable the model holds it.

    Args:
        text: The continuation.
        token_ids: Its tokens, without the mark that ended it.
        log_probability: Sum over its tokens and its end mark, in nats, of the model unfiltered.
        finish: Why it ended.

    Example:
        >>> Candidate("Hi.", (17, 9), -3.5, "end").finish
        'end'
    """

    text: str
    token_ids: tuple[int, ...]
    log_probability: float
    finish: Finish


@dataclass(frozen=True)
class Piece:
    """A part of a streamed continuation: whole characters, never half of one.

    Args:
        text: The characters that became certain; may be empty.
        tokens: How many tokens have been drawn so far.
        finish: Why the continuation ended; None while it goes on.
        details: On the last piece of a plugin's answer, what it guarantees and how it was chosen.

    Example:
        >>> Piece("Hel", tokens=1).finish is None
        True
    """

    text: str
    tokens: int
    finish: Finish | None = None
    details: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """A part of a text as the model reads it: what it expected there, and what it holds behind it.

    A part is a token; where a character takes several tokens, those together.

    Args:
        text: Its characters, never half of one; empty for the end of the turn.
        probability: How probable the model held it, ``0 <= probability <= 1``, of the model unfiltered.
        alternatives: The most probable tokens there, each with its probability, the best first; ``""``
            is the end of the turn, a byte that is no whole character is written ``\\xe4``.
        cells: What every cell holds behind it, ``tanh(c)``, shape ``(layers, hidden)``, in ``[-1, 1]``.

    Raises:
        ValueError: The probability is outside its range.

    Example:
        >>> Reading(" sea", 0.25, ((" sea", 0.25), (" king", 0.1)), np.zeros((2, 8), np.float32)).probability
        0.25
    """

    text: str
    probability: float
    alternatives: tuple[tuple[str, float], ...]
    cells: NDArray[np.float32] = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise ValueError(f"probability must be in [0, 1], got {self.probability}")


class Generator(Protocol):
    """What may be asked of a model: stream, draw, score, match, constrain, keep a state, read along."""

    @property
    def checkpoint(self) -> str:
        """Name and content hash of the checkpoint, such as ``"en@1f0c9a2b"``."""

    @property
    def language(self) -> str:
        """What the checkpoint writes: ``"en"``, ``"zh"`` or ``"code"``."""

    @property
    def precision(self) -> str:
        """What it computes in, such as ``"int8"``; a state saved in another one is another state."""

    @property
    def token_bytes(self) -> Sequence[bytes]:
        """What each token id stands for, in UTF-8; nothing for the marks. For constraints."""

    @property
    def end_ids(self) -> tuple[int, ...]:
        """The marks that end a turn; a constraint that allows them lets the reply end."""

    def encode(self, text: str) -> list[int]:
        """Cut text into token ids, none of them a mark."""

    def count_tokens(self, text: str) -> int:
        """Count the tokens of ``text``."""

    def stream(
        self,
        prompt: Prompt,
        sampling: Sampling,
        *,
        seed: int,
        constraint: Constraint | None = None,
    ) -> Iterator[Piece]:
        """Continue ``prompt``, piece by piece; closing the iterator stops the work.

        Args:
            prompt: What to continue.
            sampling: How to choose.
            seed: Same seed, prompt, sampling and checkpoint: same text on the same machine.
            constraint: Names the tokens allowed next.

        Returns:
            Pieces; the last one, and only that, has ``finish`` set.
        """

    def draw(
        self,
        prompt: Prompt,
        sampling: Sampling,
        *,
        n: int,
        seed: int,
        constraint: Constraint | None = None,
    ) -> list[Candidate]:
        """Draw ``n`` continuations of ``prompt`` in one batch."""

    def score(self, prompt: Prompt, continuations: Sequence[str]) -> list[float]:
        """Give the log-probability in nats of each continuation as the whole next turn."""

    def match(self, prompt: Prompt, continuations: Sequence[str]) -> list[float]:
        """Tell how well each continuation answers the last turn, as people have answered.

        Returns:
            Nats by which the prompt makes each likelier; all 0 where the prompt has no turn or
            the checkpoint has not learned to match.
        """

    def save_state(self, prompt: Prompt) -> bytes:
        """Read ``prompt`` and return the model's state behind it, for other prompts' ``behind`` or ``within``."""

    def inspect(self, prompt: Prompt, text: str) -> Iterator[Reading]:
        """Read ``text`` as the next turn, and tell part by part what was expected.

        Args:
            prompt: What stands before it.
            text: Any text.

        Returns:
            Readings, the last one that of the turn's end. The logarithms of their probabilities add
            up to what ``score`` gives for ``text``.
        """

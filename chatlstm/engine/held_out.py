"""What held-out text costs a model; no torch here.

Axes: B rows, T steps, V vocabulary.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from chatlstm.engine.stepper import Ids, State, Stepper
from chatlstm.tokens.tokenizer import END

ROWS = 32


@dataclass(frozen=True)
class HeldOut:
    """What a stretch of held-out text cost the model.

    Args:
        nats: Sum of the negative log-probabilities, in nats.
        tokens: Tokens predicted, marks included, ``>= 1``.
        bytes: UTF-8 bytes of the text; marks count nothing.

    Example:
        >>> HeldOut(nats=69.3, tokens=25, bytes=100).bits_per_byte.__round__(3)
        1.0
    """

    nats: float
    tokens: int
    bytes: int

    @property
    def loss(self) -> float:
        """Mean nats per token."""
        return self.nats / max(self.tokens, 1)

    @property
    def perplexity(self) -> float:
        """Exponential of the loss; comparable within one vocabulary only."""
        return math.exp(min(self.loss, 700.0))

    @property
    def bits_per_byte(self) -> float:
        """Bits per byte of text, comparable across vocabularies."""
        return self.nats / math.log(2) / max(self.bytes, 1)


def sum_held_out(parts: Iterable[HeldOut]) -> HeldOut:
    """Add up what several stretches cost.

    Example:
        >>> sum_held_out([HeldOut(2.0, 1, 4), HeldOut(4.0, 3, 6)])
        HeldOut(nats=6.0, tokens=4, bytes=10)
    """
    found = list(parts)
    return HeldOut(
        sum(part.nats for part in found),
        sum(part.tokens for part in found),
        sum(part.bytes for part in found),
    )


def predict_rows(stepper: Stepper[State], rows: Sequence[Ids]) -> tuple[float, int]:
    """Predict every token of some texts, each after those before it, from a cold start.

    Args:
        stepper: The network.
        rows: Token ids of each text, read side by side, 32 at most.

    Returns:
        The sum of the negative log-probabilities in nats, and how many tokens there are.
    """
    longest = max(map(len, rows), default=0)
    token_ids = np.full((len(rows), longest + 1), END)
    counted = np.zeros((len(rows), longest), np.bool_)
    for place, row in enumerate(rows):
        token_ids[place, 1 : len(row) + 1] = row
        counted[place, : len(row)] = True
    state = stepper.start(len(rows))
    nats = 0.0
    for step in range(longest):
        logits, state = stepper.step(np.ascontiguousarray(token_ids[:, step]), state)  # (B, V)
        highest = logits.max(1)
        totals = highest + np.log(np.exp(logits - highest[:, None]).sum(1))
        picked = logits[np.arange(len(rows)), token_ids[:, step + 1]]
        nats += float((totals - picked)[counted[:, step]].sum(dtype=np.float64))
    return nats, int(counted.sum())

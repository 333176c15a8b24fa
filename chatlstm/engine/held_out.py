"""What held-out text costs a model; no torch here.

Axes: B rows, T steps, V vocabulary.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chatlstm.engine.corpus import TokenFile, read_in_rows
from chatlstm.engine.stepper import Ids, State, Stepper
from chatlstm.tokens.tokenizer import END

ROWS = 32  # read side by side
MEASURED_TOKENS = 40_000  # a domain


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


def list_measured(tokens: TokenFile) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """List what is measured of held-out records: of each domain, records evenly spread over it.

    Args:
        tokens: The token file, of any number of domains.

    Yields:
        Each domain, in the order of their names, and the numbers of records that hold 40,000
        tokens or so.
    """
    for domain in sorted({name.partition("/")[0] for name in tokens.names}):
        records = tokens.select(domain)
        # records lie source by source: the first ones would all be of one source
        total = int((tokens.starts[records + 1] - tokens.starts[records]).sum())
        yield domain, records[:: max(1, math.ceil(total / MEASURED_TOKENS))]


def measure_steps(
    stepper: Stepper[State], tokens: TokenFile, token_bytes: NDArray[np.int32]
) -> dict[str, HeldOut]:
    """Measure each domain by steps, on the records that training validates on.

    Args:
        stepper: The network.
        tokens: Held-out records.
        token_bytes: Bytes each token stands for, shape ``(V,)``.

    Returns:
        Totals by domain, in the order of their names.
    """
    measured = {}
    for domain, records in list_measured(tokens):
        rows = list(read_in_rows(tokens, records, rows=ROWS))
        nats, count = predict_rows(stepper, rows)
        measured[domain] = HeldOut(nats, count, sum(int(token_bytes[row].sum()) for row in rows))
    return measured


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

"""Token files made in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from chatlstm.engine.corpus import TokenFile


def make_token_file(
    records: Sequence[Sequence[int]],
    *,
    weights: Sequence[float] | None = None,
    sources: Sequence[int] | None = None,
    names: tuple[str, ...] = ("dialogue/own",),
) -> TokenFile:
    """Lay records out one after the other."""
    lengths = [len(record) for record in records]
    return TokenFile(
        tokens=np.array([token for record in records for token in record], np.uint16),
        starts=np.cumsum([0, *lengths]).astype(np.int64),
        weights=np.array(weights or [1.0] * len(records), np.float32),
        sources=np.array(sources or [0] * len(records), np.int32),
        names=names,
    )


@dataclass(frozen=True)
class CountedFile(TokenFile):
    """Counts how often its memory was given back."""

    released: list[bool] = field(default_factory=list)

    def release(self) -> None:
        self.released.append(True)


def count_releases(tokens: TokenFile) -> CountedFile:
    """Give the same records, counting."""
    return CountedFile(tokens.tokens, tokens.starts, tokens.weights, tokens.sources, tokens.names)

"""How a training run goes: its reports, a line each in ``metrics.jsonl``."""

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path

from chatlstm.engine.files import write_whole


@dataclass(frozen=True)
class Progress:
    """Where a training run stands.

    Args:
        step: Optimiser steps done.
        tokens: Tokens read.
        epochs: Passes over the text.
        share: Share of the budget used up, 0 to 1.
        seconds: Time spent training, pauses and measuring left out.
        loss: Mean nats per token since the last report; 0 before the first step.
        bits_per_byte: The same in bits per byte of text.
        learning_rate: The last step's.
        tokens_per_second: Since the last report.
        validation: Bits per byte a domain and ``"all"``; empty unless just measured.
        best: Whether this validation is the best so far.
        sample: A text the network wrote at this validation.

    Example:
        >>> half = Progress(step=9, tokens=900, epochs=0.5, share=0.5, seconds=60.0, loss=2.3,
        ...                 bits_per_byte=1.1, learning_rate=3e-3, tokens_per_second=15.0)
        >>> half.seconds_left, round(half.perplexity, 2)
        (60.0, 9.97)
    """

    step: int
    tokens: int
    epochs: float
    share: float
    seconds: float
    loss: float
    bits_per_byte: float
    learning_rate: float
    tokens_per_second: float
    validation: dict[str, float] = field(default_factory=dict)
    best: bool = False
    sample: str = ""

    @property
    def seconds_left(self) -> float:
        """Estimate the training time left from the share used up."""
        return self.seconds * (1 - self.share) / self.share if self.share else math.inf

    @property
    def perplexity(self) -> float:
        """Exponential of the loss; comparable within one vocabulary only."""
        return math.exp(min(self.loss, 700.0))


def append_metrics(path: Path, progress: Progress) -> None:
    """Add a report to the end of the file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(progress), ensure_ascii=False) + "\n")


def read_metrics(path: Path) -> list[Progress]:
    """Read all whole reports; a line cut short by a kill is left out.

    Args:
        path: The file; none is no report.
    """
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    found = []
    for line in lines:
        try:
            found.append(Progress(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return found


def drop_metrics_after(path: Path, step: int) -> None:
    """Forget what was reported after a step, and what was cut short; it will be reported again."""
    kept = [progress for progress in read_metrics(path) if progress.step <= step]
    lines = (json.dumps(asdict(progress), ensure_ascii=False) + "\n" for progress in kept)
    write_whole(path, "".join(lines).encode())

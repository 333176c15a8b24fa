"""What a training run is given: its text, and where and with whom it trains."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chatlstm.engine.config import TrainingConfig
from chatlstm.engine.corpus import TokenFile
from chatlstm.engine.held_out import sum_held_out
from chatlstm.engine.loss import Objective, predict_next
from chatlstm.engine.measure import measure_domains
from chatlstm.engine.network import Network
from chatlstm.engine.workers import ALONE, Workers
from chatlstm.errors import MisuseError


@dataclass(frozen=True)
class TrainingText:
    """What a run reads, and what it makes of it.

    Args:
        train: Training records.
        validation: Held-out records; only the leading worker reads them.
        token_bytes: Bytes each token stands for, shape ``(V,)``.
        objective: Rates a window; gives the loss to make small and the cross-entropy to report.
        sharded: Whether ``train`` is one worker's share, and the others have other ones.
    """

    train: TokenFile
    validation: TokenFile
    token_bytes: NDArray[np.int32]
    objective: Objective = predict_next
    sharded: bool = False

    def measure(self, network: Network, *, bfloat16: bool) -> dict[str, float]:
        """Measure the held-out loss in bits per byte, a domain and ``"all"``."""
        parts = measure_domains(network, self.validation, self.token_bytes, bfloat16=bfloat16)
        measured = {domain: part.bits_per_byte for domain, part in parts.items()}
        return {**measured, "all": sum_held_out(parts.values()).bits_per_byte}


@dataclass(frozen=True)
class Workplace:
    """Where and with whom a run trains.

    Args:
        folder: Where ``snapshot.safetensors``, ``best.safetensors`` and ``metrics.jsonl`` go;
            only the leading worker writes.
        bfloat16: Whether matrix products run in bfloat16.
        workers: Who trains together.
    """

    folder: Path
    bfloat16: bool = False
    workers: Workers = ALONE


def check_rows(config: TrainingConfig, workers: Workers) -> None:
    """Refuse a batch that leaves a worker without a row.

    Raises:
        MisuseError: The smallest window has fewer rows than there are workers.

    Example:
        >>> from chatlstm.engine.config import Budget
        >>> check_rows(TrainingConfig(Budget(epochs=1), batch_size=16), Workers(count=4))
    """
    rows = config.window_at(0.0)[0]
    if rows < workers.count:
        least = workers.count * (4 if config.small_batches else 1)
        raise MisuseError(
            f"{workers.count} workers share the rows of a window, and with --batch-size {config.batch_size} "
            f"the first has {rows}; give at least {least}"
        )

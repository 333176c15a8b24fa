"""Trainers of tiny networks."""

from pathlib import Path

import numpy as np
import torch

from chatlstm.engine.config import Budget, NetworkConfig, TrainingConfig
from chatlstm.engine.network import Network
from chatlstm.engine.training import Trainer
from chatlstm.engine.workers import ALONE, Workers
from chatlstm.engine.workplace import TrainingText, Workplace
from tests.engine.texts import make_token_file

RECORDS = [[1, *np.random.default_rng(n).integers(2, 12, 3 + n % 9).tolist(), 0] for n in range(40)]
# windows of 40 tokens, a validation every 100
STEADY = TrainingConfig(
    Budget(tokens=1000),
    batch_size=4,
    backprop_steps=10,
    learning_rate=0.01,
    warmup=0.0,
    decay_from=1.0,
    small_batches=0.0,
    validations=10,
    patience=3,
)
NETWORK = NetworkConfig(12, hidden_size=6, num_layers=2, hidden_dropout=0.2)


def make_trainer(
    folder: Path,
    config: TrainingConfig = STEADY,
    *,
    workers: Workers = ALONE,
    network: NetworkConfig = NETWORK,
) -> Trainer:
    """Make a network that learns from thirty records and validates on ten."""
    torch.manual_seed(config.seed)
    text = TrainingText(
        make_token_file(RECORDS[:30]), make_token_file(RECORDS[30:]), np.ones(12, np.int32)
    )
    return Trainer(Network(network), text, config, Workplace(folder, workers=workers))

"""AdamW over the network's weights, and its moments as named tensors."""

import torch
from torch import Tensor

from chatlstm.engine.config import TrainingConfig
from chatlstm.engine.network import Network


def make_optimizer(network: Network, config: TrainingConfig) -> torch.optim.AdamW:
    """Decay the matrices, not the vectors."""
    matrices = [weight for weight in network.parameters() if weight.ndim > 1]
    vectors = [weight for weight in network.parameters() if weight.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": config.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.99), fused=True)


def list_moments(optimizer: torch.optim.AdamW) -> dict[str, Tensor]:
    """Name the optimiser's moments, ``"0.exp_avg"`` and so on, for a snapshot."""
    return {
        f"{number}.{name}": tensor
        for number, moments in optimizer.state_dict()["state"].items()
        for name, tensor in moments.items()
    }


def restore_optimizer(optimizer: torch.optim.AdamW, moments: dict[str, Tensor]) -> None:
    """Give the optimiser back the moments that ``list_moments`` named; none is a fresh start."""
    states: dict[int, dict[str, Tensor]] = {}
    for name, tensor in moments.items():
        number, _, moment = name.partition(".")
        states.setdefault(int(number), {})[moment] = tensor
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": states, "param_groups": groups})

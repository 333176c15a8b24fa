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
    """Name the optimiser's moments, for a snapshot."""
    named: dict[str, Tensor] = {}
    for number, moments in optimizer.state_dict()["state"].items():
        named |= {f"optimizer.{number}.{name}": tensor for name, tensor in moments.items()}
    return named



def restore_optimizer(optimizer: torch.optim.AdamW, tensors: dict[str, Tensor]) -> None:
    """Give the optimiser back its moments."""
    states: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        kind, _, rest = name.partition(".")
        if kind == "optimizer":
            number, _, moment = rest.partition(".")
            states.setdefault(int(number), {})[moment] = tensor
    optimizer.load_state_dict({"state": states, "param_groups": optimizer.state_dict()["param_groups"]})

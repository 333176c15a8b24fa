"""A smaller network cut out of a larger one: whole units and whole layers are left out.

Axes: B rows, T steps, V vocabulary, L layers, H hidden.
"""

import torch
from torch import Tensor, nn

from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.network import Network


def prune_network(network: Network, token_ids: Tensor, *, hidden_size: int, num_layers: int) -> Network:
    """Keep the units that are most active, in layers spread evenly over the network.

    Embedding, layers and projection share their units through the residual path, so a unit goes
    everywhere at once. What is left predicts badly until it is trained on, but learns far sooner
    than a network that starts from nothing.

    Args:
        network: What is cut, in evaluation mode.
        token_ids: Text to see which units are active on, shape ``(B, T)``.
        hidden_size: Units to keep, ``1 <= hidden_size <= H``.
        num_layers: Layers to keep, ``1 <= num_layers <= L``.

    Returns:
        The smaller network, without dropout and without a matcher.

    Raises:
        ValueError: It would be larger than the network it is cut from.

    Source:
        Muralidharan et al. 2024, "Compact Language Models via Pruning and Knowledge
        Distillation", arXiv:2407.14679; units of an LSTM as groups: Wen et al. 2018,
        arXiv:1709.05027.
    """
    config = network.config
    if not 1 <= hidden_size <= config.hidden_size:
        raise ValueError(f"hidden_size must be in [1, {config.hidden_size}], got {hidden_size}")
    if not 1 <= num_layers <= config.num_layers:
        raise ValueError(f"num_layers must be in [1, {config.num_layers}], got {num_layers}")
    shape = NetworkConfig(
        config.vocabulary_size,
        hidden_size,
        num_layers,
        residual=config.residual,
        tie_weights=config.tie_weights,
    )
    units = _rate_units(network, token_ids).sort(descending=True, stable=True).indices[:hidden_size]
    layers = torch.linspace(0, config.num_layers - 1, num_layers).round().int().tolist()
    pruned = Network(shape).eval()
    pruned.load_state_dict(_cut_weights(network.state_dict(), units.sort().values, [*layers, config.num_layers]))
    return pruned


def _rate_units(network: Network, token_ids: Tensor) -> Tensor:
    """Sum up each unit's share of the squares of what every layer and every norm gives."""
    shares = torch.zeros(network.config.hidden_size, device=token_ids.device)

    def note(_: nn.Module, __: object, given: Tensor | tuple[Tensor, ...]) -> None:
        values = given[0] if isinstance(given, tuple) else given  # (B, T, H)
        squares = values.square().sum((0, 1))  # (H,)
        shares.add_(squares / squares.sum())

    hooks = [part.register_forward_hook(note) for part in (*network.layers, *network.norms)]
    with torch.no_grad():
        network.read(token_ids, network.zero_state(len(token_ids)))
    for hook in hooks:
        hook.remove()
    return shares


def _cut_weights(weights: dict[str, Tensor], units: Tensor, norms: list[int]) -> dict[str, Tensor]:
    """Cut the state down to some units and to the layers of some norms, the last being the final one."""
    cut = {"projection.bias": weights["projection.bias"]}
    for name in ("embedding.weight", "projection.weight"):
        cut[name] = weights[name][:, units]  # (V, h)
    for number, layer in enumerate(norms[:-1]):
        old, new = f"layers.{layer}", f"layers.{number}"
        for name in ("weight_input", "weight_hidden"):
            matrix = weights[f"{old}.{name}"]
            gates = matrix.reshape(4, -1, matrix.shape[1])  # (4, H, H)
            cut[f"{new}.{name}"] = gates[:, units][:, :, units].flatten(0, 1)  # (4h, h)
        cut[f"{new}.bias"] = weights[f"{old}.bias"].reshape(4, -1)[:, units].flatten()  # (4h,)
    for number, norm in enumerate(norms):
        for name in ("weight", "bias"):
            if f"norms.{norm}.{name}" in weights:
                cut[f"norms.{number}.{name}"] = weights[f"norms.{norm}.{name}"][units]
    return cut

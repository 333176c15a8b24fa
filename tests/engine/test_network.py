"""The network against its equations, written out by hand in float64."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.dropout import Masks, draw_masks
from chatlstm.engine.network import LSTMLayer, LSTMState, Network

V, H, B, T = 11, 5, 3, 4
TOLERANCE = 1e-10
Array = NDArray[np.float64]

each_depth = pytest.mark.parametrize("num_layers", [1, 2, 3])
each_stack = pytest.mark.parametrize("residual", [True, False], ids=["residual", "plain"])


def make_network(num_layers: int = 2, *, residual: bool = True, tie_weights: bool = True) -> Network:
    """Make a network in float64 whose every parameter is random, biases and norms too."""
    config = NetworkConfig(V, hidden_size=H, num_layers=num_layers, residual=residual, tie_weights=tie_weights)
    network = Network(config).double().eval()
    random = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=random, dtype=torch.float64) * 0.5)
    return network


def make_input(num_layers: int) -> tuple[torch.Tensor, LSTMState]:
    random = torch.Generator().manual_seed(3)
    token_ids = torch.randint(V, (B, T), generator=random)
    hidden, cell = torch.randn(2, num_layers, B, H, generator=random, dtype=torch.float64)
    return token_ids, LSTMState(hidden, cell)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def step_layer(weights: dict[str, Array], x: Array, h: Array, c: Array) -> tuple[Array, Array]:
    """One step of one layer of one row, an entry at a time."""
    w, u, b = weights["weight_input"], weights["weight_hidden"], weights["bias"]
    new_h, new_c = np.empty(H), np.empty(H)
    for j in range(H):
        sums = []
        for gate in range(4):
            row = gate * H + j
            total = b[row]
            for k in range(H):
                total += w[row, k] * x[k] + u[row, k] * h[k]
            sums.append(total)
        i, f, g, o = sigmoid(sums[0]), sigmoid(sums[1]), np.tanh(sums[2]), sigmoid(sums[3])
        new_c[j] = f * c[j] + i * g
        new_h[j] = o * np.tanh(new_c[j])
    return new_h, new_c


def normalise(x: Array, weight: Array, bias: Array) -> Array:
    """LayerNorm of one row (Ba et al. 2016, arXiv:1607.06450), epsilon 1e-5."""
    mean = sum(x) / len(x)
    variance = sum((value - mean) ** 2 for value in x) / len(x)
    return np.array(
        [(v - mean) / np.sqrt(variance + 1e-5) * w + b for v, w, b in zip(x, weight, bias, strict=True)]
    )


def read_by_hand(network: Network, token_ids: torch.Tensor, state: LSTMState) -> tuple[Array, Array, Array]:
    """Logits of every step, hidden and cell state after the last, by the equations."""
    values = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    hidden, cell = state.hidden.numpy().copy(), state.cell.numpy().copy()
    layers, residual = network.config.num_layers, network.config.residual
    logits = np.empty((*token_ids.shape, V))
    for row, ids in enumerate(token_ids.tolist()):
        for t, token_id in enumerate(ids):
            x = values["embedding.weight"][token_id]
            for n in range(layers):
                weights = {name: values[f"layers.{n}.{name}"] for name in ("weight_input", "weight_hidden", "bias")}
                entry = normalise(x, values[f"norms.{n}.weight"], values[f"norms.{n}.bias"]) if residual else x
                hidden[n, row], cell[n, row] = step_layer(weights, entry, hidden[n, row], cell[n, row])
                x = x + hidden[n, row] if residual else hidden[n, row]
            if residual:
                x = normalise(x, values[f"norms.{layers}.weight"], values[f"norms.{layers}.bias"])
            for v in range(V):
                logits[row, t, v] = values["projection.bias"][v] + sum(x * values["projection.weight"][v])
    return logits, hidden, cell


def distance(found: torch.Tensor, expected: Array) -> float:
    assert found.shape == expected.shape
    return float(np.abs(found.detach().numpy() - expected).max())


@each_stack
@each_depth
def test_reading_a_batch_keeps_to_the_equations(num_layers: int, *, residual: bool) -> None:
    network = make_network(num_layers, residual=residual)
    token_ids, state = make_input(num_layers)

    features, after = network.read(token_ids, state)

    logits, hidden, cell = read_by_hand(network, token_ids, state)
    assert distance(network.logits(features), logits) < TOLERANCE
    assert distance(after.hidden, hidden) < TOLERANCE
    assert distance(after.cell, cell) < TOLERANCE


@each_stack
@each_depth
def test_a_single_step_keeps_to_the_equations(num_layers: int, *, residual: bool) -> None:
    network = make_network(num_layers, residual=residual)
    token_ids, state = make_input(num_layers)

    features, after = network.step(token_ids[:, 0], state)

    logits, hidden, cell = read_by_hand(network, token_ids[:, :1], state)
    assert distance(network.logits(features), logits[:, 0]) < TOLERANCE
    assert distance(after.hidden, hidden) < TOLERANCE
    assert distance(after.cell, cell) < TOLERANCE


def test_an_untied_projection_keeps_to_the_equations() -> None:
    network = make_network(tie_weights=False)
    token_ids, state = make_input(2)

    features, _ = network.read(token_ids, state)

    assert distance(network.logits(features), read_by_hand(network, token_ids, state)[0]) < TOLERANCE


def test_training_without_dropout_keeps_to_the_equations() -> None:
    network = make_network().train()
    token_ids, state = make_input(2)

    features, _ = network.read(token_ids, state)

    assert distance(network.logits(features), read_by_hand(network, token_ids, state)[0]) < TOLERANCE


@each_stack
def test_two_halves_with_carried_state_equal_one_read(*, residual: bool) -> None:
    network = make_network(3, residual=residual)
    token_ids, state = make_input(3)
    whole, after_whole = network.read(token_ids, state)

    first, between = network.read(token_ids[:, :2], state)
    second, after = network.read(token_ids[:, 2:], between)

    assert torch.allclose(torch.cat([first, second], dim=1), whole, rtol=0, atol=TOLERANCE)
    assert torch.allclose(torch.stack(after), torch.stack(after_whole), rtol=0, atol=TOLERANCE)


def test_the_zero_state_is_zero_for_every_row_and_layer() -> None:
    state = make_network(3).zero_state(2)

    assert (torch.stack(state).shape, int(torch.stack(state).count_nonzero())) == ((2, 3, 2, H), 0)


def test_the_forget_bias_is_one_and_the_others_are_zero() -> None:
    assert LSTMLayer(2).bias.tolist() == [0, 0, 1, 1, 0, 0, 0, 0]


def test_tied_weights_are_one_tensor() -> None:
    network = Network(NetworkConfig(V, hidden_size=H))

    assert network.projection.weight is network.embedding.weight


def test_untied_weights_are_two_tensors() -> None:
    network = Network(NetworkConfig(V, hidden_size=H, tie_weights=False))

    assert network.projection.weight is not network.embedding.weight


def test_the_plain_stack_has_no_norms() -> None:
    assert len(Network(NetworkConfig(V, hidden_size=H, residual=False)).norms) == 0


DROPOUTS = {
    "embedding": NetworkConfig(V, hidden_size=H, embedding_dropout=0.5),
    "hidden": NetworkConfig(V, hidden_size=H, hidden_dropout=0.5),
    "output": NetworkConfig(V, hidden_size=H, output_dropout=0.5),
    "recurrent": NetworkConfig(V, hidden_size=H, weight_dropout=0.5),
}


@pytest.mark.parametrize("config", DROPOUTS.values(), ids=DROPOUTS)
def test_each_mask_changes_what_is_read(config: NetworkConfig) -> None:
    network = Network(config)
    token_ids = torch.arange(V).unsqueeze(0)
    masks = draw_masks(config, 1, torch.Generator().manual_seed(1))

    whole, _ = network.read(token_ids, network.zero_state(1))
    dropped, _ = network.read(token_ids, network.zero_state(1), masks)

    assert not torch.equal(whole, dropped)


def test_without_masks_nothing_is_dropped_in_training_either() -> None:
    network = Network(NetworkConfig(V, hidden_size=H, hidden_dropout=0.5, weight_dropout=0.5)).train()
    token_ids = torch.arange(V).unsqueeze(0)

    first, second = (network.read(token_ids, network.zero_state(1))[0] for _ in range(2))

    assert torch.equal(first, second)


@each_stack
def test_masks_multiply_the_embedding_the_outputs_and_the_features(*, residual: bool) -> None:
    network = make_network(1, residual=residual)
    token_ids, state = make_input(1)
    embedding, hidden, output = torch.rand(3, B, 1, H, generator=torch.Generator().manual_seed(1)).double()

    features, _ = network.read(token_ids, state, Masks(embedding, hidden.unsqueeze(0), output))

    x = network.embedding(token_ids) * embedding  # (B, T, H)
    normed = network.norms[0](x) if residual else x
    read, _, _ = network.layers[0](normed, state.hidden[0], state.cell[0])
    last = network.norms[1](x + read * hidden) if residual else read * hidden
    assert torch.allclose(features, last * output, rtol=0, atol=TOLERANCE)


def test_a_mask_of_recurrent_weights_multiplies_them_at_every_step() -> None:
    layer = LSTMLayer(H).double()
    x, hidden, cell = torch.randn(1, 3, H).double(), torch.randn(1, H).double(), torch.zeros(1, H).double()
    mask = torch.rand(4 * H, H, generator=torch.Generator().manual_seed(1)).double()
    output, _, _ = layer(x, hidden, cell, mask)
    with torch.no_grad():
        layer.weight_hidden.mul_(mask)

    for t in range(3):
        hidden, cell = layer.step(x[:, t], hidden, cell)
        assert torch.allclose(output[:, t], hidden, rtol=0, atol=TOLERANCE)


def test_gradients_reach_every_parameter() -> None:
    network = make_network(3).train()
    token_ids, state = make_input(3)
    features, _ = network.read(token_ids, state)

    network.logits(features).sum().backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped

    assert [name for name, each in network.named_parameters() if each.grad is None] == []


def test_reading_and_stepping_stay_on_the_networks_device() -> None:
    network = Network(NetworkConfig(V, hidden_size=H)).to("meta")
    token_ids = torch.zeros(B, T, dtype=torch.long, device="meta")

    features, state = network.read(token_ids, network.zero_state(B))
    logits = network.logits(network.step(token_ids[:, 0], state)[0])

    assert {each.device.type for each in (features, *state, logits)} == {"meta"}


def test_deeper_networks_have_more_parameters() -> None:
    counts = [sum(each.numel() for each in make_network(depth).parameters()) for depth in (1, 2, 3)]

    # W and U, the bias, and the norm in front of the layer
    assert [after - before for before, after in pairwise(counts)] == [2 * 4 * H * H + 4 * H + 2 * H] * 2

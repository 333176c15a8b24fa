"""Smaller networks cut out of larger ones."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.network import Network
from chatlstm.engine.pruning import prune_network

SHAPE = NetworkConfig(11, hidden_size=6, num_layers=3)
IDLE = [1, 4]  # units that the networks of these tests never use
KEPT = [0, 2, 3, 5]


def make_network(shape: NetworkConfig = SHAPE) -> Network:
    torch.manual_seed(1)
    return Network(shape).eval()


def make_text() -> Tensor:
    return torch.randint(11, (4, 9), generator=torch.Generator().manual_seed(2))


def silence(network: Network) -> Network:
    """Make two units stay zero, and nothing read them."""
    for name, weight in network.state_dict().items():
        if name.endswith((".weight_input", ".weight_hidden")):
            gates = weight.view(4, 6, 6)
            gates[:, IDLE] = 0
            gates[:, :, IDLE] = 0
        elif name.endswith((".bias", "weight")) and weight.shape[-1] == 6:
            weight[..., IDLE] = 0
        elif name.startswith("layers."):
            weight.view(4, 6)[:, IDLE] = 0
    return network


@pytest.mark.parametrize("tie_weights", [True, False])
def test_without_units_that_do_nothing_a_plain_network_says_the_same(*, tie_weights: bool) -> None:
    network = silence(make_network(replace(SHAPE, residual=False, tie_weights=tie_weights)))
    pruned = prune_network(network, make_text(), hidden_size=4, num_layers=3)

    wanted, _ = network.read(make_text(), network.zero_state(4))
    found, _ = pruned.read(make_text(), pruned.zero_state(4))
    assert torch.allclose(pruned.logits(found), network.logits(wanted), atol=1e-6)


def test_the_units_that_do_something_are_kept() -> None:
    network = silence(make_network())
    pruned = prune_network(network, make_text(), hidden_size=4, num_layers=3)

    assert torch.equal(pruned.embedding.weight, network.embedding.weight[:, KEPT])
    assert torch.equal(pruned.state_dict()["norms.3.weight"], network.state_dict()["norms.3.weight"][KEPT])


def test_whole_it_is_the_same_network() -> None:
    network = make_network()
    whole = prune_network(network, make_text(), hidden_size=6, num_layers=3)

    assert all(torch.equal(*pair) for pair in zip(whole.parameters(), network.parameters(), strict=True))


def test_of_three_layers_the_outer_two_are_kept() -> None:
    network = make_network()
    pruned = prune_network(network, make_text(), hidden_size=6, num_layers=2)

    kept, layers = pruned.state_dict(), network.state_dict()
    assert torch.equal(kept["layers.0.weight_input"], layers["layers.0.weight_input"])
    assert torch.equal(kept["layers.1.weight_input"], layers["layers.2.weight_input"])


def test_dropout_and_matcher_stay_behind() -> None:
    network = make_network(replace(SHAPE, hidden_dropout=0.1, weight_dropout=0.2, match_size=4))
    pruned = prune_network(network, make_text(), hidden_size=4, num_layers=1)

    assert pruned.config == NetworkConfig(11, hidden_size=4, num_layers=1)


@pytest.mark.parametrize(("hidden_size", "num_layers"), [(7, 3), (0, 3), (6, 4), (6, 0)])
def test_a_part_is_not_larger_than_the_whole(hidden_size: int, num_layers: int) -> None:
    with pytest.raises(ValueError, match=r"must be in \[1, [36]\], got"):
        prune_network(make_network(), make_text(), hidden_size=hidden_size, num_layers=num_layers)

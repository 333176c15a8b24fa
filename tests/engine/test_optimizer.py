import torch

from chatlstm.engine.config import Budget, NetworkConfig, TrainingConfig
from chatlstm.engine.network import Network
from chatlstm.engine.optimizer import list_moments, make_optimizer, restore_optimizer

CONFIG = TrainingConfig(Budget(tokens=1), weight_decay=0.25)


def make_network() -> Network:
    torch.manual_seed(1)
    return Network(NetworkConfig(6, hidden_size=3, num_layers=2))


def take_step(network: Network, optimizer: torch.optim.AdamW) -> None:
    optimizer.zero_grad()
    features, _ = network.read(torch.tensor([[1, 2, 3]]), network.zero_state(1))
    network.logits(features).square().sum().backward()  # type: ignore[no-untyped-call]  # torch's
    optimizer.step()


def test_matrices_are_decayed_and_vectors_are_not() -> None:
    decays = {
        weight.ndim: group["weight_decay"]
        for group in make_optimizer(make_network(), CONFIG).param_groups
        for weight in group["params"]
    }

    assert decays == {2: 0.25, 1: 0.0}


def test_every_weight_is_trained_once() -> None:
    network = make_network()
    groups = make_optimizer(network, CONFIG).param_groups

    assert sorted(id(weight) for group in groups for weight in group["params"]) == sorted(
        map(id, network.parameters())
    )


def test_before_the_first_step_there_are_no_moments() -> None:
    assert list_moments(make_optimizer(make_network(), CONFIG)) == {}


def test_with_its_moments_back_the_optimiser_goes_on_as_before() -> None:
    first, second = make_network(), make_network()
    optimizer = make_optimizer(first, CONFIG)
    take_step(first, optimizer)
    second.load_state_dict(first.state_dict())
    restored = make_optimizer(second, CONFIG)
    restore_optimizer(restored, {name: tensor.clone() for name, tensor in list_moments(optimizer).items()})

    take_step(first, optimizer)
    take_step(second, restored)

    assert all(torch.equal(*pair) for pair in zip(first.parameters(), second.parameters(), strict=True))


def test_no_moments_are_a_fresh_start() -> None:
    network = make_network()
    optimizer = make_optimizer(network, CONFIG)
    take_step(network, optimizer)

    restore_optimizer(optimizer, {})

    assert list_moments(optimizer) == {}

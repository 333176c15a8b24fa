import pytest
import torch

from chatlstm.engine.averaging import WeightAverage
from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.network import Network


def make_network(value: float) -> Network:
    network = Network(NetworkConfig(6, hidden_size=3, num_layers=1))
    fill(network, value)
    return network


def fill(network: Network, value: float) -> None:
    with torch.no_grad():
        for weight in network.parameters():
            weight.fill_(value)


def average_steps(span: float, *values: float) -> WeightAverage:
    """Average over steps that leave these weights."""
    average = WeightAverage(network := make_network(0.0), span)
    for step, value in enumerate(values, 1):
        fill(network, value)
        average.add(step)
    return average


# by hand: at span 1/2 the second of 1, 2, 3 counts 1 / 1.5 and the third 1 / 2
@pytest.mark.parametrize(("span", "expected"), [(0.0, 3.0), (1.0, 2.0), (0.5, 7 / 3)])
def test_the_newest_weights_count_less_with_every_step(span: float, expected: float) -> None:
    weights = torch.cat([weight.flatten() for weight in average_steps(span, 1.0, 2.0, 3.0).network.parameters()])

    assert torch.allclose(weights, torch.full_like(weights, expected))


def test_without_a_span_there_is_no_second_network() -> None:
    network = make_network(1.0)

    assert WeightAverage(network, 0.0).network is network


def test_what_is_averaged_goes_on_training() -> None:
    network = make_network(1.0)
    average = WeightAverage(network, 0.5)

    assert all(weight.requires_grad for weight in network.parameters())
    assert not any(weight.requires_grad for weight in average.network.parameters())


def test_tied_weights_stay_tied() -> None:
    average = average_steps(0.5, 1.0, 2.0)

    assert average.network.projection.weight is average.network.embedding.weight


@pytest.mark.parametrize("span", [0.0, 0.5])
def test_without_an_average_of_before_it_goes_on_from_the_weights(span: float) -> None:
    average = WeightAverage(network := make_network(1.0), span)
    fill(network, 5.0)

    average.restore({})

    assert average.network.projection.bias.tolist() == [5.0] * 6


def test_an_average_of_before_is_gone_on_with() -> None:
    average = WeightAverage(network := make_network(1.0), 0.5)

    average.restore(make_network(4.0).state_dict())
    average.add(3)

    assert average.network.projection.bias.tolist() == [2.5] * 6
    assert network.projection.bias.tolist() == [1.0] * 6

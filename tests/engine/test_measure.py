import math

import numpy as np
import pytest
import torch

from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.held_out import HeldOut
from chatlstm.engine.measure import measure_domains, measure_loss
from chatlstm.engine.network import Network
from tests.engine.texts import make_token_file

END = 0


@pytest.fixture(scope="module")
def network() -> Network:
    torch.manual_seed(3)
    return Network(NetworkConfig(9, hidden_size=5, num_layers=2, hidden_dropout=0.5, output_dropout=0.5))


def make_records(count: int, length: int) -> list[list[int]]:
    random = np.random.default_rng(5)
    return [[*random.integers(1, 9, length).tolist(), END] for _ in range(count)]


@torch.no_grad()
def sum_by_hand(network: Network, token_ids: list[int]) -> float:
    """Read one token after the other and add up what each next one cost."""
    network.eval()
    nats, state, before = 0.0, network.zero_state(1), END
    for token_id in token_ids:
        features, state = network.step(torch.tensor([before]), state)
        probabilities = torch.softmax(network.logits(features)[0].double(), 0)
        nats -= math.log(float(probabilities[token_id]))
        before = token_id
    return nats


@pytest.mark.parametrize(("count", "length"), [(1, 1), (3, 4), (32, 2), (2, 150)])
def test_what_a_record_costs_is_the_sum_over_its_tokens(network: Network, count: int, length: int) -> None:
    records = make_records(count, length)

    found = measure_loss(
        network, make_token_file(records), np.arange(count), np.ones(9, np.int32), bfloat16=False
    )

    assert found.nats == pytest.approx(sum(sum_by_hand(network, record) for record in records), rel=1e-5)


def test_records_that_share_a_row_are_read_one_after_the_other(network: Network) -> None:
    records = make_records(64, 3)  # two in each of 32 rows
    pairs = [first + second for first, second in zip(records[::2], records[1::2], strict=True)]

    found = measure_loss(
        network, make_token_file(records), np.arange(64), np.ones(9, np.int32), bfloat16=False
    )

    assert found.nats == pytest.approx(sum(sum_by_hand(network, pair) for pair in pairs), rel=1e-5)


def test_every_token_counts_once_and_marks_have_no_bytes(network: Network) -> None:
    token_bytes = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8], np.int32)
    tokens = make_token_file([[1, 8, END], [2, 2, 2, END]])

    found = measure_loss(network, tokens, np.arange(2), token_bytes, bfloat16=False)

    assert (found.tokens, found.bytes) == (7, 15)


def test_only_the_records_named_are_read(network: Network) -> None:
    tokens = make_token_file([[1, 8, END], [2, 2, 2, END]])

    found = measure_loss(network, tokens, np.array([1]), np.ones(9, np.int32), bfloat16=False)

    assert found.nats == pytest.approx(sum_by_hand(network, [2, 2, 2, END]), rel=1e-5)


def test_no_record_costs_nothing(network: Network) -> None:
    tokens = make_token_file([[1]])

    found = measure_loss(network, tokens, np.arange(0), np.ones(9, np.int32), bfloat16=False)

    assert (found, found.loss, found.bits_per_byte) == (HeldOut(0.0, 0, 0), 0.0, 0.0)


@pytest.mark.parametrize("training", [True, False])
def test_the_network_is_left_in_the_mode_it_was_in(network: Network, training: bool) -> None:
    network.train(training)

    measure_loss(network, make_token_file([[1]]), np.arange(1), np.ones(9, np.int32), bfloat16=False)

    assert network.training is training


def test_bfloat16_measures_nearly_the_same(network: Network) -> None:
    tokens = make_token_file(make_records(8, 20))
    exact, narrow = (
        measure_loss(network, tokens, np.arange(8), np.ones(9, np.int32), bfloat16=bfloat16)
        for bfloat16 in (False, True)
    )

    assert narrow.nats == pytest.approx(exact.nats, rel=0.01)


def test_each_domain_is_measured_on_its_own_records(network: Network) -> None:
    tokens = make_token_file(
        [[1, END], [2, 3, END], [4, END]], sources=[0, 1, 2], names=("b/x", "a/y", "b/z")
    )

    found = measure_domains(network, tokens, np.ones(9, np.int32), bfloat16=False)

    assert list(found) == ["a", "b"]
    assert found["a"].nats == pytest.approx(sum_by_hand(network, [2, 3, END]), rel=1e-5)
    assert (found["a"].tokens, found["b"].tokens) == (3, 4)


def test_of_a_large_domain_about_40_000_tokens_are_measured(network: Network) -> None:
    tokens = make_token_file([[1] * 15_000] * 4)

    found = measure_domains(network, tokens, np.ones(9, np.int32), bfloat16=False)

    assert found["dialogue"].tokens == 30_000


def test_every_source_of_a_large_domain_is_measured(network: Network) -> None:
    tokens = make_token_file([[1] * 1000] * 40 + [[2] * 1000] * 40)

    found = measure_domains(network, tokens, np.array([0, 1, 3, 0, 0, 0, 0, 0, 0], np.int32), bfloat16=False)

    assert (found["dialogue"].tokens, found["dialogue"].bytes) == (40_000, 20_000 * 1 + 20_000 * 3)


def test_of_a_domain_with_a_huge_first_record_that_one_is_measured(network: Network) -> None:
    tokens = make_token_file([[1] * 41_000, [2]])

    assert measure_domains(network, tokens, np.ones(9, np.int32), bfloat16=False)["dialogue"].tokens == 41_000

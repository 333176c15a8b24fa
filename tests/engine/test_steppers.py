"""Every way of running a network against PyTorch's, over shapes of all kinds."""

from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.network import Network
from chatlstm.engine.onnx_stepper import overflows
from chatlstm.engine.stepper import Floats, Ids, Stepper
from chatlstm.engine.torch_stepper import TorchStepper
from tests.engine.small_model import LAID_OUT, STEPPERS, run_by_onnx

BATCHES = (1, 33)
PRECISIONS = ("float32", "int8")


def make_network(config: NetworkConfig, seed: int = 1) -> Network:
    network = Network(config).eval()
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=random) * 0.2)
    return network


def read_all(stepper: Stepper[Any], token_ids: Ids) -> Floats:  # Any: of whatever states
    """Give the logits behind each token, shape ``(T, B, V)``."""
    state, read = stepper.start(token_ids.shape[0]), []
    for column in token_ids.T:
        logits, state = stepper.step(np.ascontiguousarray(column), state)
        read.append(logits)
    return np.stack(read)


configs = st.builds(
    NetworkConfig,
    vocabulary_size=st.sampled_from([1, 17, 50]),
    hidden_size=st.sampled_from([1, 7, 16, 33]),
    num_layers=st.integers(1, 3),
    residual=st.booleans(),
    tie_weights=st.booleans(),
)


@settings(max_examples=25)
@given(config=configs, rows=st.sampled_from(BATCHES), seed=st.integers(0, 99))
def test_float32_gives_the_logits_of_pytorch(config: NetworkConfig, rows: int, seed: int) -> None:
    network = make_network(config, seed)
    token_ids = np.random.default_rng(seed).integers(0, config.vocabulary_size, (rows, 5))

    found = read_all(run_by_onnx(network, "float32"), token_ids)
    assert np.allclose(found, read_all(TorchStepper(network), token_ids), atol=1e-4, rtol=1e-4)


@settings(max_examples=25)
@given(config=configs, rows=st.sampled_from(BATCHES), seed=st.integers(0, 99))
def test_int8_gives_nearly_the_logits_of_pytorch(config: NetworkConfig, rows: int, seed: int) -> None:
    network = make_network(config, seed)
    token_ids = np.random.default_rng(seed).integers(0, config.vocabulary_size, (rows, 5))

    found, wanted = read_all(run_by_onnx(network, "int8"), token_ids), read_all(TorchStepper(network), token_ids)
    # a product of H terms of two roundings to 1 in 127 each, over what a logit can be
    largest = np.abs(wanted).max() + config.hidden_size**0.5
    assert np.abs(found - wanted).max() < 0.1 * largest


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_row_does_not_depend_on_its_company(precision: str) -> None:
    network = make_network(NetworkConfig(50, hidden_size=24, num_layers=2))
    token_ids = np.random.default_rng(2).integers(0, 50, (33, 6))
    stepper = run_by_onnx(network, precision)

    alone = np.concatenate([read_all(stepper, token_ids[row : row + 1]) for row in range(33)], axis=1)
    assert np.allclose(read_all(stepper, token_ids), alone, atol=1e-5)


def test_reading_at_once_is_reading_step_by_step(ran_by: str) -> None:
    stepper = STEPPERS[ran_by]
    state = stepper.start(2)
    for token_id in LAID_OUT:
        _, state = stepper.step(np.array([token_id, token_id]), state)

    at_once = stepper.read(np.array([LAID_OUT, LAID_OUT]), stepper.start(2))
    for found, wanted in zip(stepper.export_state(at_once), stepper.export_state(state), strict=True):
        assert np.allclose(found, wanted, atol=1e-5)


def test_features_are_those_of_pytorch() -> None:
    token_ids = np.array([LAID_OUT])

    found, wanted = (
        STEPPERS[name].read_features(token_ids, STEPPERS[name].start(1))[0] for name in ("float32", "torch")
    )
    assert np.allclose(found, wanted, atol=1e-5)


def test_reading_for_features_leaves_the_state_of_reading(ran_by: str) -> None:
    stepper, token_ids = STEPPERS[ran_by], np.array([LAID_OUT])
    _, state = stepper.read_features(token_ids, stepper.start(1))

    read = stepper.read(token_ids, stepper.start(1))
    for found, wanted in zip(stepper.export_state(state), stepper.export_state(read), strict=True):
        assert np.allclose(found, wanted, atol=1e-5)


def test_a_step_is_to_advance_and_to_project(ran_by: str) -> None:
    stepper, token_ids = STEPPERS[ran_by], np.array(LAID_OUT[:3])
    features, state = stepper.advance(token_ids, stepper.start(3))

    logits, stepped = stepper.step(token_ids, stepper.start(3))
    assert np.array_equal(stepper.project(features), logits)
    for found, wanted in zip(stepper.export_state(state), stepper.export_state(stepped), strict=True):
        assert np.array_equal(found, wanted)


def test_a_state_survives_its_export(ran_by: str) -> None:
    stepper = STEPPERS[ran_by]
    state = stepper.read(np.array([LAID_OUT, LAID_OUT[::-1]]), stepper.start(2))

    hidden, cell = stepper.export_state(state)
    again = stepper.export_state(stepper.import_state(hidden, cell))
    assert hidden.shape == (2, 2, 8)
    assert np.array_equal(np.stack(again), np.stack([hidden, cell]))


@pytest.mark.parametrize(("giver", "taker"), list(product(("torch", "float32"), repeat=2)))
def test_a_state_of_one_is_a_state_of_the_other(giver: str, taker: str) -> None:
    read = STEPPERS[giver].read(np.array([LAID_OUT[:-1]]), STEPPERS[giver].start(1))
    state = STEPPERS[taker].import_state(*STEPPERS[giver].export_state(read))

    logits, _ = STEPPERS[taker].step(np.array(LAID_OUT[-1:]), state)
    assert np.allclose(logits, read_all(STEPPERS["torch"], np.array([LAID_OUT]))[-1], atol=1e-4)


def test_rows_are_picked_in_the_order_asked(ran_by: str) -> None:
    stepper = STEPPERS[ran_by]
    state = stepper.read(np.array([[20], [30], [40]]), stepper.start(3))

    hidden, _ = stepper.export_state(state)
    picked, _ = stepper.export_state(stepper.pick(state, [2, 0, 0]))
    assert np.array_equal(picked, hidden[:, [2, 0, 0]])


@pytest.mark.parametrize("token_ids", [[[20, 30]], [[20], [30]]])
def test_a_step_leaves_its_state_alone(ran_by: str, token_ids: list[list[int]]) -> None:
    stepper = STEPPERS[ran_by]
    state = stepper.read(np.array(token_ids), stepper.start(len(token_ids)))
    before = np.stack(stepper.export_state(state))

    stepper.step(np.array([50] * len(token_ids)), state)
    assert np.array_equal(np.stack(stepper.export_state(state)), before)


def test_a_matcher_gives_the_nats_of_pytorch() -> None:
    network = make_network(NetworkConfig(50, hidden_size=8, num_layers=1, match_size=6))
    random = np.random.default_rng(3)
    contexts, replies = (random.standard_normal((rows, 16)).astype(np.float32) for rows in (2, 33))

    found = run_by_onnx(network, "int8").match(contexts, replies)
    assert np.allclose(found, TorchStepper(network).match(contexts, replies), atol=1e-4)


@pytest.mark.parametrize("stepper", [STEPPERS["torch"], STEPPERS["int8"]])
def test_without_a_matcher_nothing_is_matched(stepper: Stepper[Any]) -> None:  # Any: of whatever states
    with pytest.raises(ValueError, match="this network has no matcher"):
        stepper.match(np.zeros((1, 16), np.float32), np.zeros((1, 16), np.float32))


def test_wide_sums_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    network = make_network(NetworkConfig(50, hidden_size=24, num_layers=2))
    token_ids = np.random.default_rng(2).integers(0, 50, (3, 4))
    narrow = read_all(run_by_onnx(network, "int8"), token_ids)
    monkeypatch.setattr("chatlstm.engine.onnx_stepper.overflows", lambda total, width: True)

    assert np.array_equal(read_all(run_by_onnx(network, "int8"), token_ids), narrow)


def test_a_sum_that_stops_short_overflows() -> None:
    # what a processor without VNNI makes of a pair: 16 bits hold no more than 32,767
    pair = min(255 * 127 * 2, 32_767) - 128 * 127 * 2

    assert overflows(32 * pair, width=64)


def test_a_stepper_tells_its_shape() -> None:
    network = make_network(NetworkConfig(50, hidden_size=24, num_layers=2))

    assert run_by_onnx(network, "int8").config == TorchStepper(network).config == network.config

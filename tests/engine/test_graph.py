"""What the graphs are made of, and what they refuse."""

import numpy as np
import onnx
import pytest

from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.graph import build_body, build_head, build_matcher, list_shapes
from chatlstm.engine.network import Network

CONFIGS = [
    NetworkConfig(30, hidden_size=8, num_layers=2),
    NetworkConfig(30, hidden_size=8, num_layers=3, residual=False, tie_weights=False),
]


def list_arrays(config: NetworkConfig) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    return {name: weight.numpy() for name, weight in Network(config).state_dict().items()}


@pytest.mark.parametrize("config", CONFIGS)
def test_the_shapes_are_those_of_the_network(config: NetworkConfig) -> None:
    shapes = {name: array.shape for name, array in list_arrays(config).items()}
    if config.tie_weights:
        del shapes["projection.weight"]  # the embedding's matrix

    assert list_shapes(config) == shapes


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("build", [build_body, build_head])
def test_a_graph_is_sound_onnx(config: NetworkConfig, build: object) -> None:
    assert callable(build)
    for precision in ("int8", "float32"):
        onnx.checker.check_model(build(config, list_arrays(config), precision))


def test_an_int8_graph_holds_a_byte_a_weight() -> None:
    config = NetworkConfig(300, hidden_size=64, num_layers=2)
    weights = 300 * 64 + 2 * 2 * 256 * 64

    assert weights < len(build_body(config, list_arrays(config), "int8")) < 1.3 * weights


@pytest.mark.parametrize("build", [build_body, build_head])
def test_a_weight_of_another_shape_is_refused(build: object) -> None:
    assert callable(build)
    arrays = list_arrays(CONFIGS[0])
    arrays["layers.1.bias"] = arrays["layers.1.bias"][:-1]

    with pytest.raises(ValueError, match=r"layers.1.bias has the shape \(31,\), not \(32,\)"):
        build(CONFIGS[0], arrays, "int8")


def test_a_missing_weight_is_refused() -> None:
    arrays = list_arrays(CONFIGS[0])
    del arrays["norms.2.bias"]

    with pytest.raises(KeyError, match=r"norms\.2\.bias"):
        build_body(CONFIGS[0], arrays, "int8")


def test_a_matcher_of_another_width_is_refused() -> None:
    config = NetworkConfig(30, hidden_size=8, num_layers=1, match_size=4)
    arrays = list_arrays(config)
    arrays["matcher.replies.3.bias"] = np.zeros(5, np.float32)

    with pytest.raises(ValueError, match=r"matcher\.replies\.3\.bias"):
        build_matcher(config, arrays)

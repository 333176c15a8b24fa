"""One step of the network as an ONNX graph, in float32 or with weights of one byte; no torch here.

Axes: B rows, V vocabulary, L layers, H hidden.

With ``int8`` every matrix has a scale a row, and what is multiplied with it is rounded to a byte too,
by a scale that follows from the weights alone: LSTM states lie between -1 and 1, and a normalised
vector rarely leaves four standard deviations. So a row never depends on the others of its batch.

What enters a layer is brought between -1 and 1 as well, and the layer's weights are made as much
larger, so that input and hidden state go through one product side by side.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.encoding import Arrays, quantise_rows

PRECISIONS = ("int8", "float32")
DEVIATIONS = 4.0  # of a normalised vector, before its gain; what lies beyond is cut off
EPSILON = 1e-5  # as torch's LayerNorm has it
LEAST_BOUND = 1e-6
PROBE_WIDTH = 64
OPSETS = (helper.make_opsetid("", 18),)
IR_VERSION = 9
FLOAT, INT64 = int(TensorProto.FLOAT), int(TensorProto.INT64)

AS_FLOAT = {"to": FLOAT}
Told: TypeAlias = Mapping[str, float]
Ends: TypeAlias = Mapping[str, tuple[int, Sequence[str | int]]]


def build_body(config: NetworkConfig, arrays: Arrays, precision: str) -> bytes:
    """Lay out one step of embedding and layers.

    Args:
        config: Shape of the network.
        arrays: Its weights by name, as ``encoding.read_arrays`` gives them.
        precision: ``"int8"`` or ``"float32"``.

    Returns:
        A serialised ONNX model. Inputs: ``token_ids`` ``(B,)`` and ``state`` ``(B, 2LH)``, the
        hidden and cell states of each layer side by side. Outputs: ``features`` ``(B, H)`` and
        ``next_state``.

    Raises:
        KeyError: A weight is missing.
        ValueError: A weight is of another shape than the config has it.
    """
    _check_shapes(config, arrays)
    draft = _Draft(quantised=precision == "int8")
    parts = [f"{kind}{layer}" for layer in range(config.num_layers) for kind in ("hidden", "cell")]
    draft.split("state", parts, [config.hidden_size] * len(parts))
    table = arrays["embedding.weight"] / (1.0 if config.residual else find_bound(config, arrays, 0))
    x = draft.look_up("token_ids", "embedding", table)  # (B, H)
    states: list[str] = []
    for layer in range(config.num_layers):
        bound = find_bound(config, arrays, layer)
        normed = _norm(draft, arrays, (layer, x), bound) if config.residual else x
        hidden, cell = _add_layer(draft, arrays, (layer, normed), bound)
        states += [hidden, cell]
        x = draft.add("Add", [x, hidden]) if config.residual else hidden
    features = _norm(draft, arrays, (config.num_layers, x), 1.0) if config.residual else x
    draft.add("Identity", [features], "features")
    draft.add("Concat", states, "next_state", told={"axis": 1})
    width = len(parts) * config.hidden_size
    inputs: Ends = {"token_ids": (INT64, ["B"]), "state": (FLOAT, ["B", width])}
    outputs: Ends = {"features": (FLOAT, ["B", config.hidden_size]), "next_state": (FLOAT, ["B", width])}
    return draft.serialise(inputs, outputs)


def build_head(config: NetworkConfig, arrays: Arrays, precision: str) -> bytes:
    """Lay out the projection from ``features`` ``(B, H)`` to ``logits`` ``(B, V)``.

    Arguments and errors are those of ``build_body``.
    """
    _check_shapes(config, arrays)
    draft = _Draft(quantised=precision == "int8")
    weight = arrays["embedding.weight" if config.tie_weights else "projection.weight"]
    bound = find_bound(config, arrays, config.num_layers)
    logits = draft.multiply("features", bound, ("projection", weight, arrays["projection.bias"]))
    draft.add("Identity", [logits], "logits")
    inputs: Ends = {"features": (FLOAT, ["B", config.hidden_size])}
    return draft.serialise(inputs, {"logits": (FLOAT, ["B", config.vocabulary_size])})


def build_matcher(config: NetworkConfig, arrays: Arrays) -> bytes:
    """Lay out the matcher of replies, in float32.

    Args:
        config: Shape of the network; its ``match_size`` is not 0.
        arrays: The weights by name.

    Returns:
        A serialised ONNX model from ``contexts`` ``(B, 2H)`` and ``replies`` ``(N, 2H)`` to
        ``nats`` ``(B, N)``.

    Raises:
        KeyError: A weight is missing.
        ValueError: A weight is of another shape than the config has it.
    """
    _check_shapes(config, arrays)
    draft = _Draft(quantised=False)
    points = []
    for tower in ("contexts", "replies"):
        x = tower
        for number in (1, 3):  # between dropout and GELU
            name = f"matcher.{tower}.{number}"
            x = draft.multiply(x, 0.0, (name, arrays[f"{name}.weight"], arrays[f"{name}.bias"]))
            x = draft.gelu(x) if number == 1 else x
        points.append(draft.add("LpNormalization", [x], told={"axis": -1, "p": 2}))
    scale = draft.keep("scale", np.exp(arrays["matcher.log_scale"]))
    near = draft.add("MatMul", [points[0], draft.add("Transpose", [points[1]])])
    draft.add("Mul", [near, scale], "nats")
    width = 2 * config.hidden_size
    inputs: Ends = {"contexts": (FLOAT, ["B", width]), "replies": (FLOAT, ["N", width])}
    return draft.serialise(inputs, {"nats": (FLOAT, ["B", "N"])})


def build_probe() -> bytes:
    """Lay out a product of the largest bytes, from ``x`` ``(B, 64)``, all 127, to ``sum`` ``(B, 1)``, 127² · 64."""
    draft = _Draft(quantised=True)
    row = np.full((1, PROBE_WIDTH), 127, np.float32)
    draft.add("Identity", [draft.multiply("x", 127.0, ("weights", row, np.zeros(1, np.float32)))], "sum")
    return draft.serialise({"x": (FLOAT, ["B", PROBE_WIDTH])}, {"sum": (FLOAT, ["B", 1])})


def list_shapes(config: NetworkConfig) -> dict[str, tuple[int, ...]]:
    """List the shapes of a network's weights by name, but for those of a matcher's inside.

    Example:
        >>> list_shapes(NetworkConfig(300, hidden_size=8, num_layers=1, residual=False))["layers.0.bias"]
        (32,)
    """
    size, vocabulary = config.hidden_size, config.vocabulary_size
    shapes: dict[str, tuple[int, ...]] = {"embedding.weight": (vocabulary, size), "projection.bias": (vocabulary,)}
    if not config.tie_weights:
        shapes["projection.weight"] = (vocabulary, size)
    for layer in range(config.num_layers):
        shapes |= {f"layers.{layer}.{part}": (4 * size, size) for part in ("weight_input", "weight_hidden")}
        shapes[f"layers.{layer}.bias"] = (4 * size,)
    for number in range(config.num_layers + 1 if config.residual else 0):
        shapes |= {f"norms.{number}.{part}": (size,) for part in ("weight", "bias")}
    if config.match_size:
        shapes |= {f"matcher.{tower}.3.bias": (config.match_size,) for tower in ("contexts", "replies")}
    return shapes


def _check_shapes(config: NetworkConfig, arrays: Arrays) -> None:
    for name, shape in list_shapes(config).items():
        if arrays[name].shape != shape:
            raise ValueError(f"{name} has the shape {arrays[name].shape}, not {shape}")


def find_bound(config: NetworkConfig, arrays: Arrays, number: int) -> float:
    """Tell how large the entries are that enter a layer, or behind the last layer the projection."""
    if config.residual:
        gain, shift = arrays[f"norms.{number}.weight"], arrays[f"norms.{number}.bias"]
        bound = float((np.abs(gain) * DEVIATIONS + np.abs(shift)).max())
    else:
        bound = 1.0 if number else float(np.abs(arrays["embedding.weight"]).max())
    return max(bound, LEAST_BOUND)


def _norm(draft: "_Draft", arrays: Arrays, entering: tuple[int, str], bound: float) -> str:
    """Normalise what enters a layer, in parts of ``bound``."""
    number, x = entering
    gain = draft.keep(f"gain{number}", arrays[f"norms.{number}.weight"] / bound)
    shift = draft.keep(f"shift{number}", arrays[f"norms.{number}.bias"] / bound)
    return draft.add("LayerNormalization", [x, gain, shift], told={"axis": -1, "epsilon": EPSILON})


def _add_layer(draft: "_Draft", arrays: Arrays, entering: tuple[int, str], bound: float) -> tuple[str, str]:
    """Lay out one LSTM layer; returns its new hidden and cell state, each ``(B, H)``."""
    layer, x = entering
    name = f"layers.{layer}"
    weight_input, weight_hidden = arrays[f"{name}.weight_input"] * bound, arrays[f"{name}.weight_hidden"]
    weight = _order_gates(np.concatenate([weight_input, weight_hidden], axis=1))  # (4H, 2H)
    both = draft.add("Concat", [x, f"hidden{layer}"], told={"axis": 1})  # (B, 2H)
    gates = draft.multiply(both, 1.0, (name, weight, _order_gates(arrays[f"{name}.bias"])))  # (B, 4H)
    open_, candidate, size = f"open{layer}", f"candidate{layer}", weight_hidden.shape[1]
    draft.split(gates, [open_, candidate], [3 * size, size])
    i, f, o = (f"{gate}{layer}" for gate in "ifo")
    draft.split(draft.add("Sigmoid", [open_]), [i, f, o], [size] * 3)
    kept = draft.add("Mul", [f, f"cell{layer}"])
    cell = draft.add("Add", [kept, draft.add("Mul", [i, draft.add("Tanh", [candidate])])])
    return draft.add("Mul", [o, draft.add("Tanh", [cell])]), cell


def _order_gates(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring rows for the gates i f g o into the order i f o g: three sigmoids side by side."""
    i, f, g, o = np.split(rows, 4)
    return np.concatenate([i, f, o, g])


class _Draft:
    """An ONNX graph as it grows; values are known by their names."""

    def __init__(self, *, quantised: bool) -> None:
        self._quantised = quantised
        self._nodes: list[Any] = []  # Any: onnx's messages are made at run time
        self._constants: dict[str, Any] = {}  # Any: likewise

    def keep(self, name: str, values: NDArray[Any] | np.generic) -> str:  # Any: of any type
        """Hold a constant."""
        self._constants[name] = numpy_helper.from_array(np.array(values, order="C"), name)
        return name

    def add(self, kind: str, inputs: Sequence[str], output: str = "", *, told: Told | None = None) -> str:
        """Add a node with one output, told its attributes; returns the output's name."""
        name = output or f"value{len(self._nodes)}"
        node = helper.make_node(kind, list(inputs), [name])
        node.attribute.extend(helper.make_attribute(key, value) for key, value in (told or {}).items())
        self._nodes.append(node)
        return name

    def split(self, whole: str, parts: Sequence[str], sizes: Sequence[int]) -> None:
        """Split ``(B, ...)`` along its second axis."""
        widths = self.keep(f"sizes of {whole}", np.array(sizes, np.int64))
        self._nodes.append(helper.make_node("Split", [whole, widths], list(parts), axis=1))

    def look_up(self, places: str, name: str, table: NDArray[np.float32]) -> str:
        """Take rows of a table."""
        if not self._quantised:
            return self.add("Gather", [self.keep(name, table), places], told={"axis": 0})
        multiples, scales = quantise_rows(table)
        rows = self.add("Gather", [self.keep(name, multiples), places], told={"axis": 0})
        factors = self.add("Gather", [self.keep(f"{name}.scale", scales[:, None]), places], told={"axis": 0})
        return self.add("Mul", [self.add("Cast", [rows], told=AS_FLOAT), factors])

    def multiply(
        self, x: str, bound: float, linear: tuple[str, NDArray[np.float32], NDArray[np.float32]]
    ) -> str:
        """Multiply ``x``, whose entries lie within ``bound``, by a matrix of rows, and add a bias."""
        name, matrix, bias = linear
        bias_name = self.keep(f"{name} bias", bias)
        if not self._quantised:
            return self.add("Add", [self.add("MatMul", [x, self.keep(name, matrix.T)]), bias_name])
        multiples, scales = quantise_rows(matrix)
        step = np.float32(bound / 127)
        middle = self.keep("middle", np.uint8(128))
        rounded = self.add("QuantizeLinear", [x, self.keep(f"{name} step", step), middle])
        # for one row, scaling the sums apart is faster than the product that scales them itself
        sums = self.add("MatMulInteger", [rounded, self.keep(name, multiples.T), middle])
        sums = self.add("Cast", [sums], told=AS_FLOAT)
        return self.add("Add", [self.add("Mul", [sums, self.keep(f"{name} scales", scales * step)]), bias_name])

    def gelu(self, x: str) -> str:
        """Multiply by the normal distribution's function: ``x (1 + erf(x / sqrt 2)) / 2``."""
        root, one, half = (self.keep(f"{n:.3f}", np.float32(n)) for n in (np.sqrt(2), 1, 0.5))
        erf = self.add("Erf", [self.add("Div", [x, root])])
        return self.add("Mul", [self.add("Mul", [x, self.add("Add", [erf, one])]), half])

    def serialise(self, inputs: Ends, outputs: Ends) -> bytes:
        """Write the graph as an ONNX model."""
        into, out = (
            [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in ends.items()]
            for ends in (inputs, outputs)
        )
        graph = helper.make_graph(self._nodes, "chatlstm", into, out, list(self._constants.values()))
        model = helper.make_model(graph, opset_imports=OPSETS, ir_version=IR_VERSION)
        serialised: bytes = model.SerializeToString()
        return serialised

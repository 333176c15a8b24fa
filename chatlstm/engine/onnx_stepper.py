"""Steps of one token on a CPU by ONNX Runtime, whose kernels pack the weights once; no torch here.

Axes: B rows, T steps, V vocabulary, L layers, H hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import onnxruntime

from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.stepper import Floats, Ids


@dataclass(frozen=True)
class Graphs:
    """Serialised ONNX models of ``engine.graph``.

    Args:
        body: One step of embedding and layers.
        head: The projection to the vocabulary.
        matcher: The matcher of replies; empty where the network has none.
        probe: A product that tells whether sums of bytes overflow here.
        precision: What they compute in, ``"int8"`` or ``"float32"``.
    """

    body: bytes
    head: bytes
    matcher: bytes
    probe: bytes
    precision: str


class OnnxStepper:
    """Runs a network's graphs. Its states have the shape ``(B, 2LH)``.

    Args:
        config: Shape of the network.
        graphs: What runs.
    """

    def __init__(self, config: NetworkConfig, graphs: Graphs) -> None:
        self.config = config
        self.precision = graphs.precision
        narrow = not overflows(*_sum_largest(_open_graph(graphs.probe, narrow=True)))
        self._body = _open_graph(graphs.body, narrow=narrow)
        self._head = _open_graph(graphs.head, narrow=narrow)
        self._matcher = _open_graph(graphs.matcher, narrow=narrow) if graphs.matcher else None

    def start(self, rows: int) -> Floats:
        """Make the state of so many rows that have read nothing."""
        return np.zeros((rows, 2 * self.config.num_layers * self.config.hidden_size), np.float32)

    def step(self, token_ids: Ids, state: Floats) -> tuple[Floats, Floats]:
        """Read one token of each row; returns the next one's logits ``(B, V)`` and the state."""
        features, state = self.advance(token_ids, state)
        return self.project(features), state

    def advance(self, token_ids: Ids, state: Floats) -> tuple[Floats, Floats]:
        """Read one token of each row; returns what the last layer makes of it ``(B, H)`` and the state."""
        features, state = self._body.run(None, {"token_ids": token_ids, "state": state})
        return features, state

    def project(self, features: Floats) -> Floats:
        """Give the logits ``(B, V)`` of features ``(B, H)``."""
        logits: Floats = self._head.run(None, {"features": features})[0]
        return logits

    def read(self, token_ids: Ids, state: Floats) -> Floats:
        """Read tokens ``(B, T)`` and return the state behind them."""
        for column in np.ascontiguousarray(token_ids.T):
            _, state = self._body.run(None, {"token_ids": column, "state": state})
        return state

    def read_features(self, token_ids: Ids, state: Floats) -> tuple[Floats, Floats]:
        """Read tokens ``(B, T)``; returns what the last layer makes of each, ``(B, T, H)``, and the state."""
        features = np.empty((*token_ids.shape, self.config.hidden_size), np.float32)
        for place, column in enumerate(np.ascontiguousarray(token_ids.T)):
            features[:, place], state = self._body.run(None, {"token_ids": column, "state": state})
        return features, state

    def match(self, contexts: Floats, replies: Floats) -> Floats:
        """Rate every reply for every context, in nats ``(B, N)``."""
        if self._matcher is None:
            raise ValueError("this network has no matcher")
        nats: Floats = self._matcher.run(["nats"], {"contexts": contexts, "replies": replies})[0]
        return nats

    def pick(self, state: Floats, rows: Sequence[int]) -> Floats:
        """Take rows out of a state."""
        return state[list(rows)]

    def export_state(self, state: Floats) -> tuple[Floats, Floats]:
        """Give the hidden and the cell states, each ``(L, B, H)``."""
        parts = state.reshape(len(state), self.config.num_layers, 2, self.config.hidden_size)
        hidden, cell = parts.transpose(2, 1, 0, 3)  # (L, B, H) each
        return np.ascontiguousarray(hidden), np.ascontiguousarray(cell)

    def import_state(self, hidden: Floats, cell: Floats) -> Floats:
        """Make a state of what ``export_state`` gave."""
        parts = np.stack([hidden, cell]).transpose(2, 1, 0, 3)  # (B, L, 2, H)
        return np.ascontiguousarray(parts, np.float32).reshape(hidden.shape[1], -1)


def find_version() -> str:
    """Tell the version of ONNX Runtime."""
    version: str = onnxruntime.__version__
    return version


def overflows(total: float, width: int) -> bool:
    """Tell whether sums of bytes overflow, as they do on x86 processors without VNNI.

    Args:
        total: What the processor makes of ``width`` products of 127 with 127.
        width: How many.

    Example:
        >>> overflows(127 * 127 * 64, width=64)
        False
    """
    return abs(total / (127 * 127 * width) - 1) > 1e-4


def _sum_largest(probe: onnxruntime.InferenceSession) -> tuple[float, int]:
    width: int = probe.get_inputs()[0].shape[1]
    return probe.run(None, {"x": np.full((1, width), 127, np.float32)})[0].item(), width


def _open_graph(graph: bytes, *, narrow: bool) -> onnxruntime.InferenceSession:
    """Open a graph; ``narrow`` lets the kernels add pairs of products in 16 bits."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # as fast as two, for a single row
    options.log_severity_level = 3  # errors alone
    if not narrow:
        options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

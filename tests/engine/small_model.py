"""A small random model run in every way there is, the log-probabilities it should give, and constraints."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from chatlstm.engine.api import Generator, Prompt, Sampling
from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.decoding import StepGenerator
from chatlstm.engine.derived import build_graphs
from chatlstm.engine.network import Network
from chatlstm.engine.onnx_stepper import OnnxStepper
from chatlstm.engine.stepper import Stepper
from chatlstm.engine.torch_stepper import TorchStepper
from chatlstm.tokens.tokenizer import DOMAIN, END, TURN, train_bytes

TOKENIZER = train_bytes(["hello there, how are you?"], vocabulary_size=16 + 256 + 8)
V = TOKENIZER.vocabulary_size
PROMPT = Prompt("dialogue", ("Hello.", "Hi."))
SHORT = Sampling(max_tokens=12)


def make_network(seed: int = 1) -> Network:
    """Make a network whose weights are large enough that what it reads matters."""
    network = Network(NetworkConfig(V, hidden_size=8, num_layers=2)).eval()
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=random) * 0.7)
        network.projection.bias[[END, TURN]] = 5  # so that some replies end
    return network


def run_by_onnx(network: Network, precision: str) -> OnnxStepper:
    """Run a network's weights by ONNX Runtime."""
    arrays = {name: weight.detach().numpy() for name, weight in network.state_dict().items()}
    return OnnxStepper(network.config, build_graphs(network.config, arrays, precision))


NETWORK = make_network()
# Any: the tests of the engine hold whatever the states of a stepper are
STEPPERS: dict[str, Stepper[Any]] = {
    "torch": TorchStepper(NETWORK),
    "float32": run_by_onnx(NETWORK, "float32"),
    "int8": run_by_onnx(NETWORK, "int8"),
}
ENGINES: dict[str, Generator] = {
    name: StepGenerator(stepper, TOKENIZER, "tiny@0123abcd") for name, stepper in STEPPERS.items()
}


class Spelling:
    """A constraint that leaves one text, then the end."""

    def __init__(self, text: str) -> None:
        self._ids = [*TOKENIZER.encode(text), END]

    def allowed(self, generated: Sequence[int]) -> NDArray[np.bool_]:
        mask = np.zeros(V, dtype=np.bool_)
        mask[self._ids[len(generated)]] = True
        return mask


class Wishing:
    """A constraint that makes one token likelier, and forbids another."""

    def __init__(self, wanted: int, forbidden: int, nats: float) -> None:
        self._nats = np.zeros(V, np.float32)
        self._nats[wanted] = nats
        self._nats[forbidden] = -np.inf

    def allowed(self, generated: Sequence[int]) -> NDArray[np.float32]:
        return self._nats


class DeadEnd:
    """A constraint under which what begins with an even token cannot go on; it keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, ...]] = []

    def allowed(self, generated: Sequence[int]) -> NDArray[np.bool_]:
        self.asked.append(tuple(generated))
        dead = bool(generated) and generated[0] % 2 == 0
        return np.full(V, not dead)


class Nothing:
    """A constraint that nothing meets."""

    def allowed(self, generated: Sequence[int]) -> NDArray[np.bool_]:
        return np.zeros(V, dtype=np.bool_)


class OnlyEnds:
    """A constraint that leaves the two marks that end a turn."""

    def allowed(self, generated: Sequence[int]) -> NDArray[np.bool_]:
        mask = np.zeros(V, dtype=np.bool_)
        mask[[END, TURN]] = True
        return mask


def rate_by_hand(name: str, ids: Sequence[int], beginning: Sequence[int]) -> float:
    """Sum the log-probabilities of tokens behind others, by a stepper's steps, one at a time."""
    stepper = STEPPERS[name]
    state, total = stepper.start(1), 0.0
    logits = np.zeros(V)
    for place, token_id in enumerate([*beginning, *ids]):
        if place >= len(beginning):
            powers = np.exp(logits - logits.max())
            either = powers[END] + powers[TURN]  # a turn ends with the one or the other
            total += float(np.log((either if token_id in (END, TURN) else powers[token_id]) / powers.sum()))
        row, state = stepper.step(np.array([token_id]), state)
        logits = row[0].astype(np.float64)
    return total


LAID_OUT = [END, DOMAIN, *TOKENIZER.encode("dialogue"), TURN, *TOKENIZER.encode("Hello."), TURN]
LAID_OUT += [*TOKENIZER.encode("Hi."), TURN]

"""A small random model, the log-probabilities it should give, and constraints on what it says."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from chatlstm.engine.api import Prompt, Sampling
from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.decoding import TorchGenerator
from chatlstm.engine.network import Network
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


NETWORK = make_network()
ENGINE = TorchGenerator(NETWORK, TOKENIZER, "tiny@0123abcd")


class Spelling:
    """A constraint that leaves one text, then the end."""

    def __init__(self, text: str) -> None:
        self._ids = [*TOKENIZER.encode(text), END]

    def allowed(self, generated: Sequence[int]) -> NDArray[np.bool_]:
        mask = np.zeros(V, dtype=np.bool_)
        mask[self._ids[len(generated)]] = True
        return mask


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


def rate_by_hand(ids: Sequence[int], beginning: Sequence[int]) -> float:
    """Sum the log-probabilities of tokens behind others, one step at a time."""
    state = NETWORK.zero_state(1)
    total, features = 0.0, None
    for place, token_id in enumerate([*beginning, *ids]):
        if place >= len(beginning) and features is not None:
            logits = NETWORK.logits(features)[0].detach().double()
            probabilities = (logits - logits.max()).exp() / (logits - logits.max()).exp().sum()
            either = probabilities[END] + probabilities[TURN]  # a turn ends with the one or the other
            total += float((either if token_id in (END, TURN) else probabilities[token_id]).log())
        features, state = NETWORK.step(torch.tensor([token_id]), state)
    return total


LAID_OUT = [END, DOMAIN, *TOKENIZER.encode("dialogue"), TURN, *TOKENIZER.encode("Hello."), TURN]
LAID_OUT += [*TOKENIZER.encode("Hi."), TURN]

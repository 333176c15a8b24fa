"""Steps by PyTorch on whatever device the network is: the reference, and the path for graphics cards.

Axes: B rows, T steps, V vocabulary, L layers, H hidden.
"""

from collections.abc import Sequence

import torch

from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.network import LSTMState, Network
from chatlstm.engine.stepper import Floats, Ids

READ_STEPS = 1024  # read at once, so that memory does not grow with a prompt


class TorchStepper:
    """Runs the network itself. Its states are ``LSTMState`` on the network's device.

    Args:
        network: The model, in evaluation mode.
    """

    precision = "float32"

    def __init__(self, network: Network) -> None:
        self._network = network
        self._device = network.embedding.weight.device

    @property
    def config(self) -> NetworkConfig:
        """Shape of the network."""
        return self._network.config

    def start(self, rows: int) -> LSTMState:
        """Make the state of so many rows that have read nothing."""
        return self._network.zero_state(rows)

    @torch.inference_mode()
    def step(self, token_ids: Ids, state: LSTMState) -> tuple[Floats, LSTMState]:
        """Read one token of each row; returns the next one's logits ``(B, V)`` and the state."""
        features, state = self._network.step(self._send(token_ids), state)
        return _fetch(self._network.logits(features)), state

    @torch.inference_mode()
    def advance(self, token_ids: Ids, state: LSTMState) -> tuple[Floats, LSTMState]:
        """Read one token of each row; returns what the last layer makes of it ``(B, H)`` and the state."""
        features, state = self._network.step(self._send(token_ids), state)
        return _fetch(features), state

    @torch.inference_mode()
    def project(self, features: Floats) -> Floats:
        """Give the logits ``(B, V)`` of features ``(B, H)``."""
        return _fetch(self._network.logits(torch.from_numpy(features).to(self._network.embedding.weight)))

    @torch.inference_mode()
    def read(self, token_ids: Ids, state: LSTMState) -> LSTMState:
        """Read tokens ``(B, T)`` and return the state behind them."""
        sent = self._send(token_ids)
        for start in range(0, sent.shape[1], READ_STEPS):
            _, state = self._network.read(sent[:, start : start + READ_STEPS], state)
        return state

    @torch.inference_mode()
    def read_features(self, token_ids: Ids, state: LSTMState) -> tuple[Floats, LSTMState]:
        """Read tokens ``(B, T)``; returns what the last layer makes of each, ``(B, T, H)``, and the state."""
        features, state = self._network.read(self._send(token_ids), state)
        return _fetch(features), state

    @torch.inference_mode()
    def match(self, contexts: Floats, replies: Floats) -> Floats:
        """Rate every reply for every context, in nats ``(B, N)``."""
        if self._network.matcher is None:
            raise ValueError("this network has no matcher")
        gists = (torch.from_numpy(part).to(self._device) for part in (contexts, replies))
        return _fetch(self._network.matcher(*gists))

    def pick(self, state: LSTMState, rows: Sequence[int]) -> LSTMState:
        """Take rows out of a state."""
        places = torch.tensor(rows, dtype=torch.long, device=self._device)
        return LSTMState(*(part.index_select(1, places) for part in state))

    def export_state(self, state: LSTMState) -> tuple[Floats, Floats]:
        """Give the hidden and the cell states, each ``(L, B, H)``."""
        return _fetch(state.hidden), _fetch(state.cell)

    def import_state(self, hidden: Floats, cell: Floats) -> LSTMState:
        """Make a state of what ``export_state`` gave."""
        return LSTMState(*(torch.from_numpy(part).to(self._network.embedding.weight) for part in (hidden, cell)))

    def _send(self, token_ids: Ids) -> torch.Tensor:
        return torch.from_numpy(token_ids).to(self._device)


def _fetch(tensor: torch.Tensor) -> Floats:
    """Bring numbers to where chance is drawn and text is made: the host."""
    values: Floats = tensor.float().numpy(force=True)
    return values

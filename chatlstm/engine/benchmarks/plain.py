"""The plain recipe that training is compared with: PyTorch's own modules, as its manuals put them together.

Axes: B rows, T steps, L layers, H hidden, V vocabulary.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from chatlstm.engine.config import NetworkConfig

State = tuple[Tensor, Tensor]


class PlainLSTM(nn.Module):
    """Embedding, ``nn.LSTM``, projection; weights tied, as ours are.

    Args:
        config: Sizes; its dropout between layers and before the projection.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        size = config.hidden_size
        between = config.hidden_dropout if config.num_layers > 1 else 0.0
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary_size, size)
        nn.init.uniform_(self.embedding.weight, -0.1, 0.1)
        self.lstm = nn.LSTM(size, size, config.num_layers, dropout=between, batch_first=True)
        self.projection = nn.Linear(size, config.vocabulary_size)
        self.projection.weight = self.embedding.weight

    def zero_state(self, batch: int) -> State:
        """Make the state of a network that has read nothing."""
        zeros = torch.zeros(self.config.num_layers, batch, self.config.hidden_size)  # (L, B, H)
        return zeros, zeros

    def forward(self, token_ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Read token ids ``(B, T)``; give logits ``(B, T, V)`` and the state behind them."""
        features, state = self.lstm(self.embedding(token_ids), state)  # (B, T, H)
        return self.projection(functional.dropout(features, self.config.output_dropout, self.training)), state


class PlainTrainer:
    """Trains it in float32 by AdamW on the full softmax, with the state carried on.

    Args:
        network: What is trained.
        batch_size: Rows B.
        learning_rate: Constant, ``> 0``.
        clip_norm: Gradients are scaled down to this norm, ``> 0``.
    """

    def __init__(
        self, network: PlainLSTM, *, batch_size: int, learning_rate: float, clip_norm: float = 1.0
    ) -> None:
        self.network = network
        self._optimizer = torch.optim.AdamW(network.parameters(), lr=learning_rate)
        self._clip_norm = clip_norm
        self._state = network.zero_state(batch_size)

    def step(self, window: Tensor) -> float:
        """Learn a window ``(B, T + 1)``; give its loss in nats per token."""
        self._optimizer.zero_grad()
        hidden, cell = self._state
        logits, self._state = self.network(window[:, :-1], (hidden.detach(), cell.detach()))
        loss = functional.cross_entropy(logits.flatten(0, 1), window[:, 1:].flatten())
        loss.backward()  # type: ignore[no-untyped-call]  # torch's
        nn.utils.clip_grad_norm_(self.network.parameters(), self._clip_norm)
        self._optimizer.step()
        return loss.item()

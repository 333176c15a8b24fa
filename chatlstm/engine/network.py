"""The LSTM language model: embedding, stacked layers, projection to the vocabulary.

Axes: B batch, T steps, V vocabulary, L layers, H hidden. The embedding has size H.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.dropout import NOTHING_DROPPED, Masks, drop
from chatlstm.engine.matcher import Matcher
from chatlstm.engine.recurrence import prefers_recurrence, run_window


class LSTMState(NamedTuple):
    """What the network carries from one step to the next.

    Args:
        hidden: Hidden states, shape ``(L, B, H)``.
        cell: Cell states, shape ``(L, B, H)``.
    """

    hidden: Tensor
    cell: Tensor


class LSTMLayer(nn.Module):
    """One LSTM layer.

    The gates and the state at step t, with x the input and h, c hidden and cell state::

        i = sigmoid(W_i x + U_i h + b_i)      input gate
        f = sigmoid(W_f x + U_f h + b_f)      forget gate
        g = tanh(W_g x + U_g h + b_g)         candidate
        o = sigmoid(W_o x + U_o h + b_o)      output gate
        c' = f * c + i * g
        h' = o * tanh(c')

    The four W lie stacked in ``weight_input``, the four U in ``weight_hidden``, in the order i f g o.

    Args:
        size: Width H of input and state.

    Source:
        Hochreiter and Schmidhuber 1997, "Long Short-Term Memory"; forget gate: Gers et al. 2000.

    Example:
        >>> layer = LSTMLayer(4)
        >>> output, hidden, cell = layer(torch.zeros(2, 3, 4), torch.zeros(2, 4), torch.zeros(2, 4))
        >>> tuple(output.shape), tuple(cell.shape)
        ((2, 3, 4), (2, 4))
    """

    no_bias: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight_input = nn.Parameter(torch.empty(4 * size, size))
        self.weight_hidden = nn.Parameter(torch.empty(4 * size, size))
        self.bias = nn.Parameter(torch.zeros(4 * size))
        self.register_buffer("no_bias", torch.zeros(4 * size), persistent=False)
        bound = 1 / math.sqrt(size)
        nn.init.uniform_(self.weight_input, -bound, bound)
        nn.init.uniform_(self.weight_hidden, -bound, bound)
        with torch.no_grad():
            self.bias[size : 2 * size] = 1.0  # remember at first (Jozefowicz et al. 2015)

    def forward(
        self, x: Tensor, hidden: Tensor, cell: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Run T steps at once, for training and for reading a prompt.

        Args:
            x: Inputs, shape ``(B, T, H)``.
            hidden: Hidden state before them, shape ``(B, H)``.
            cell: Cell state before them, shape ``(B, H)``.
            mask: What ``weight_hidden`` is multiplied with, shape ``(4H, H)``; None leaves it.

        Returns:
            Hidden states at every step ``(B, T, H)``, and hidden and cell state after the last.
        """
        weight_hidden = drop(self.weight_hidden, mask)
        if prefers_recurrence(x):
            return run_window(x, (hidden, cell), (self.weight_input, weight_hidden, self.bias))
        weights = [self.weight_input, weight_hidden, self.bias, self.no_bias]
        state = [hidden.unsqueeze(0), cell.unsqueeze(0)]  # (1, B, H)
        output, hidden, cell = torch.lstm(x, state, weights, True, 1, 0.0, self.training, False, True)
        return output, hidden.squeeze(0), cell.squeeze(0)

    def step(self, x: Tensor, hidden: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
        """Run one step, written out: several times faster than ``forward`` at T = 1.

        Args:
            x: Input, shape ``(B, H)``.
            hidden: Hidden state, shape ``(B, H)``.
            cell: Cell state, shape ``(B, H)``.

        Returns:
            Hidden and cell state after the step, each ``(B, H)``.
        """
        gates = torch.addmm(torch.addmm(self.bias, x, self.weight_input.t()), hidden, self.weight_hidden.t())  # (B, 4H)
        i, f, g, o = gates.chunk(4, dim=1)  # (B, H) each
        cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
        return o.sigmoid() * cell.tanh(), cell


class Network(nn.Module):
    """Embedding, L layers, projection: token ids in, logits of the next token out.

    Args:
        config: Its shape; what it tells of dropout is for ``draw_masks``.

    Source:
        Residual layers with LayerNorm first, as Xiong et al. 2020 (arXiv:2002.04745) have them
        in another network; tied weights: Press and Wolf 2017, arXiv:1608.05859.

    Example:
        >>> network = Network(NetworkConfig(vocabulary_size=10, hidden_size=4, num_layers=2))
        >>> features, state = network.read(torch.tensor([[1, 2, 3]]), network.zero_state(1))
        >>> tuple(network.logits(features).shape)
        (1, 3, 10)
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        size = config.hidden_size
        self.embedding = nn.Embedding(config.vocabulary_size, size)
        nn.init.normal_(self.embedding.weight, std=0.05)
        self.layers = nn.ModuleList(LSTMLayer(size) for _ in range(config.num_layers))
        norms = config.num_layers + 1 if config.residual else 0
        self.norms = nn.ModuleList(nn.LayerNorm(size) for _ in range(norms))
        self.projection = nn.Linear(size, config.vocabulary_size)
        nn.init.zeros_(self.projection.bias)
        self.matcher = Matcher(size, config.match_size) if config.match_size else None
        if config.tie_weights:
            self.projection.weight = self.embedding.weight

    def zero_state(self, batch: int) -> LSTMState:
        """Make the state of a network that has read nothing, on the network's device."""
        weight = self.embedding.weight
        shape = (self.config.num_layers, batch, self.config.hidden_size)
        return LSTMState(weight.new_zeros(shape), weight.new_zeros(shape))

    def read(
        self, token_ids: Tensor, state: LSTMState, masks: Masks = NOTHING_DROPPED
    ) -> tuple[Tensor, LSTMState]:
        """Read T tokens at once.

        Args:
            token_ids: Shape ``(B, T)``, T >= 1.
            state: State before them.
            masks: What is dropped while training.

        Returns:
            Features for the projection, shape ``(B, T, H)``, and the state after the last token.
        """
        x = drop(self.embedding(token_ids), masks.embedding)  # (B, T, H)
        hiddens, cells = [], []
        for number, layer in enumerate(self.layers):
            weight_mask = None if masks.recurrent is None else masks.recurrent[number]  # (4H, H)
            normed = self._norm(number, x)
            output, hidden, cell = layer(normed, state.hidden[number], state.cell[number], weight_mask)
            output = drop(output, masks.hidden, number)
            x = x + output if self.config.residual else output
            hiddens.append(hidden)
            cells.append(cell)
        features = drop(self._norm(self.config.num_layers, x), masks.output)
        return features, LSTMState(torch.stack(hiddens), torch.stack(cells))

    def step(self, token_ids: Tensor, state: LSTMState) -> tuple[Tensor, LSTMState]:
        """Read one token of each row.

        Args:
            token_ids: Shape ``(B,)``.
            state: State before it.

        Returns:
            Features for the projection, shape ``(B, H)``, and the state after the token.
        """
        x = self.embedding(token_ids)  # (B, H)
        hiddens, cells = [], []
        for number, layer in enumerate(self.layers):
            cell_layer: LSTMLayer = layer  # type: ignore[assignment]  # ModuleList forgets its element type
            hidden, cell = cell_layer.step(self._norm(number, x), state.hidden[number], state.cell[number])
            x = x + hidden if self.config.residual else hidden
            hiddens.append(hidden)
            cells.append(cell)
        return self._norm(self.config.num_layers, x), LSTMState(torch.stack(hiddens), torch.stack(cells))

    def logits(self, features: Tensor) -> Tensor:
        """Project features ``(..., H)`` to unnormalised log-probabilities ``(..., V)`` in nats."""
        logits: Tensor = self.projection(features)
        return logits

    def _norm(self, number: int, x: Tensor) -> Tensor:
        if not self.config.residual:
            return x
        normed: Tensor = self.norms[number](x)
        return normed

"""Which reply answers which turn: two small towers over what the network has read.

Axes: B contexts, N replies, T steps, H hidden, D width of the common space.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

HIDDEN, DROPOUT = 256, 0.1  # of each tower


class Matcher(nn.Module):
    """Places contexts and replies in one space, replies near what they answer.

    Trained against the other replies of a batch, its output estimates
    ``log p(reply | context) - log p(reply)``, the same quantity as the language model's two
    scores, learned from what people answered instead of from how text goes on.

    Args:
        hidden_size: Width H of the network whose features it reads.
        size: Width D of the common space.

    Source:
        Henderson et al. 2017, arXiv:1705.00652; van den Oord et al. 2018, arXiv:1807.03748.

    Example:
        >>> matcher = Matcher(hidden_size=4, size=2)
        >>> tuple(matcher(torch.zeros(3, 8), torch.zeros(5, 8)).shape)
        (3, 5)
    """

    def __init__(self, hidden_size: int, size: int) -> None:
        super().__init__()
        self.contexts = _make_tower(2 * hidden_size, size)
        self.replies = _make_tower(2 * hidden_size, size)
        self.log_scale = nn.Parameter(torch.tensor(2.0))

    def forward(self, contexts: Tensor, replies: Tensor) -> Tensor:
        """Rate every reply for every context.

        Args:
            contexts: Gists of their last turns, shape ``(B, 2H)``.
            replies: Gists of the replies, each read alone, shape ``(N, 2H)``.

        Returns:
            Nats, shape ``(B, N)``.
        """
        near = _normalise(self.contexts(contexts)) @ _normalise(self.replies(replies)).T
        return near * self.log_scale.exp()


def take_gists(features: Tensor, starts: Tensor, ends: Tensor) -> Tensor:
    """Sum up turns: the features at the mark that closes one, beside the mean of those before it.

    Args:
        features: What the network read, shape ``(B, T, H)``.
        starts: Place of the mark that opens each turn, shape ``(B, turns)``.
        ends: Place of the mark that closes it, same shape, each ``> starts``.

    Returns:
        Shape ``(B, turns, 2H)``.
    """
    sums = functional.pad(features.cumsum(1), (0, 0, 1, 0))  # (B, T + 1, H)
    size = features.shape[2]

    def at(places: Tensor, values: Tensor) -> Tensor:
        return values.gather(1, places.unsqueeze(2).expand(-1, -1, size))  # (B, turns, H)

    means = (at(ends, sums) - at(starts, sums)) / (ends - starts).unsqueeze(2)
    return torch.cat([at(ends, features), means], dim=2)


def _make_tower(width: int, size: int) -> nn.Sequential:
    return nn.Sequential(nn.Dropout(DROPOUT), nn.Linear(width, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, size))


def _normalise(points: Tensor) -> Tensor:
    return functional.normalize(points, dim=-1)

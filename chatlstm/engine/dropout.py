"""Dropout: which entries are dropped while a window is read, drawn beforehand.

Axes: B rows, L layers, H hidden.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from chatlstm.engine.config import NetworkConfig


class Masks(NamedTuple):
    """What the network multiplies with while it reads: 0 drops, the rest makes up for it.

    None drops nothing. A mask stays the same at every step of a window.

    Args:
        embedding: Of the embedded tokens, shape ``(B, 1, H)``.
        hidden: Of each layer's output, shape ``(L, B, 1, H)``.
        output: Of the last features, shape ``(B, 1, H)``.
        recurrent: Of each layer's recurrent weights, shape ``(L, 4H, H)``.

    Source:
        Gal and Ghahramani 2016, arXiv:1512.05287; the recurrent weights: Merity et al. 2018,
        "Regularizing and Optimizing LSTM Language Models", arXiv:1708.02182.
    """

    embedding: Tensor | None = None
    hidden: Tensor | None = None
    output: Tensor | None = None
    recurrent: Tensor | None = None

    def take(self, rows: slice) -> "Masks":
        """Keep some rows of the batch; the recurrent weights are the same for all."""
        return Masks(
            embedding=None if self.embedding is None else self.embedding[rows],
            hidden=None if self.hidden is None else self.hidden[:, rows],
            output=None if self.output is None else self.output[rows],
            recurrent=self.recurrent,
        )


NOTHING_DROPPED = Masks()


def draw_masks(config: NetworkConfig, rows: int, random: torch.Generator) -> Masks:
    """Draw what is dropped while one window is read.

    Args:
        config: Tells shapes and shares.
        rows: Rows B of the window.
        random: Fixes what is drawn, and on which device.

    Returns:
        A mask wherever the share is not 0; its mean is 1.

    Example:
        >>> config = NetworkConfig(vocabulary_size=9, hidden_size=4, num_layers=1, hidden_dropout=0.5)
        >>> masks = draw_masks(config, 2, torch.Generator().manual_seed(1))
        >>> masks.hidden
        tensor([[[[2., 0., 0., 2.]],
                 [[0., 2., 0., 2.]]]])
        >>> masks.output is None
        True
    """

    def draw(share: float, *shape: int) -> Tensor | None:
        if not share:
            return None
        kept = torch.rand(shape, generator=random, device=random.device) >= share
        return kept / (1 - share)

    layers, size = config.num_layers, config.hidden_size
    return Masks(
        embedding=draw(config.embedding_dropout, rows, 1, size),
        hidden=draw(config.hidden_dropout, layers, rows, 1, size),
        output=draw(config.output_dropout, rows, 1, size),
        recurrent=draw(config.weight_dropout, layers, 4 * size, size),
    )


def drop(x: Tensor, mask: Tensor | None, layer: int | None = None) -> Tensor:
    """Multiply with a mask, or with one layer's part of it, where there is one."""
    if mask is None:
        return x
    return x * (mask if layer is None else mask[layer])

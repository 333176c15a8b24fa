"""Unlikelihood: what a text has said already is made less likely, beside what comes next more.

Axes: B rows, T steps, V vocabulary.
"""

from functools import partial

import torch
from torch import Tensor

from chatlstm.engine.loss import Objective, predict_next
from chatlstm.engine.network import Network
from chatlstm.tokens.tokenizer import END, SPECIAL_TOKENS

SUREST = 1 - 1e-6  # of a token that stood before; at 1 the loss would be endless


def choose_objective(weight: float) -> Objective:
    """Give what is made small: the cross-entropy, and where it has a weight the unlikelihood too."""
    return partial(discourage_repeats, weight=weight) if weight else predict_next


def discourage_repeats(
    network: Network, features: Tensor, token_ids: Tensor, *, weight: float
) -> tuple[Tensor, Tensor]:
    """Rate how well features predict what came next, and how little what stood before.

    Args:
        network: What read them; its projection is used.
        features: Shape ``(B, T, H)``.
        token_ids: The window, shape ``(B, T + 1)``; the first column was read only.
        weight: Of the unlikelihood, ``>= 0``.

    Returns:
        The loss to make small, and the cross-entropy alone in nats per token.
    """
    loss, nats = predict_next(network, features, token_ids)
    return loss + weight * rate_repeats(network.logits(features).float(), token_ids), nats


def rate_repeats(logits: Tensor, token_ids: Tensor) -> Tensor:
    """Rate how likely a repetition is: the sum of ``-log(1 - p)`` over what stood before, a step.

    What stood before are the different tokens of the same record within the window, marks and the
    token that did come excepted.

    Args:
        logits: Of the next token, shape ``(B, T, V)``.
        token_ids: The window, shape ``(B, T + 1)``.

    Returns:
        The mean over all steps, a scalar in nats that gradients flow through.

    Source:
        Welleck et al. 2019, "Neural Text Generation with Unlikelihood Training", arXiv:1908.04319,
        section 5.1, the token-level loss.

    Example:
        >>> logits = torch.zeros(1, 2, 20)  # of 20 tokens; at the second step two have stood before
        >>> round(rate_repeats(logits, torch.tensor([[17, 18, 19]])).item(), 4)
        0.0769
    """
    read, targets = token_ids[:, :-1], token_ids[:, 1:]  # (B, T)
    steps = read.shape[1]
    number = (read == END).cumsum(1)
    in_record = (number[:, :, None] == number[:, None, :]).tril()  # (B, T, T): this one and those before it
    again = in_record.tril(-1) & (read[:, :, None] == read[:, None, :])
    is_first = ~again.any(2) & (read >= len(SPECIAL_TOKENS))  # (B, T)
    counted = in_record & is_first[:, None, :] & (read[:, None, :] != targets[:, :, None])  # (B, T, T)
    places = read[:, None, :].expand(-1, steps, -1)  # (B, T, T)
    probabilities = logits.softmax(2).gather(2, places).clamp(max=SUREST)
    return -(torch.log1p(-probabilities) * counted).sum() / targets.numel()

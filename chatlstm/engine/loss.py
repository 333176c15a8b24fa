"""Cross-entropy through a large vocabulary without keeping its logits.

Axes: B rows, T steps, N = B * T, H features, V vocabulary.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from chatlstm.engine.network import Network

CHUNK_ROWS = 512

Objective = Callable[[Network, Tensor, Tensor], tuple[Tensor, Tensor]]


class LinearCrossEntropy(torch.autograd.Function):
    """Linear layer and mean cross-entropy in one, a chunk of rows at a time.

    The gradient is computed in the forward pass, while a chunk's logits are at hand; an
    ``(N, V)`` matrix never exists. Called through ``linear_cross_entropy``.
    """

    @staticmethod
    def forward(ctx: Any, features: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tensor:  # noqa: D102
        # ctx is Any: autograd hands in an object without a public type
        kind = features.device.type
        low = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else None
        wide = features.dtype if low is None else torch.float32
        # Large buffers are made once: a fresh one costs the CPU more in page faults than its sums do.
        chunk_shape = (min(CHUNK_ROWS, len(targets)), len(weight))  # (n, V)
        products = weight.new_empty(chunk_shape, dtype=low or wide)
        logits, log_probabilities = (weight.new_empty(chunk_shape, dtype=wide) for _ in range(2))
        weight_narrow, features_narrow = weight.to(products.dtype), features.to(products.dtype)
        grad_narrow, grad_chunk = torch.empty_like(weight_narrow), torch.empty_like(weight, dtype=wide)
        grad_features = torch.empty_like(features)
        grad_weight, grad_bias = torch.zeros_like(weight, dtype=wide), torch.zeros_like(bias, dtype=wide)
        total = features.new_zeros((), dtype=wide)
        with torch.autocast(kind, enabled=False):
            for start in range(0, len(targets), CHUNK_ROWS):
                chunk = features_narrow[start : start + CHUNK_ROWS]  # (n, H)
                picked = targets[start : start + CHUNK_ROWS].unsqueeze(1)  # (n, 1)
                product, grad = products[: len(chunk)], log_probabilities[: len(chunk)]  # (n, V) each
                torch.mm(chunk, weight_narrow.t(), out=product)
                torch.log_softmax(logits[: len(chunk)].copy_(product).add_(bias), dim=1, out=grad)
                total -= grad.gather(1, picked).sum()
                grad.exp_().scatter_add_(1, picked, torch.full_like(picked, -1, dtype=wide))
                grad_bias += grad.sum(0)
                product.copy_(grad)
                grad_features[start : start + CHUNK_ROWS] = product @ weight_narrow
                grad_weight += grad_chunk.copy_(torch.mm(product.t(), chunk, out=grad_narrow))
        ctx.save_for_backward(grad_features, grad_weight.to(weight.dtype), grad_bias.to(bias.dtype))
        ctx.rows = len(targets)
        return total / len(targets)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:  # noqa: D102
        scale = grad_output / ctx.rows
        grad_features, grad_weight, grad_bias = ctx.saved_tensors
        return grad_features * scale, grad_weight * scale, grad_bias * scale, None


def linear_cross_entropy(features: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
    """Compute the mean of ``cross_entropy(features @ weight.T + bias, targets)``.

    Under autocast the matrix products run in the narrow type and everything else in float32.

    Args:
        features: Shape ``(N, H)``, N >= 1.
        weight: Shape ``(V, H)``.
        bias: Shape ``(V,)``.
        targets: Token ids, shape ``(N,)``.

    Returns:
        The loss in nats per token, a scalar that gradients flow through.

    Example:
        >>> features, weight = torch.zeros(2, 3), torch.zeros(4, 3)
        >>> round(linear_cross_entropy(features, weight, torch.zeros(4), torch.tensor([0, 1])).item(), 4)
        1.3863
    """
    loss: Tensor = LinearCrossEntropy.apply(features, weight, bias, targets)  # type: ignore[no-untyped-call]  # torch's
    return loss


def predict_next(network: Network, features: Tensor, token_ids: Tensor) -> tuple[Tensor, Tensor]:
    """Rate how well features predict the tokens that came next.

    Args:
        network: What read them; its projection is used.
        features: Shape ``(B, T, H)``.
        token_ids: The window, shape ``(B, T + 1)``; the first column was read only.

    Returns:
        The loss to make small, and the cross-entropy in nats per token: here they are one.
    """
    projection, targets = network.projection, token_ids[:, 1:].flatten()  # (B * T,)
    loss = linear_cross_entropy(features.flatten(0, 1), projection.weight, projection.bias, targets)
    return loss, loss

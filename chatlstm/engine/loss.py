"""Cross-entropy through a large vocabulary without keeping its logits.

Axes: N rows, H features, V vocabulary.
"""

from typing import Any

import torch
from torch import Tensor

CHUNK_ROWS = 512


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
        narrow = low or features.dtype
        weight_narrow = weight.to(narrow)
        grad_features = torch.empty_like(features)
        grad_weight = torch.zeros_like(weight)
        grad_bias = torch.zeros_like(bias)
        total = features.new_zeros((), dtype=torch.float32 if low is not None else features.dtype)
        with torch.autocast(kind, enabled=False):
            for start in range(0, len(targets), CHUNK_ROWS):
                rows = slice(start, start + CHUNK_ROWS)
                chunk = features[rows].to(narrow)  # (n, H)
                logits = (chunk @ weight_narrow.t()).to(total.dtype) + bias  # (n, V)
                log_probabilities = torch.log_softmax(logits, dim=1)
                picked = targets[rows].unsqueeze(1)  # (n, 1)
                total -= log_probabilities.gather(1, picked).sum()
                grad = log_probabilities.exp_()  # (n, V)
                grad.scatter_add_(1, picked, torch.full_like(picked, -1, dtype=grad.dtype))
                grad /= len(targets)
                grad_bias += grad.sum(0)
                grad_narrow = grad.to(narrow)
                grad_features[rows] = (grad_narrow @ weight_narrow).to(features.dtype)
                grad_weight += (grad_narrow.t() @ chunk).to(weight.dtype)
        ctx.save_for_backward(grad_features, grad_weight, grad_bias)
        return total / len(targets)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:  # noqa: D102
        grad_features, grad_weight, grad_bias = ctx.saved_tensors
        return grad_features * grad_output, grad_weight * grad_output, grad_bias * grad_output, None


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

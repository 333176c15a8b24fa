"""Teaching a small network what a larger one holds likely, beside what really came next.

Axes: B rows, T steps, N = B * T, H hidden, V vocabulary.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from chatlstm.engine.loss import CHUNK_ROWS
from chatlstm.engine.network import LSTMState, Network

TEMPERATURE = 2.0
HARD = 0.5  # weight of the cross-entropy; the divergence has the rest


@dataclass(frozen=True)
class Lesson:
    """What a stretch of text teaches a student.

    Args:
        targets: Token ids that really came next, shape ``(N,)``.
        features: The teacher's, shape ``(N, H)``; its H may differ from the student's.
        weight: The teacher's projection, shape ``(V, H)``.
        bias: Its bias, shape ``(V,)``.
    """

    targets: Tensor
    features: Tensor
    weight: Tensor
    bias: Tensor


class LinearDistillation(torch.autograd.Function):
    """Linear layer, cross-entropy and divergence from a teacher in one, a chunk of rows at a time.

    As in ``loss.LinearCrossEntropy`` the gradient is computed in the forward pass, and neither
    the student's nor the teacher's ``(N, V)`` logits ever exist. Called through
    ``linear_distillation``.
    """

    @staticmethod
    def forward(ctx: Any, features: Tensor, weight: Tensor, bias: Tensor, lesson: Lesson) -> tuple[Tensor, Tensor]:  # noqa: D102
        # ctx is Any: autograd hands in an object without a public type
        kind = features.device.type
        low = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else None
        wide = features.dtype if low is None else torch.float32
        count = len(lesson.targets)
        chunk_shape = (min(CHUNK_ROWS, count), len(weight))  # (n, V); made once, as in loss.py
        products = weight.new_empty(chunk_shape, dtype=low or wide)
        buffers = [weight.new_empty(chunk_shape, dtype=wide) for _ in range(4)]
        weight_narrow, features_narrow = weight.to(products.dtype), features.to(products.dtype)
        taught_weight, taught_narrow = lesson.weight.to(products.dtype), lesson.features.to(products.dtype)
        grad_features = torch.empty_like(features)
        grad_weight, grad_bias = torch.zeros_like(weight, dtype=wide), torch.zeros_like(bias, dtype=wide)
        totals = features.new_zeros(2, dtype=wide)
        with torch.autocast(kind, enabled=False):
            for start in range(0, count, CHUNK_ROWS):
                rows = slice(start, start + CHUNK_ROWS)
                chunk = features_narrow[rows]  # (n, H)
                product = products[: len(chunk)]  # (n, V)
                logits, taught, grad, spare = (buffer[: len(chunk)] for buffer in buffers)
                torch.mm(chunk, weight_narrow.t(), out=product)
                logits.copy_(product).add_(bias)
                torch.mm(taught_narrow[rows], taught_weight.t(), out=product)
                taught.copy_(product).add_(lesson.bias)
                totals += _compare((logits, taught, spare), lesson.targets[rows].unsqueeze(1), grad)
                grad_bias += grad.sum(0)
                product.copy_(grad)
                grad_features[rows] = product @ weight_narrow
                grad_weight += product.t() @ chunk
        ctx.save_for_backward(grad_features, grad_weight.to(weight.dtype), grad_bias.to(bias.dtype))
        ctx.rows = count
        loss, nats = (totals / count).unbind()
        ctx.mark_non_differentiable(nats)
        return loss, nats

    @staticmethod
    def backward(ctx: Any, grad_loss: Tensor, _: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:  # noqa: D102
        scale = grad_loss / ctx.rows
        grad_features, grad_weight, grad_bias = ctx.saved_tensors
        return grad_features * scale, grad_weight * scale, grad_bias * scale, None


def linear_distillation(features: Tensor, weight: Tensor, bias: Tensor, lesson: Lesson) -> tuple[Tensor, Tensor]:
    """Compute ``0.5 cross_entropy + 0.5 * 4 * divergence`` of ``features @ weight.T + bias``.

    The divergence is KL(teacher || student), both softened by temperature 2; 4 is the
    temperature squared, which keeps its gradient as large as the other's. Under autocast the
    matrix products run in the narrow type and everything else in float32.

    Args:
        features: The student's, shape ``(N, H)``, N >= 1.
        weight: Shape ``(V, H)``.
        bias: Shape ``(V,)``.
        lesson: What is taught.

    Returns:
        The loss, a scalar that gradients flow through, and beside it the cross-entropy alone in
        nats per token, through which none flows.

    Source:
        Hinton et al. 2015, "Distilling the Knowledge in a Neural Network", arXiv:1503.02531.

    Example:
        >>> features, weight, bias = torch.zeros(2, 3), torch.zeros(4, 3), torch.zeros(4)
        >>> lesson = Lesson(torch.tensor([0, 1]), features, weight, bias)
        >>> [round(part.item(), 4) for part in linear_distillation(features, weight, bias, lesson)]
        [0.6931, 1.3863]
    """
    loss, nats = LinearDistillation.apply(features, weight, bias, lesson)  # type: ignore[no-untyped-call]  # torch's
    return loss, nats


class Teacher:
    """A network that reads the same windows as a student and tells what it holds likely.

    It carries its own state from window to window, from nothing when the rows change or a run
    is resumed.

    Args:
        network: The teacher, on the student's device; it is not trained.
    """

    def __init__(self, network: Network) -> None:
        self._network = network.eval().requires_grad_(False)
        self._state = network.zero_state(1)

    def teach(self, network: Network, features: Tensor, token_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Rate a student's features, as ``loss.predict_next`` does without a teacher.

        Args:
            network: The student.
            features: What it read, shape ``(B, T, H)``.
            token_ids: The window, shape ``(B, T + 1)``.

        Returns:
            The loss to make small, and the cross-entropy in nats per token.
        """
        if self._state.hidden.shape[1] != len(token_ids):
            self._state = self._network.zero_state(len(token_ids))
        with torch.no_grad():
            taught, state = self._network.read(token_ids[:, :-1], self._state)
        self._state = LSTMState(state.hidden.float(), state.cell.float())
        teaching, learning = self._network.projection, network.projection
        lesson = Lesson(token_ids[:, 1:].flatten(), taught.flatten(0, 1), teaching.weight, teaching.bias)
        return linear_distillation(features.flatten(0, 1), learning.weight, learning.bias, lesson)


def _compare(logits: tuple[Tensor, Tensor, Tensor], targets: Tensor, grad: Tensor) -> Tensor:
    """Sum loss and cross-entropy over rows, and write the loss's gradient by the student's logits.

    Args:
        logits: The student's and the teacher's, and room for a third, each ``(n, V)``; used up.
        targets: Shape ``(n, 1)``.
        grad: Where the gradient goes, shape ``(n, V)``.

    Returns:
        The two sums, shape ``(2,)``.
    """
    student, teacher, spare = logits
    torch.log_softmax(student, dim=1, out=grad)
    nats = -grad.gather(1, targets).sum()
    grad.exp_().mul_(HARD).scatter_add_(1, targets, torch.full_like(targets, -HARD, dtype=grad.dtype))
    soft = torch.log_softmax(student.div_(TEMPERATURE), dim=1, out=spare)
    soft_taught = torch.log_softmax(teacher.div_(TEMPERATURE), dim=1, out=student)
    wanted = torch.exp(soft_taught, out=teacher)
    divergence = soft_taught.sub_(soft).mul_(wanted).sum()
    scale = (1 - HARD) * TEMPERATURE**2
    grad.add_(soft.exp_().sub_(wanted), alpha=scale / TEMPERATURE)
    return torch.stack([HARD * nats + scale * divergence, nats])

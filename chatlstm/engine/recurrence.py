"""The recurrence of an LSTM layer over a window, for training in a narrow type on a CPU.

The library's kernel adds to the weights' gradient step by step, in products only B deep; here
one product, B T deep, does it after the last step. At H 512 that saves 28 % of the time at B 64 and
39 % at B 16 (one core, forward and backward).

Axes: B rows, T steps, H hidden.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

LEAST_SIZE = 512  # at H 384 the library is faster below B 64, at H 256 always: Python then costs as much as the sums


def prefers_recurrence(x: Tensor) -> bool:
    """Tell whether ``run_window`` is the faster way: wide layers, in autocast, on a CPU, with gradients."""
    narrow = x.device.type == "cpu" and torch.is_autocast_enabled("cpu")
    return narrow and x.shape[-1] >= LEAST_SIZE and torch.is_grad_enabled()


def run_window(
    x: Tensor, state: tuple[Tensor, Tensor], weights: tuple[Tensor, Tensor, Tensor]
) -> tuple[Tensor, Tensor, Tensor]:
    """Run an LSTM layer over a window, its matrix products in autocast's type if it is on.

    Args:
        x: Inputs, shape ``(B, T, H)``.
        state: Hidden and cell state before them, each ``(B, H)``.
        weights: Of the input and of the hidden state, each ``(4H, H)``, in the order i f g o, and
            the bias ``(4H,)``.

    Returns:
        Hidden states at every step ``(B, T, H)``, and hidden and cell state after the last.

    Example:
        >>> x, state, weight = torch.zeros(2, 3, 4), torch.zeros(2, 4), torch.zeros(16, 4)
        >>> output, hidden, cell = run_window(x, (state, state), (weight, weight, torch.zeros(16)))
        >>> tuple(output.shape), tuple(cell.shape)
        ((2, 3, 4), (2, 4))
    """
    weight_input, weight_hidden, bias = weights
    gates = functional.linear(x, weight_input, bias)  # (B, T, 4H)
    ran: tuple[Tensor, Tensor] = Recurrence.apply(gates, *state, weight_hidden.to(gates.dtype))  # type: ignore[no-untyped-call]  # torch's
    output, cell = ran
    return output, output[:, -1], cell


def squash(x: Tensor, place: Tensor) -> Tensor:
    """Write ``tanh(x)`` into ``place``, as 2 sigmoid(2x) - 1: torch's tanh takes ten times as long."""
    return torch.mul(x, 2, out=place).sigmoid_().mul_(2).sub_(1)


class Recurrence(torch.autograd.Function):
    """What of an LSTM layer goes step by step. Called through ``run_window``.

    State and gates are computed in the state's type; only the products are narrow.
    """

    @staticmethod
    def forward(ctx: Any, gates: Tensor, hidden: Tensor, cell: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:  # noqa: D102
        # ctx is Any: autograd hands in an object without a public type
        batch, steps, size = *gates.shape[:2], weight.shape[1]
        activations = torch.empty_like(gates)  # (B, T, 4H)
        before = gates.new_empty(batch, steps, size)  # hidden states that each step begins with
        cells = cell.new_empty(batch, steps + 1, size)
        output = cell.new_empty(batch, steps, size)
        wide, narrow = cell.new_empty(batch, 4 * size), gates.new_empty(batch, 4 * size)
        i, f, g, o = wide.chunk(4, dim=1)  # (B, H) each
        squashed, state = torch.empty_like(cell), hidden.to(gates.dtype, copy=True)
        cells[:, 0] = cell
        for step in range(steps):
            before[:, step] = state
            wide.copy_(torch.addmm(gates[:, step], state, weight.t(), out=narrow))
            g.mul_(2)
            wide.sigmoid_()
            g.mul_(2).sub_(1)
            activations[:, step] = wide
            new = torch.mul(f, cells[:, step], out=cells[:, step + 1]).addcmul_(i, g)
            state.copy_(torch.mul(o, squash(new, squashed), out=output[:, step]))
        ctx.save_for_backward(activations, before, cells, weight)
        return output, cells[:, -1].clone()

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor, grad_cell: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:  # noqa: D102
        activations, before, cells, weight = ctx.saved_tensors
        grad_gates = torch.empty_like(activations)  # (B, T, 4H)
        hidden, cell = torch.zeros_like(grad_cell), grad_cell.clone()  # the gradients that go back in time
        wide, slopes, grad = (cell.new_empty(len(cell), weight.shape[0]) for _ in range(3))
        (i, f, g, o), slope_g = wide.chunk(4, dim=1), slopes.chunk(4, dim=1)[2]
        grad_i, grad_f, grad_g, grad_o = grad.chunk(4, dim=1)
        squashed, part = torch.empty_like(cell), torch.empty_like(cell)
        narrow, product = torch.empty_like(grad, dtype=weight.dtype), torch.empty_like(cell, dtype=weight.dtype)
        for step in range(before.shape[1] - 1, -1, -1):
            wide.copy_(activations[:, step])
            torch.addcmul(wide, wide, wide, value=-1, out=slopes)  # of sigmoid: s - s^2
            slope_g.sub_(g).add_(1)  # of tanh: 1 - g^2
            squash(cells[:, step + 1], squashed)
            hidden.add_(grad_output[:, step])
            torch.mul(hidden, squashed, out=grad_o)
            cell.add_(torch.mul(hidden, o, out=part)).sub_(part.mul_(squashed).mul_(squashed))
            torch.mul(cell, g, out=grad_i)
            torch.mul(cell, cells[:, step], out=grad_f)
            torch.mul(cell, i, out=grad_g)
            narrow.copy_(grad.mul_(slopes))
            grad_gates[:, step] = narrow
            cell.mul_(f)
            hidden.copy_(torch.mm(narrow, weight, out=product))
        grad_weight = grad_gates.flatten(0, 1).t() @ before.flatten(0, 1)  # (4H, H)
        return grad_gates, hidden, cell, grad_weight

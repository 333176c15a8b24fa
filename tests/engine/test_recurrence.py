"""The recurrence against torch's own LSTM, in float64."""

import pytest
import torch

from chatlstm.engine.network import LSTMLayer
from chatlstm.engine.recurrence import LEAST_SIZE, prefers_recurrence, run_window

H = 5
Inputs = list[torch.Tensor]

each_shape = pytest.mark.parametrize(("batch", "steps"), [(1, 1), (1, 7), (3, 1), (33, 6)])


def make_inputs(batch: int, steps: int, size: int = H) -> Inputs:
    """Make input, hidden state, cell state, both weights and bias."""
    random = torch.Generator().manual_seed(batch * 100 + steps)
    shapes = ((batch, steps, size), (batch, size), (batch, size), (4 * size, size), (4 * size, size), (4 * size,))
    made = [torch.randn(shape, generator=random, dtype=torch.float64) for shape in shapes]
    return [tensor.requires_grad_() for tensor in made]


def run_ours(x: torch.Tensor, h: torch.Tensor, c: torch.Tensor, *weights: torch.Tensor) -> Inputs:
    weight_input, weight_hidden, bias = weights
    return list(run_window(x, (h, c), (weight_input, weight_hidden, bias)))


def run_torchs(x: torch.Tensor, h: torch.Tensor, c: torch.Tensor, *weights: torch.Tensor) -> Inputs:
    given = [*weights, torch.zeros_like(weights[2])]
    output, hidden, cell = torch.lstm(x, [h[None], c[None]], given, True, 1, 0.0, True, False, True)
    return [output, hidden[0], cell[0]]


def sum_squares(results: Inputs) -> torch.Tensor:
    return torch.stack([result.square().sum() for result in results]).sum()


def are_close(first: Inputs, second: Inputs) -> bool:
    return all(torch.allclose(*pair, rtol=1e-9, atol=1e-12) for pair in zip(first, second, strict=True))


@each_shape
def test_a_window_is_torchs(batch: int, steps: int) -> None:
    inputs = make_inputs(batch, steps)

    assert are_close(run_ours(*inputs), run_torchs(*inputs))


@each_shape
def test_the_gradients_of_a_window_are_torchs(batch: int, steps: int) -> None:
    inputs = make_inputs(batch, steps)
    expected = torch.autograd.grad(sum_squares(run_torchs(*inputs)), inputs)

    found = torch.autograd.grad(sum_squares(run_ours(*inputs)), inputs)

    assert are_close(list(found), list(expected))


def test_the_gradients_are_the_slopes() -> None:
    assert torch.autograd.gradcheck(run_ours, make_inputs(2, 3))


def test_the_state_that_came_in_stays_as_it_was() -> None:
    inputs = make_inputs(2, 3)
    before = [tensor.detach().clone() for tensor in inputs]

    run_ours(*inputs)

    assert all(torch.equal(*pair) for pair in zip(inputs, before, strict=True))


@pytest.mark.parametrize(
    ("size", "narrow", "learns", "taken"),
    [
        (LEAST_SIZE, True, True, True),
        (LEAST_SIZE - 1, True, True, False),
        (LEAST_SIZE, False, True, False),
        (LEAST_SIZE, True, False, False),
    ],
)
def test_it_is_taken_for_wide_layers_that_learn_in_a_narrow_type(
    size: int, narrow: bool, learns: bool, taken: bool
) -> None:
    with torch.autocast("cpu", torch.bfloat16, enabled=narrow), torch.set_grad_enabled(learns):
        assert prefers_recurrence(torch.zeros(1, 1, size)) is taken


def test_a_wide_layer_in_bfloat16_learns_nearly_what_it_learns_in_float32() -> None:
    torch.manual_seed(1)
    layer = LSTMLayer(LEAST_SIZE)
    x, h, c = (tensor.detach().float() for tensor in make_inputs(2, 4, LEAST_SIZE)[:3])
    expected = torch.autograd.grad(sum_squares(list(layer(x, h, c))), list(layer.parameters()))

    with torch.autocast("cpu", torch.bfloat16):
        results = list(layer(x, h, c))
    found = torch.autograd.grad(sum_squares(results), list(layer.parameters()))

    assert results[0].dtype == torch.float32
    assert all((a - b).norm() < 0.02 * b.norm() for a, b in zip(found, expected, strict=True))

import pytest
import torch
from torch.nn import functional

from chatlstm.engine.loss import linear_cross_entropy

SIZES = (1, 3, 511, 512, 513, 1025)  # chunks hold 512 rows


def make_inputs(rows: int) -> tuple[torch.Tensor, ...]:
    random = torch.Generator().manual_seed(rows)
    shapes = ((rows, 7), (11, 7), (11,))  # (N, H), (V, H), (V,)
    made = [torch.randn(shape, generator=random, dtype=torch.float64) for shape in shapes]
    targets = torch.randint(11, (rows,), generator=random)
    return *(tensor.requires_grad_() for tensor in made), targets


@pytest.mark.parametrize("rows", SIZES)
def test_the_loss_is_torchs_cross_entropy(rows: int) -> None:
    features, weight, bias, targets = make_inputs(rows)
    expected = functional.cross_entropy(features @ weight.t() + bias, targets)

    assert torch.allclose(linear_cross_entropy(features, weight, bias, targets), expected, atol=1e-13)


@pytest.mark.parametrize("rows", SIZES)
def test_the_gradients_are_torchs(rows: int) -> None:
    features, weight, bias, targets = make_inputs(rows)
    inputs = (features, weight, bias)
    loss = functional.cross_entropy(features @ weight.t() + bias, targets)
    expected = torch.autograd.grad(3 * loss, inputs)

    found = torch.autograd.grad(3 * linear_cross_entropy(features, weight, bias, targets), inputs)

    assert all(torch.allclose(*pair, atol=1e-13) for pair in zip(found, expected, strict=True))


def test_the_gradients_are_the_slopes_of_the_loss() -> None:
    *inputs, targets = make_inputs(3)

    def compute(*given: torch.Tensor) -> torch.Tensor:
        return linear_cross_entropy(given[0], given[1], given[2], targets)

    assert torch.autograd.gradcheck(compute, tuple(inputs))


def test_under_autocast_the_loss_is_float32_and_near() -> None:
    features, weight, bias, targets = (
        tensor.detach().float() if tensor.is_floating_point() else tensor for tensor in make_inputs(600)
    )
    expected = functional.cross_entropy(features @ weight.t() + bias, targets)

    with torch.autocast("cpu", torch.bfloat16):
        found = linear_cross_entropy(features, weight, bias, targets)

    assert found.dtype == torch.float32
    assert found.item() == pytest.approx(expected.item(), rel=0.01)

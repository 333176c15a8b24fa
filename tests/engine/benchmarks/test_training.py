import pytest
import torch

from chatlstm.engine.benchmarks.row import Row
from chatlstm.engine.benchmarks.training import (
    STARTER,
    count_flops,
    draw_text,
    make_product,
    measure_training,
)
from chatlstm.engine.config import NetworkConfig

TINY = NetworkConfig(40, hidden_size=4, num_layers=1)


def measure() -> list[Row]:
    told = measure_training(TINY, batch_size=32, backprop_steps=32, repeats=1)
    return [row for row in told if isinstance(row, Row)]


def test_the_flops_of_the_starter_are_six_times_its_matrices() -> None:
    # three layers of 8 x 512 x 512 and a projection of 8,192 x 512: 10,485,760 weights
    assert count_flops(STARTER) == 62_914_560


def test_speed_and_share_of_the_matrix_rate_are_measured() -> None:
    rows = measure()

    assert [row.name for row in rows] == ["training", "model FLOP/s of training"]
    assert all(row.reached and row.reference and row.ok is not None for row in rows)


def test_the_share_counts_the_flops_of_the_tokens() -> None:
    tokens, flops = (row.reached or 0.0 for row in measure())

    # 6 x (8 x 4 x 4 + 40 x 4) = 1,728 a token
    assert flops * 1e9 == pytest.approx(1728 * tokens)


def test_a_product_is_of_its_shape_and_type() -> None:
    product = make_product((2, 3, 5), torch.bfloat16)()

    assert isinstance(product, torch.Tensor)
    assert (product.shape, product.dtype) == ((2, 5), torch.bfloat16)


def test_the_text_is_drawn_alike_each_time() -> None:
    first, second = draw_text(50, records=3), draw_text(50, records=3)

    assert len(first) == 3
    assert first.tokens.max() < 50
    assert first.tokens.tolist() == second.tokens.tolist()

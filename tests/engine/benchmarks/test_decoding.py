"""The decoding section at toy size: what it measures, not how long that takes."""

from pathlib import Path

import numpy as np
import pytest
import torch

from chatlstm.engine.benchmarks.decoding import (
    count_weights,
    draw_text,
    list_products,
    load_endless,
    measure_decoding,
    write_plainly,
)
from chatlstm.engine.benchmarks.products import open_products
from chatlstm.engine.benchmarks.row import Row
from chatlstm.engine.checkpoint import read_config
from chatlstm.engine.config import NetworkConfig


@pytest.fixture(scope="module")
def rows(tiny_checkpoint: Path) -> list[Row]:
    return [told for told in measure_decoding(tiny_checkpoint, tokens=3, repeats=1) if isinstance(told, Row)]


AIMS = {
    "one token at a time, int8": "ratio at least 20",
    "weights read while drawing": "ratio at least 0.6",
    "8 candidates of 3 tokens": "ratio at most 2.5",
    "sampling, two penalties and a constraint": "ratio at most 0.25",
}


def test_every_aim_has_its_row(rows: list[Row]) -> None:
    assert {row.name: str(row.aim) for row in rows if row.aim} == AIMS


def test_every_figure_is_measured_beside_another(rows: list[Row]) -> None:
    assert all(row.reached and row.reference and row.note for row in rows)


def test_the_rate_of_reading_is_bytes_by_time(rows: list[Row], tiny_checkpoint: Path) -> None:
    weights = count_weights(read_config(tiny_checkpoint).network)
    by_name = {row.name: row.reached or 0.0 for row in rows}

    rate = by_name["one token at a time, int8"] * weights / 1e9
    assert by_name["weights read while drawing"] == pytest.approx(rate)


def test_a_step_of_the_starter_reads_ten_million_bytes() -> None:
    config = NetworkConfig(8192, hidden_size=512, num_layers=3)

    assert count_weights(config) == 8192 * 512 + 3 * (2 * 4 * 512 * 512)
    assert len(list_products(config)) == 7


@pytest.mark.parametrize("candidates", [1, 4])
def test_every_text_has_the_length_asked(tiny_checkpoint: Path, candidates: int) -> None:
    engine = load_endless(tiny_checkpoint, "int8").engine

    assert draw_text(engine, candidates, 50) == candidates * 50


def test_the_plain_loop_draws_tokens() -> None:
    with torch.inference_mode():
        write_plainly(NetworkConfig(20, hidden_size=4, num_layers=2), 3)()


def test_products_are_those_of_the_bytes() -> None:
    products = open_products([(5, 3), (2, 3)])()

    assert isinstance(products, list)
    assert [product.dtype for product in products] == [np.int32, np.int32]

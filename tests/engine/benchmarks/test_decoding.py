"""The decoding section at toy size: what it measures, not how long that takes."""

from pathlib import Path

import numpy as np
import pytest
import torch

from chatlstm.engine.benchmarks.decoding import (
    GoOn,
    count_weights,
    draw_text,
    list_products,
    measure_decoding,
    write_plainly,
)
from chatlstm.engine.benchmarks.products import open_products
from chatlstm.engine.benchmarks.row import Row
from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.evaluation import load_model
from chatlstm.tokens.tokenizer import END, TURN


@pytest.fixture(scope="module")
def rows(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    cache = tmp_path_factory.mktemp("cache")
    return [told for told in measure_decoding(tiny_checkpoint, cache, tokens=3, repeats=1) if isinstance(told, Row)]


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


def test_the_rate_of_reading_is_bytes_by_time(rows: list[Row], tiny_checkpoint: Path, tmp_path: Path) -> None:
    weights = count_weights(load_model(tiny_checkpoint, cache=tmp_path).config.network)
    by_name = {row.name: row.reached or 0.0 for row in rows}

    rate = by_name["one token at a time, int8"] * weights / 1e9
    assert by_name["weights read while drawing"] == pytest.approx(rate)


def test_a_step_of_the_starter_reads_ten_million_bytes() -> None:
    config = NetworkConfig(8192, hidden_size=512, num_layers=3)

    assert count_weights(config) == 8192 * 512 + 3 * (2 * 4 * 512 * 512)
    assert len(list_products(config)) == 7


def test_nothing_ends_under_the_constraint() -> None:
    allowed = GoOn(50).allowed([])

    assert np.flatnonzero(~allowed).tolist() == sorted([END, TURN])


@pytest.mark.parametrize("candidates", [1, 2])
def test_every_text_has_the_length_asked(
    tiny_checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, candidates: int
) -> None:
    model = load_model(tiny_checkpoint, cache=tmp_path)
    steps: list[int] = []
    step = model.stepper.step

    def count(token_ids: np.ndarray[tuple[int], np.dtype[np.int64]], state: object) -> object:
        steps.append(len(token_ids))
        return step(token_ids, state)  # type: ignore[arg-type]  # whatever the stepper gave

    monkeypatch.setattr(model.stepper, "step", count)
    draw_text(model, candidates, 5)

    assert steps[-4:] == [candidates] * 4  # the prompt's last token gave the logits of the first


def test_the_plain_loop_draws_tokens() -> None:
    with torch.inference_mode():
        write_plainly(NetworkConfig(20, hidden_size=4, num_layers=2), 3)()


def test_products_are_those_of_the_bytes() -> None:
    products = open_products([(5, 3), (2, 3)])()

    assert isinstance(products, list)
    assert [product.dtype for product in products] == [np.int32, np.int32]

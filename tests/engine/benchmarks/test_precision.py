"""The sections on bits a weight, at toy size."""

from pathlib import Path

import pytest

from chatlstm.engine.benchmarks.precision import measure_compression, measure_precision
from chatlstm.engine.benchmarks.row import Row
from chatlstm.engine.checkpoint import read_checkpoint
from chatlstm.engine.corpus import TokenFile, lay_out_records
from chatlstm.records import Record


@pytest.fixture(scope="module")
def tokens(tiny_checkpoint: Path) -> TokenFile:
    _, tokenizer = read_checkpoint(tiny_checkpoint)
    return lay_out_records([Record("dialogue", ("Hello.", f"I am fine, {n}.")) for n in range(9)], tokenizer)


def test_int8_is_measured_beside_float32_on_every_domain(
    tiny_checkpoint: Path, tokens: TokenFile, tmp_path: Path
) -> None:
    told = measure_precision(tiny_checkpoint, tmp_path, tokens, "some records")
    rows = [row for row in told if isinstance(row, Row)]

    assert [row.name for row in rows] == ["int8, dialogue", "int8, all"]
    assert all(str(row.aim) == "ratio at most 1.005" and "of some records" in row.note for row in rows)
    assert all(row.ratio == pytest.approx(1, abs=0.02) for row in rows)


def test_every_way_of_storing_has_size_loss_and_speed(tiny_checkpoint: Path, tokens: TokenFile) -> None:
    told = measure_compression(tiny_checkpoint, None, tokens, "x", steps=2)
    rows = {row.name: row for row in told if isinstance(row, Row)}
    ways = ("half", "int8", "rank 8")

    assert list(rows) == [f"{way}: {what}" for way in ways for what in ("size", "loss", "steps")]
    assert (rows["half: size"].ratio, rows["half: loss"].ratio) == (1.0, 1.0)
    assert (rows["int8: size"].ratio or 1) < 0.8


def test_a_smaller_network_that_was_taught_is_measured_beside_its_teacher(
    tiny_checkpoint: Path, tokens: TokenFile
) -> None:
    told = measure_compression(tiny_checkpoint, tiny_checkpoint, tokens, "x", steps=2)
    ratios = {row.name: row.ratio for row in told if isinstance(row, Row) and row.name.startswith("distilled")}

    assert list(ratios) == ["distilled: size", "distilled: loss", "distilled: steps"]
    assert (ratios["distilled: size"], ratios["distilled: loss"]) == (1.0, 1.0)  # it is its own teacher


def test_where_no_smaller_network_was_taught_the_command_is_told(tiny_checkpoint: Path, tokens: TokenFile) -> None:
    *_, last = measure_compression(tiny_checkpoint, None, tokens, "x", steps=2)

    assert last == "no smaller network: 'chatlstm checkpoints compress tiny --as distilled' teaches one"

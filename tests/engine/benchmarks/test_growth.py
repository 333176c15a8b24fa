from pathlib import Path

import numpy as np
import pytest

from chatlstm.engine.benchmarks import growth
from chatlstm.engine.benchmarks.growth import (
    AXES,
    Cost,
    Load,
    count_parameters,
    list_rows,
    measure_growth,
    write_records,
)
from chatlstm.engine.benchmarks.row import Row

TINY = Load(hidden_size=4, characters=50_000, batch_size=2, reports=1)


def train_nothing(load: Load) -> Cost:
    """Stand in for a training: what grows costs as much more."""
    return Cost(count_parameters(load.hidden_size), 1.0, 8000.0 / load.batch_size)


@pytest.mark.parametrize("axis", AXES)
def test_each_axis_spans_a_decade(axis: str) -> None:
    first, *_, last = (growth.describe_size(axis, load) for load in AXES[axis])

    assert last / first == pytest.approx(10, rel=0.01)


def test_a_text_is_trained_on_in_a_process_of_its_own(tmp_path: Path) -> None:
    told = [row for row in measure_growth(tmp_path, axes={"text": (TINY,)}) if isinstance(row, Row)]

    assert [row.name.partition(": ")[2] for row in told] == [
        "training", "peak memory", "cutting into tokens", "cut a second",
    ]  # fmt: skip
    assert all(row.reached for row in told)
    assert (tmp_path / "growth.png").read_bytes().startswith(b"\x89PNG")


def test_the_reference_is_the_smallest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(growth, "run_apart", lambda work: (train_nothing(*work.args), None))
    loads = (Load(4, batch_size=1), Load(4, batch_size=4))

    told = [row for row in measure_growth(tmp_path, axes={"batch": loads}) if isinstance(row, Row)]

    assert [(row.name, row.ratio) for row in told if row.reached is not None] == [
        ("batch 1: training", 1.0), ("batch 4: training", 0.25),
    ]  # fmt: skip
    assert {row.note for row in told if row.reached is None} == {"this system does not tell a process's peak"}


def test_the_rows_of_a_text_tell_how_fast_it_is_cut() -> None:
    costs = [Cost(1, 0.5, 100.0, 10**8), Cost(1, 4.0, 90.0, 10**8)]
    rows = {row.name: (row.reached, row.ratio) for row in list_rows("x", "text", costs, Load(characters=8_000_000))}

    assert rows == {
        "x: training": (90.0, 0.9),
        "x: peak memory": (100.0, 1.0),
        "x: cutting into tokens": (4.0, 8.0),
        "x: cut a second": (2.0, None),
    }


def test_made_up_text_has_the_size_that_was_asked_for() -> None:
    records = list(write_records(np.random.default_rng(1), 20_000))

    assert sum(len(record.turns[0]) for record in records) == pytest.approx(20_000, rel=0.1)
    assert len({record.turns for record in records}) == len(records)

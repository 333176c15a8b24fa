"""Several workers train what one does, in real processes that exchange by gloo."""

from pathlib import Path

import pytest
import torch

from chatlstm.engine.metrics import read_metrics
from chatlstm.engine.snapshot import read_snapshot
from tests.engine.crew import Task, run_crew

CPU = torch.device("cpu")
TOLERANCE = 1e-5
Curve = list[tuple[int, float, float]]


def read_curve(folder: Path) -> Curve:
    reports = read_metrics(folder / "metrics.jsonl")
    return [(each.tokens, each.loss, each.validation.get("all", 0.0)) for each in reports]


def read_weights(folder: Path) -> torch.Tensor:
    tensors, _ = read_snapshot(folder / "snapshot.safetensors", CPU)
    return torch.cat([each.flatten() for name, each in tensors.items() if name.startswith("network.")])


def are_close(first: Curve, second: Curve) -> bool:
    return all(each == pytest.approx(other, rel=TOLERANCE) for each, other in zip(first, second, strict=True))


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a run of one process."""
    folder = tmp_path_factory.mktemp("alone")
    run_crew(1, folder, Task())
    return folder


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the same run by two, who have two rows and three."""
    folder = tmp_path_factory.mktemp("together")
    run_crew(2, folder, Task())
    return folder


def test_two_workers_have_the_loss_curve_of_one_process(alone: Path, together: Path) -> None:
    assert are_close(read_curve(together), read_curve(alone))


def test_two_workers_end_with_the_weights_of_one_process(alone: Path, together: Path) -> None:
    assert torch.allclose(read_weights(together), read_weights(alone), rtol=0, atol=TOLERANCE)


def test_what_a_report_tells_is_summed_over_the_workers(alone: Path, together: Path) -> None:
    first, second = (read_metrics(folder / "metrics.jsonl")[-1] for folder in (alone, together))

    assert second.bits_per_byte == pytest.approx(first.bits_per_byte, rel=TOLERANCE)
    assert (second.epochs, second.learning_rate) == (first.epochs, first.learning_rate)


def test_any_number_of_workers_goes_on_with_the_same_curve(alone: Path, tmp_path: Path) -> None:
    run_crew(1, tmp_path, Task(reports=3))
    run_crew(3, tmp_path, Task(resume=True, reports=4))
    run_crew(1, tmp_path, Task(resume=True))

    assert are_close(read_curve(tmp_path), read_curve(alone))
    assert torch.allclose(read_weights(tmp_path), read_weights(alone), rtol=0, atol=TOLERANCE)


def test_the_first_worker_s_clock_ends_the_run_of_all(tmp_path: Path) -> None:
    run_crew(2, tmp_path, Task(minutes=0.005))

    assert read_metrics(tmp_path / "metrics.jsonl")[-1].share == 1.0

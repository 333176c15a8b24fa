"""A run whose loss diverges goes back and learns more slowly."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from chatlstm.engine import training
from chatlstm.engine.snapshot import read_snapshot
from chatlstm.engine.training import Trainer
from chatlstm.errors import ChatLSTMError
from tests.engine.trainers import STEADY, make_trainer

CPU = torch.device("cpu")


def spoil(trainer: Trainer) -> None:
    with torch.no_grad():
        trainer.network.embedding.weight.fill_(torch.nan)


def test_weights_that_are_no_numbers_are_never_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "REPORT_TOKENS", 40)
    trainer = make_trainer(tmp_path, replace(STEADY, learning_rate=1e300))  # spoils them in one step

    with pytest.raises(ChatLSTMError, match="diverges"):
        list(trainer.run())

    tensors, _ = read_snapshot(tmp_path / "snapshot.safetensors", CPU)
    assert all(bool(tensor.isfinite().all()) for tensor in tensors.values())


def test_a_loss_that_is_no_number_brings_the_last_snapshot_back_at_half_the_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "REPORT_TOKENS", 40)
    trainer = make_trainer(tmp_path, replace(STEADY, validations=1))
    running = trainer.run()
    told = [next(running) for _ in range(3)]
    spoil(trainer)

    again = next(running)  # the only snapshot is the first, of step 0

    assert [(report.tokens, report.learning_rate) for report in (*told, again)] == [
        (40, 0.01), (80, 0.01), (120, 0.01), (40, 0.005)
    ]  # fmt: skip


def test_a_loss_two_nats_above_the_lowest_has_diverged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "REPORT_TOKENS", 40)
    trainer = make_trainer(tmp_path, replace(STEADY, validations=1))
    running = trainer.run()
    next(running)
    with torch.no_grad():
        trainer.network.projection.bias[1] = 9.0  # costs almost 9 nats wherever 1 does not follow

    assert next(running).learning_rate == 0.005


def test_a_diverged_loss_is_not_among_the_metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "REPORT_TOKENS", 40)
    trainer = make_trainer(tmp_path, replace(STEADY, validations=1))
    running = trainer.run()
    next(running)
    spoil(trainer)
    next(running)

    assert "NaN" not in (tmp_path / "metrics.jsonl").read_text()


def test_a_run_that_diverges_at_any_rate_ends_with_a_sentence(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path)
    spoil(trainer)

    # 0.01 is halved six times, to 0.01 / 64
    with pytest.raises(ChatLSTMError, match=r"diverges even at a learning rate of 0\.0002; .*--learning-rate"):
        list(trainer.run())

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from chatlstm.engine import training
from chatlstm.engine.config import Budget
from chatlstm.engine.metrics import Progress, read_metrics
from chatlstm.engine.network import Network
from chatlstm.engine.snapshot import read_snapshot
from chatlstm.engine.training import Trainer
from tests.engine.trainers import STEADY, make_trainer

CPU = torch.device("cpu")


def list_weights(trainer: Trainer) -> list[torch.Tensor]:
    return copy_weights(trainer.network)


def copy_weights(network: Network) -> list[torch.Tensor]:
    return [tensor.clone() for tensor in network.state_dict().values()]


def read_best(folder: Path) -> list[torch.Tensor]:
    return list(read_snapshot(folder / "best.safetensors", CPU)[0].values())


def are_equal(first: list[torch.Tensor], second: list[torch.Tensor]) -> bool:
    return all(torch.equal(*pair) for pair in zip(first, second, strict=True))


def test_training_ends_with_the_budget(tmp_path: Path) -> None:
    *_, last = make_trainer(tmp_path).run()

    assert (last.tokens, last.step, last.share) == (1000, 25, 1.0)


def test_a_budget_in_epochs_ends_after_them(tmp_path: Path) -> None:
    *_, last = make_trainer(tmp_path, replace(STEADY, budget=Budget(epochs=3))).run()

    assert 3 <= last.epochs < 3.5


def test_validation_comes_so_often_as_was_asked(tmp_path: Path) -> None:
    reports = list(make_trainer(tmp_path).run())

    # the first window that ends at or beyond each hundred tokens
    assert [report.tokens for report in reports if report.validation] == [
        120, 200, 320, 400, 520, 600, 720, 800, 920, 1000
    ]  # fmt: skip


def test_training_learns(tmp_path: Path) -> None:
    first, *_, last = make_trainer(tmp_path).run()

    assert last.loss < first.loss
    assert last.validation["all"] < first.validation["all"]


def test_the_rate_follows_the_schedule(tmp_path: Path) -> None:
    config = replace(STEADY, warmup=0.4, decay_from=0.5)
    rates = {report.tokens: report.learning_rate for report in make_trainer(tmp_path, config).run()}

    # a window is read at the rate of the share used up before it, 40 tokens earlier
    assert rates[120] == pytest.approx(0.01 * 0.08 / 0.4)
    assert rates[520] == pytest.approx(0.01)
    assert rates[800] == pytest.approx(0.01 * (1 - 0.98 * 0.26 / 0.5))


def test_small_windows_come_first(tmp_path: Path) -> None:
    config = replace(STEADY, small_batches=0.1)
    reports = list(make_trainer(tmp_path, config).run())

    # 1 row of 5 steps until 100 tokens are read
    assert (reports[0].step, reports[0].tokens) == (20, 100)
    assert (reports[1].step, reports[1].tokens) == (23, 220)


def test_training_stops_after_so_many_validations_without_a_better_one(tmp_path: Path) -> None:
    config = replace(STEADY, learning_rate=1e-30, decay_from=0.0)  # nothing changes, so nothing gets better
    reports = list(make_trainer(tmp_path, config).run())

    assert [report.best for report in reports] == [True, False, False, False]
    assert reports[-1].tokens == 400


def test_patience_is_counted_from_where_the_rate_falls(tmp_path: Path) -> None:
    config = replace(STEADY, learning_rate=1e-30, decay_from=0.5)
    reports = list(make_trainer(tmp_path, config).run())

    assert [report.share for report in reports] == pytest.approx([0.12, 0.2, 0.32, 0.4, 0.52, 0.6, 0.72])


def test_weights_that_no_training_betters_are_kept(tmp_path: Path) -> None:
    config = replace(STEADY, learning_rate=1e-30, decay_from=0.0)
    reports = list(make_trainer(tmp_path, config).run(measure_first=True))

    assert [(report.tokens, report.best) for report in reports] == [
        (0, True), (120, False), (200, False), (320, False)
    ]  # fmt: skip


def test_a_finished_run_has_nothing_left_to_do(tmp_path: Path) -> None:
    list(make_trainer(tmp_path).run())
    trainer = make_trainer(tmp_path)
    trainer.restore()

    assert (trainer.share_used, list(trainer.run())) == (1.0, [])


@pytest.mark.parametrize("averaging", [0.0, 0.3])
def test_the_best_averaged_weights_are_kept(averaging: float, tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path, replace(STEADY, averaging=averaging))
    best: list[torch.Tensor] = []
    told: list[Progress] = []
    for report in trainer.run():
        if report.best:
            best, told = copy_weights(trainer.averaged), [report]

    tensors, facts = read_snapshot(tmp_path / "best.safetensors", CPU)

    assert are_equal(list(tensors[name] for name in trainer.network.state_dict()), best)
    assert facts == {"step": told[0].step, "validation": told[0].validation}


def test_without_averaging_the_last_weights_are_validated(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path, replace(STEADY, averaging=0.0))

    assert trainer.averaged is trainer.network


def test_a_snapshot_from_before_averaging_is_gone_on_with(tmp_path: Path) -> None:
    list(make_trainer(tmp_path, replace(STEADY, averaging=0.0)).run())
    trainer = make_trainer(tmp_path, replace(STEADY, averaging=0.3))

    trainer.restore()

    assert are_equal(copy_weights(trainer.averaged), list_weights(trainer))


def test_each_report_is_a_line_of_the_metrics(tmp_path: Path) -> None:
    reports = list(make_trainer(tmp_path).run())
    lines = read_metrics(tmp_path / "metrics.jsonl")

    assert [line for line in lines if line.validation] == reports
    assert [line.step for line in lines if not line.validation] == [report.step for report in reports]


def test_a_sample_is_drawn_at_each_validation(tmp_path: Path) -> None:
    reports = list(make_trainer(tmp_path).run(lambda step: f"written at {step}"))

    assert [report.sample for report in reports] == [f"written at {report.step}" for report in reports]


def test_reports_come_between_validations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "REPORT_TOKENS", 40)

    reports = list(make_trainer(tmp_path).run())

    assert [report.tokens for report in reports] == list(range(40, 1001, 40))


@pytest.mark.parametrize("ended", range(1, 10))
def test_a_run_that_was_cut_off_ends_with_the_same_weights(ended: int, tmp_path: Path) -> None:
    whole, cut, resumed = (make_trainer(tmp_path / name) for name in ("whole", "cut", "cut"))
    (tmp_path / "whole").mkdir()
    (tmp_path / "cut").mkdir()
    list(whole.run())
    running = cut.run()
    for _ in range(ended):
        next(running)
    running.close()
    resumed.restore()
    list(resumed.run())

    assert are_equal(list_weights(whole), list_weights(resumed))
    assert are_equal(copy_weights(whole.averaged), copy_weights(resumed.averaged))
    assert are_equal(read_best(tmp_path / "whole"), read_best(tmp_path / "cut"))


def test_what_was_reported_after_the_snapshot_is_reported_again(tmp_path: Path) -> None:
    running = make_trainer(tmp_path).run()
    told = [next(running) for _ in range(4)]
    running.close()
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write('{"step": 99, "valid')
    trainer = make_trainer(tmp_path)
    trainer.restore()

    again = next(trainer.run())

    assert (again.step, again.validation) == (told[3].step, told[3].validation)
    assert [line.step for line in read_metrics(tmp_path / "metrics.jsonl") if line.validation] == [3, 5, 8, 10]


def read_saved_tokens(folder: Path) -> object:
    return read_snapshot(folder / "snapshot.safetensors", CPU)[1]["tokens"]


def test_with_a_budget_in_tokens_a_snapshot_comes_after_so_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "REPORT_TOKENS", 40)
    monkeypatch.setattr(training, "SNAPSHOT_TOKENS", 80)
    config = replace(STEADY, validations=1)

    # at the report of 120 the snapshot of 80 is there
    saved = [read_saved_tokens(tmp_path) for _ in make_trainer(tmp_path, config).run()]

    assert saved[:6] == [0, 0, 80, 80, 160, 160]


@pytest.mark.parametrize(("seconds", "saved"), [(0.0, 40), (1e9, 0)])
def test_with_a_budget_in_minutes_a_snapshot_comes_by_the_clock(
    seconds: float, saved: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "REPORT_TOKENS", 40)
    monkeypatch.setattr(training, "SNAPSHOT_SECONDS", seconds)
    running = make_trainer(tmp_path, replace(STEADY, budget=Budget(minutes=1e6), validations=1)).run()
    next(running)
    next(running)

    assert read_saved_tokens(tmp_path) == saved


def test_rows_forget_their_state_by_chance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, forgotten = (make_trainer(tmp_path, replace(STEADY, state_reset=chance)) for chance in (0.0, 1.0))
    monkeypatch.setattr(training, "REPORT_TOKENS", 40)
    first, second = list(kept.run()), list(forgotten.run())

    # the first window is cold either way, only later ones differ
    assert (first[0].loss == second[0].loss, first[1].loss == second[1].loss) == (True, False)


def test_a_folder_that_cannot_be_written_leaves_the_last_snapshot(tmp_path: Path) -> None:
    running = make_trainer(tmp_path).run()
    next(running)
    next(running)
    saved = (tmp_path / "snapshot.safetensors").read_bytes()
    (tmp_path / "metrics.jsonl").unlink()
    (tmp_path / "metrics.jsonl").mkdir()

    with pytest.raises(OSError):
        list(running)

    assert len((tmp_path / "snapshot.safetensors").read_bytes()) == len(saved)


def test_the_same_seed_trains_the_same_weights_and_another_others(tmp_path: Path) -> None:
    trainers = []
    for number, seed in enumerate((1, 1, 2)):
        (tmp_path / str(number)).mkdir()
        trainers.append(make_trainer(tmp_path / str(number), replace(STEADY, seed=seed)))
        list(trainers[-1].run())
    first, second, other = map(list_weights, trainers)

    assert are_equal(first, second)
    assert not are_equal(first, other)

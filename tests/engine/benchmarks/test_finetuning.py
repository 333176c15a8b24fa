import json
from dataclasses import asdict
from pathlib import Path

import pytest

from chatlstm.engine.benchmarks import finetuning
from chatlstm.engine.benchmarks.finetuning import (
    list_copied,
    list_stop,
    measure_finetuning,
    read_documents,
    split_documents,
)
from chatlstm.engine.benchmarks.row import Row
from chatlstm.engine.metrics import Progress
from chatlstm.errors import ChatLSTMError

OPTIONS = ("--tokens", "3000", "--device", "cpu", "--batch-size", "4")


@pytest.mark.timeout(300)
def test_a_checkpoint_is_tuned_by_the_command_and_measured_on_other_documents(tiny_checkpoint: Path) -> None:
    told = measure_finetuning(tiny_checkpoint, characters=20_000, options=OPTIONS)
    rows = {row.name: row for row in told if isinstance(row, Row)}

    assert rows["held-out text after fine-tuning"].ok is not None
    assert (rows["held-out text after fine-tuning"].ratio or 9) < 1
    assert (rows["fine-tuning on 100 kB"].reached or 0) > 0
    assert rows["passes over the text"].note == "went to its end"
    assert rows["copied of what it writes"].unit == "%"


def test_a_failing_command_is_told_by_its_last_words(tiny_checkpoint: Path) -> None:
    told = measure_finetuning(tiny_checkpoint, characters=1000, options=("--tokens", "1", "--epochs", "1"))

    with pytest.raises(ChatLSTMError, match="chatlstm train ended with 2: Error: --minutes, --tokens, --epochs"):
        list(told)


def test_python_brings_enough_text() -> None:
    train, held_out = split_documents(read_documents(), finetuning.CHARACTERS)

    assert sum(map(len, train)) >= 100_000
    assert sum(map(len, held_out)) >= 5_000
    assert not set(train) & set(held_out)


def test_too_little_text_is_told() -> None:
    with pytest.raises(ChatLSTMError, match="less text than 1,000 characters"):
        split_documents(["a"] * 20, 1000)


def write_run(folder: Path, *losses: float, share: float) -> Path:
    reports = [
        Progress(n, 100 * n, 3 * share, share, 1.0, 2.0, 3.0, 1e-3, 100.0, {"all": loss})
        for n, loss in enumerate(losses)
    ]
    lines = "".join(json.dumps(asdict(report)) + "\n" for report in reports)
    (folder / "metrics.jsonl").write_text(lines)
    return folder


def test_a_loss_that_rose_again_misses_the_aim(tmp_path: Path) -> None:
    passes, stop = list_stop(write_run(tmp_path, 3.0, 2.0, 2.2, share=0.5))

    assert (passes.reached, passes.note) == (1.5, "stopped by itself at 50 % of its budget")
    assert (stop.reached, stop.reference, stop.ok) == (2.2, 2.0, False)


def test_a_loss_that_still_fell_reaches_it(tmp_path: Path) -> None:
    _, stop = list_stop(write_run(tmp_path, 3.0, 2.0, share=1.0))

    assert stop.ok is True


def test_a_checkpoint_that_does_not_tell_what_it_copies_is_refused(tiny_checkpoint: Path) -> None:
    with pytest.raises(ChatLSTMError, match="do not tell what is copied"):
        list(list_copied(tiny_checkpoint))

import math
from pathlib import Path

import pytest

from chatlstm.engine.metrics import Progress, append_metrics, drop_metrics_after, read_metrics


def make_progress(step: int, *, share: float = 0.5, loss: float = 2.0) -> Progress:
    return Progress(step, step * 100, 0.5, share, 60.0, loss, 1.5, 3e-3, 1000.0, {"all": 1.25}, True, "Здравствуй 好")


def write_reports(path: Path, steps: int) -> None:
    for step in range(1, steps + 1):
        append_metrics(path, make_progress(step))


def test_reports_come_back_in_their_order(tmp_path: Path) -> None:
    write_reports(tmp_path / "metrics.jsonl", 3)

    assert read_metrics(tmp_path / "metrics.jsonl") == [make_progress(step) for step in (1, 2, 3)]


def test_no_file_is_no_report(tmp_path: Path) -> None:
    assert read_metrics(tmp_path / "metrics.jsonl") == []


# every place, so that also "...}" inside a line and half a character are met
@pytest.mark.parametrize("cut", range(1, 60, 3))
def test_a_line_cut_short_is_left_out(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    write_reports(path, 2)
    path.write_bytes(path.read_bytes()[:-cut])

    assert read_metrics(path) == [make_progress(step) for step in range(1, 2 + (cut == 1))]


def test_a_line_of_another_kind_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1}\n[]\n7\n')

    assert read_metrics(path) == []


def test_later_reports_are_dropped_and_the_rest_stays_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    write_reports(path, 2)
    expected = path.read_bytes()
    write_reports(path, 3)
    path.write_bytes(path.read_bytes().replace(expected, b"", 1))
    path.write_bytes(expected + b'{"step": 3, "valid')

    drop_metrics_after(path, 2)

    assert path.read_bytes() == expected


def test_the_time_left_follows_from_the_share_used() -> None:
    assert make_progress(1, share=0.25).seconds_left == 180.0


def test_before_anything_is_used_the_time_left_is_unknown() -> None:
    assert make_progress(1, share=0.0).seconds_left == math.inf


def test_a_hopeless_loss_has_a_perplexity() -> None:
    assert math.isfinite(make_progress(1, loss=1e6).perplexity)

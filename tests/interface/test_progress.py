import io
import re
import sys
from dataclasses import replace

import pytest

from chatlstm.engine.metrics import Progress
from chatlstm.interface.progress import (
    describe_speed,
    describe_validation,
    show_reading,
    show_training,
)

REPORT = Progress(8, 9000, 0.5, 0.5, 60.0, 2.0, 1.25, 3e-3, 1500.0)
VALIDATED = replace(
    REPORT, validation={"news": 1.5, "story": 1.0, "all": 1.25}, best=True, sample="story: Once\x1b[31m red"
)


class Terminal(io.StringIO):
    """A standard error that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def open_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Make standard error a terminal."""
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    return shown


def show_on_terminal(progress: Progress, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give what a terminal shows of a report."""
    shown = open_terminal(monkeypatch)
    with show_training(0.0) as report:
        report(progress)
    return shown.getvalue()


def test_several_domains_are_told_one_by_one_and_together() -> None:
    assert describe_validation(VALIDATED) == (
        "50 %, 9,000 tokens: held-out bits/byte news 1.500, story 1.000, together 1.250, the best so far"
    )


def test_before_the_first_step_there_is_no_speed() -> None:
    assert describe_speed(replace(REPORT, step=0)) == "before training"


def test_off_a_terminal_reports_between_validations_are_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    with show_training(0.0) as report:
        report(REPORT)
        report(VALIDATED)

    assert capsys.readouterr().err == f"{describe_validation(VALIDATED)}; {describe_speed(REPORT)}\n"


def test_a_terminal_shows_loss_perplexity_speed_and_time_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert describe_speed(REPORT) in show_on_terminal(REPORT, monkeypatch)


def test_a_terminal_shows_validation_and_sample_without_the_model_s_control_sequences(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = show_on_terminal(VALIDATED, monkeypatch)

    assert describe_validation(VALIDATED) in shown
    assert "story: Once" in shown
    assert "\x1b[31m red" not in shown


def show_bytes(monkeypatch: pytest.MonkeyPatch, size: int, places: list[int]) -> str:
    """Give what a terminal shows of reading, its last line without colours."""
    shown = open_terminal(monkeypatch)
    with show_reading("cutting", size) as report:
        for place in places:
            report(place)
    last = shown.getvalue().rstrip().rpartition("cutting")[2]
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", last)


def test_a_text_read_to_its_end_is_shown_as_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert " 5.0/5.0 MB " in show_bytes(monkeypatch, 5_000_000, [4_999_999, 5_000_000])


def test_a_text_of_unknown_size_shows_what_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert " 3.0/? MB " in show_bytes(monkeypatch, 0, [1_000, 3_000_000])


def test_off_a_terminal_reading_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with show_reading("cutting", 10) as report:
        report(10)

    assert capsys.readouterr() == ("", "")

"""``chatlstm train`` interrupted, locked out, without room, and on a terminal."""

import fcntl
import os
import pty
import resource
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.house.source import ROOT
from tests.interface.conftest import Ended, Run
from tests.interface.limericks import LIMERICKS, LONG, SCRATCH


@pytest.fixture(autouse=True)
def limericks(home: Path) -> Path:
    path = home / "plugins" / "limericks.py"
    path.parent.mkdir()
    path.write_text(LIMERICKS)
    return path


def start_program(*arguments: str, stderr: int = subprocess.PIPE) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "chatlstm", *arguments],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )


def read_until_trained(process: subprocess.Popen[str]) -> str:
    """Read notices until the first validation is told."""
    assert process.stderr is not None
    told = ""
    for line in process.stderr:
        told += line
        if "held-out" in line:
            break
    return told


def test_ctrl_c_stops_at_once_and_the_run_goes_on_later(run: Run, home: Path) -> None:
    process = start_program(*LONG, "--name", "mine")
    read_until_trained(process)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)

    assert process.returncode == 130
    assert "stopped; 'chatlstm train --resume --name mine' goes on from the last snapshot" in errors
    assert (home / "runs" / "mine" / "snapshot.safetensors").exists()


def test_ctrl_c_before_training_says_so(run: Run, limericks: Path) -> None:
    limericks.write_text(LIMERICKS.replace("raise ZeroDivisionError", "raise KeyboardInterrupt"))

    ended = run("train", "limericks", "--scratch", "--corpora", "broken")

    assert (ended.code, "training had not begun; give the same command again" in ended.err) == (130, True)


def test_two_at_once_do_not_train_one_run(run: Run) -> None:
    process = start_program(*LONG, "--name", "mine")
    read_until_trained(process)
    ended = run("train", "--resume", "--name", "mine")
    process.kill()
    process.communicate()

    assert ended.code == 2
    assert "another process is training 'mine'" in ended.err


def limit_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


def test_a_full_disk_ends_with_a_sentence_and_the_last_snapshot_stands(run: Run, home: Path) -> None:
    process = start_program(*LONG, "--name", "mine")
    read_until_trained(process)
    read_until_trained(process)
    process.kill()
    process.communicate()
    snapshot = home / "runs" / "mine" / "snapshot.safetensors"
    before = snapshot.read_bytes()

    ended = subprocess.run(
        [sys.executable, "-m", "chatlstm", "train", "--resume", "--name", "mine"],
        cwd=ROOT,
        preexec_fn=limit_files,  # stands for a disk without room
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert "File too large; once that is mended: 'chatlstm train --resume --name mine'" in ended.stderr
    assert snapshot.read_bytes() == before


def test_a_file_that_cannot_be_written_ends_with_a_sentence(run: Run, home: Path) -> None:
    run(*SCRATCH, "--name", "mine")
    metrics = home / "runs" / "mine" / "metrics.jsonl"
    metrics.unlink()
    metrics.mkdir()

    ended = run("train", "--resume", "--name", "mine")

    assert ended.code == 1
    assert f"{metrics}: Is a directory; once that is mended: 'chatlstm train --resume" in ended.err


def test_enough_text_is_held_out_without_a_word(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("\n\n".join(f"Number {n} " * 60 for n in range(800)))

    ended = run(*SCRATCH, "--corpus", str(path))

    assert (ended.code, "held out to validate" in ended.err) == (0, False)


def test_a_home_that_cannot_be_written_is_told(run: Run, home: Path) -> None:
    (home / "runs").write_text("in the way")

    ended = run(*SCRATCH, "--name", "mine")

    assert ended.code == 1
    assert "runs" in ended.err and "Traceback" not in ended.err


def run_on_terminal(*arguments: str) -> Ended:
    """Run the program with standard error on a terminal of 100 columns."""
    screen, program = pty.openpty()
    fcntl.ioctl(program, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    process = start_program(*arguments, stderr=program)
    os.close(program)
    shown = b""
    try:
        while part := os.read(screen, 65_536):
            shown += part
    except OSError:  # the other end is closed
        pass
    os.close(screen)
    out, _ = process.communicate()
    return Ended(process.returncode, out, shown.decode())


def test_on_a_terminal_there_are_a_bar_samples_and_a_plot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")

    ended = run_on_terminal(*SCRATCH)

    assert ended.code == 0
    assert "━" in ended.err and "perplexity" in ended.err and "left" in ended.err
    assert "limericks: There are" in ended.err
    assert "bits per byte by tokens read: · training, o held-out limericks" in ended.err


def test_on_a_dumb_terminal_there_are_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")

    ended = run_on_terminal(*SCRATCH)

    assert "held-out bits/byte" in ended.err
    assert "\x1b" not in ended.err


def test_on_a_terminal_the_learning_curve_is_plotted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")

    assert "bits per byte by tokens read: · training" in run(*SCRATCH).err

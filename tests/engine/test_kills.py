"""Training killed at any moment ends with the weights of training that was not."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatlstm.engine.checkpoint import check_files, find_checkpoint, read_config
from tests.house.source import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX has them")

KILLS = int(os.environ.get("CHATLSTM_KILLS", "4"))
LIMERICKS = '''
from chatlstm.plugin import Domain, Record


class Limericks(Domain):
    """Counts."""

    name = "limericks"
    summary = "Counts."

    def records(self, corpora):
        return [Record("limericks", (f"There are {n} of them.", f"{n} and {n}."), "own") for n in range(400)]
'''
BEGIN = (
    *("train", "limericks", "--scratch", "--name", "mine", "--tokens", "120000", "--device", "cpu"),
    *("--hidden-size", "16", "--num-layers", "2", "--vocabulary-size", "280"),
)
RESUME = ("train", "--resume", "--name", "mine")


def make_home(path: Path) -> Path:
    (path / "plugins").mkdir(parents=True)
    (path / "plugins" / "limericks.py").write_text(LIMERICKS)
    return path


def start(home: Path, count: int) -> subprocess.Popen[str]:
    """Begin the run, or resume it once it is prepared."""
    arguments = RESUME if (home / "runs/mine/run.json").exists() else BEGIN
    return subprocess.Popen(
        [sys.executable, "-m", "tests.engine.trainee", str(count), *arguments],
        cwd=ROOT,
        env={**os.environ, "CHATLSTM_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(home: Path) -> None:
    _, errors = (ended := start(home, 0)).communicate()
    assert ended.returncode == 0, errors


def read_weights(home: Path) -> bytes:
    return (home / "checkpoints/mine/weights.safetensors").read_bytes()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give the weights of a run that nobody killed."""
    home = make_home(tmp_path_factory.mktemp("undisturbed"))
    finish(home)
    return read_weights(home)


@pytest.fixture(scope="module")
def home_of_finished_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = make_home(tmp_path_factory.mktemp("finished"))
    finish(home)
    return home


def kill_at_moments(home: Path, moments: Iterator[float]) -> int:
    """Kill KILLS times, each a while after training went on; count the kills that hit."""
    hits = 0
    for _ in range(KILLS):
        process = start(home, 0)
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("training"):
                break
        try:
            process.wait(next(moments))
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        hits += process.returncode == -signal.SIGKILL
    return hits


def test_killed_at_random_moments_it_ends_with_the_same_weights(undisturbed: bytes, tmp_path: Path) -> None:
    home, chance = make_home(tmp_path / "home"), random.Random(11)

    hits = kill_at_moments(home, iter(lambda: chance.uniform(0, 1.2), None))
    finish(home)

    print(f"{hits} of {KILLS} kills hit a run at work")
    assert hits > 0
    assert read_weights(home) == undisturbed


def test_killed_while_it_writes_it_ends_with_the_same_weights(undisturbed: bytes, tmp_path: Path) -> None:
    home, chance, hits = make_home(tmp_path / "0"), random.Random(12), 0

    while hits < KILLS:
        process = start(home, chance.randint(1, 40))
        process.communicate()
        hits += process.returncode == -signal.SIGKILL
        if process.returncode == 0:  # it came to its end between two kills; another begins
            assert read_weights(home) == undisturbed
            home = make_home(tmp_path / str(hits))
    finish(home)

    print(f"{hits} kills hit a file operation")
    assert read_weights(home) == undisturbed


# A finished run only saves its checkpoint again: three operations for the metrics, five for the
# new folder, the ninth sets the old one aside, the tenth puts the new one into its place.
@pytest.mark.parametrize("count", range(1, 15) if KILLS >= 50 else (5, 10))
def test_killed_while_the_checkpoint_is_replaced_the_old_or_the_new_one_is_there(
    count: int, undisturbed: bytes, home_of_finished_run: Path
) -> None:
    killed = start(home_of_finished_run, count)
    killed.communicate()

    found = find_checkpoint("mine", (home_of_finished_run / "checkpoints",))

    assert killed.returncode == -signal.SIGKILL
    check_files(found, read_config(found))
    assert read_weights(home_of_finished_run) == undisturbed

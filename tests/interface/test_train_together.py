"""``chatlstm train`` by several workers: in real processes, under a real torchrun where it matters."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chatlstm.engine.corpus import read_token_file
from chatlstm.engine.metrics import read_metrics
from tests.engine.crew import run_as_crew
from tests.house.source import ROOT
from tests.interface.conftest import Ended, Run
from tests.interface.limericks import LIMERICKS, SCRATCH, TINY

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")

TRAIN = ("train", "limericks", "--scratch", "--device", "cpu", *TINY)
SHORT = (*TRAIN, "--tokens", "3000", "--name", "mine")
LONG = (*TRAIN, "--tokens", "200000", "--name", "mine")
RESUME = "'torchrun --nproc-per-node 2 -m chatlstm train --resume --name mine' goes on from the last snapshot"


@pytest.fixture(autouse=True)
def limericks(home: Path) -> None:
    write_limericks(home)


def write_limericks(home: Path) -> None:
    (home / "plugins").mkdir(parents=True)
    (home / "plugins" / "limericks.py").write_text(LIMERICKS)


def run_together(*arguments: str, homes: tuple[Path | None, ...] = (None, None)) -> list[Ended]:
    ended = run_as_crew(("-m", "chatlstm", *arguments), homes)
    return [Ended(each.returncode, each.stdout, each.stderr) for each in ended]


def read_scores(home: Path) -> dict[int, float]:
    """Read the held-out loss by the tokens read before."""
    reports = read_metrics(home / "runs/mine/metrics.jsonl")
    return {report.tokens: report.validation["all"] for report in reports if report.validation}


def test_two_workers_make_the_checkpoint_of_one_and_the_first_one_tells(run: Run, home: Path) -> None:
    leader, follower = run_together(*SHORT)
    together = read_scores(home)
    run(*SHORT, "--overwrite")

    assert (leader.code, follower.code) == (0, 0), leader.err + follower.err
    assert leader.out.startswith("mine@") and "training 'mine' on limericks, from nothing by 2 workers" in leader.err
    assert (follower.out, follower.err) == ("", "")
    assert read_scores(home) == pytest.approx(together)


@contextmanager
def start_torchrun(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start a real torchrun of two workers, and give it once the first validation is told."""
    torchrun = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
    with subprocess.Popen(
        [sys.executable, *torchrun, "-m", "chatlstm", *arguments],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "held-out" in line:
                break
        yield process


def find_worker(torchrun: int, rank: int) -> int:
    """Find the process of one of torchrun's workers."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(torchrun)], capture_output=True, text=True, check=True
    )
    for pid in map(int, listed.stdout.split()):
        if f"\0RANK={rank}\0" in Path(f"/proc/{pid}/environ").read_text():
            return pid
    raise AssertionError(listed.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="finds the workers in /proc")
@pytest.mark.parametrize("rank", [0, 1])
def test_a_killed_worker_ends_the_run_with_one_sentence_and_one_process_goes_on(
    rank: int, run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with start_torchrun(*LONG) as process:
        os.kill(find_worker(process.pid, rank), signal.SIGKILL)
        _, errors = process.communicate()
    resumed = run("train", "--resume", "--name", "mine")
    monkeypatch.setenv("CHATLSTM_HOME", str(tmp_path / "undisturbed"))
    write_limericks(tmp_path / "undisturbed")
    run(*LONG)

    told, _, _ = errors.partition("] failed (exitcode")
    # either the other worker misses it first, or torchrun tells that one to end
    missed = r"another worker (?:ended or cannot be reached|or torchrun itself was ended)"
    assert re.search(f"Error: {missed}; {re.escape(RESUME)}\n", errors), errors
    assert "Traceback" not in told and errors.partition("ChildFailedError")[0].count("Error:") == 1, errors
    assert (process.returncode, resumed.code) == (1, 0)
    undisturbed = read_scores(tmp_path / "undisturbed")
    assert read_scores(home) == pytest.approx(undisturbed, rel=1e-4)


def test_when_torchrun_is_terminated_one_worker_tells_how_to_go_on(home: Path) -> None:
    with start_torchrun(*LONG) as process:
        process.terminate()
        _, errors = process.communicate()

    assert errors.count(f"Error: another worker or torchrun itself was ended; {RESUME}\n") == 1, errors
    assert (home / "runs/mine/snapshot.safetensors").exists()


def test_ctrl_c_is_told_once(home: Path) -> None:
    with start_torchrun(*LONG) as process:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()

    assert errors.count(f"stopped; {RESUME}\n") == 1, errors


def test_what_is_wrong_is_told_by_one(home: Path) -> None:
    leader, follower = run_together("train", "--resume")

    assert (leader.code, follower.code) == (3, 1)
    assert "no run to go on with; there is none" in leader.err
    assert follower.err == ""


def test_fewer_rows_than_workers_are_refused_before_anything_is_read(home: Path) -> None:
    ended = run_together(*SCRATCH, "--batch-size", "7", "--corpora", "broken")

    assert [each.code for each in ended] == [2, 1]
    told = "2 workers share the rows of a window, and with --batch-size 7 the first has 1; give at least 8"
    assert told in ended[0].err
    assert ended[1].err == ""


def test_a_machine_with_a_disk_of_its_own_gets_the_text_and_writes_nothing_else(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write_limericks(first)

    ended = run_together(*SHORT, homes=(first, second))
    again = run_together("train", "--resume", homes=(first, second))

    assert [each.code for each in (*ended, *again)] == [0] * 4, ended
    copied, written = (read_token_file(each / "runs/mine/tokens/train") for each in (second, first))
    assert copied.tokens.tolist() == written.tokens.tolist()
    assert sorted(path.name for path in (second / "runs/mine").iterdir()) == ["lock", "tokenizer.json", "tokens"]


@pytest.fixture
def shards(tmp_path: Path) -> tuple[str, ...]:
    arguments: tuple[str, ...] = ()
    for name in "abc":
        path = tmp_path / f"{name}.txt"
        path.write_text("\n\n".join(f"{name} {n}.\n{n} is {name}." for n in range(60)))
        arguments += ("--corpus", str(path))
    return arguments


def test_each_worker_reads_its_own_files_and_as_many_have_to_go_on(
    run: Run, home: Path, shards: tuple[str, ...]
) -> None:
    ended = run_together(*SHORT, "--shards", *shards)
    folder = home / "runs/mine"
    names = [read_token_file(each / "tokens/train").names for each in (folder, folder / "share-1-of-2")]
    refused = run("train", "--resume")

    assert [each.code for each in ended] == [0, 0], ended
    assert names == [("limericks/a.txt", "limericks/c.txt"), ("limericks/b.txt",)]
    assert ended[1].err == ""
    assert (refused.code, "'mine' has its text shared out for 2 workers, not for 1" in refused.err) == (2, True)


def test_a_single_process_with_shards_reads_all_files(run: Run, home: Path, shards: tuple[str, ...]) -> None:
    ended = run(*SHORT, "--shards", *shards)

    assert ended.code == 0
    assert len(read_token_file(home / "runs/mine/tokens/train").names) == 3


def test_a_worker_without_a_file_is_refused(shards: tuple[str, ...]) -> None:
    ended = run_together(*SHORT, "--shards", *shards[:2])

    assert "2 workers share 1 files" in ended[0].err + ended[1].err

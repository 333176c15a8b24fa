import json
import os
from pathlib import Path

import pytest

from chatlstm.engine.checkpoint import read_config
from tests.doubles import write_tiny_checkpoint
from tests.interface.conftest import Run
from tests.interface.limericks import LIMERICKS, SCRATCH


@pytest.fixture(autouse=True)
def limericks(home: Path) -> Path:
    path = home / "plugins" / "limericks.py"
    path.parent.mkdir()
    path.write_text(LIMERICKS)
    return path


@pytest.fixture
def starter(home: Path) -> Path:
    return write_tiny_checkpoint(home / "checkpoints" / "en")


@pytest.fixture
def own_text(tmp_path: Path) -> Path:
    path = tmp_path / "mine.txt"
    path.write_text("\n\n".join(f"Is it {n}?\nIt is {n}." for n in range(40)))
    return path


def test_from_nothing_it_makes_a_checkpoint_and_says_how_to_use_it(run: Run, home: Path) -> None:
    ended = run(*SCRATCH, "--name", "mine")
    config = read_config(home / "checkpoints" / "mine")

    assert (ended.code, config.domains, config.network.hidden_size) == (0, ("limericks",), 8)
    assert ended.out.startswith(f"{config.identity}: held-out ")
    assert ended.out.endswith("; talk to it: chatlstm --checkpoint mine\n")


def test_off_a_terminal_a_validation_is_one_plain_line(run: Run) -> None:
    ended = run(*SCRATCH)
    lines = [line for line in ended.err.splitlines() if "held-out" in line]

    assert len(lines) > 8
    assert all(" tokens: held-out bits/byte limericks " in line and "loss " in line for line in lines)
    assert "\x1b" not in ended.err


def test_the_run_keeps_its_curve_and_metrics(run: Run, home: Path) -> None:
    ended = run(*SCRATCH, "--name", "mine")
    folder = home / "runs" / "mine"

    assert (folder / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert f"learning curve: {folder / 'curve.png'}" in ended.err
    assert json.loads((folder / "metrics.jsonl").read_text().splitlines()[-1])["share"] == 1.0


def test_the_checkpoint_has_a_card(run: Run, home: Path) -> None:
    run(*SCRATCH, "--name", "mine")

    card = (home / "checkpoints" / "mine" / "README.md").read_text()
    assert card.startswith("# mine\n")
    assert "| limericks/own | its owner's |" in card


@pytest.mark.usefixtures("starter")
def test_by_default_it_tunes_the_starter(run: Run, home: Path) -> None:
    ended = run("train", "limericks", "--epochs", "1", "--name", "mine", "--device", "cpu")
    config = read_config(home / "checkpoints" / "mine")

    assert ended.code == 0, ended.err
    assert config.facts["start"] == read_config(home / "checkpoints" / "en").identity
    assert config.domains == ("dialogue", "limericks")
    assert (config.network.hidden_dropout, config.network.hidden_size) == (0.2, 16)
    assert "0 %, 0 tokens: held-out" in ended.err


@pytest.mark.usefixtures("starter")
def test_with_unlikelihood_the_weights_it_starts_from_are_no_outcome(run: Run, home: Path) -> None:
    ended = run("train", "limericks", "--unlikelihood", "0.5", "--epochs", "1", "--name", "mine", "--device", "cpu")
    config = read_config(home / "checkpoints" / "mine")

    assert ended.code == 0, ended.err
    assert "0 %, 0 tokens: held-out" not in ended.err
    assert "unlikelihood 0.5" in (home / "checkpoints" / "mine" / "README.md").read_text()
    assert isinstance(config.facts["steps"], int)
    assert config.facts["steps"] > 0


@pytest.mark.usefixtures("starter")
def test_a_person_s_own_text_is_read_in_the_plugin_s_place(run: Run, home: Path, own_text: Path) -> None:
    ended = run("train", "limericks", "--corpus", str(own_text), "--epochs", "1", "--device", "cpu")
    config = read_config(home / "checkpoints" / "my-limericks")

    assert config.facts["sources"] == ["limericks/mine.txt"]
    assert "one document in ten is held out" in ended.err


@pytest.mark.usefixtures("starter")
def test_the_end_tells_how_much_of_what_it_writes_is_copied(run: Run, home: Path) -> None:
    ended = run("train", "limericks", "--epochs", "1", "--name", "mine", "--device", "cpu")

    copied = read_config(home / "checkpoints" / "mine").facts["copied"]
    # random weights write nothing of length that stands anywhere
    assert isinstance(copied, dict) and copied["share"] == 0.0 and copied["longest"] < 8
    assert f"0.0% stands in the training text, {copied['longest']} tokens in a row at most" in ended.err


@pytest.mark.usefixtures("starter")
def test_a_single_document_is_validated_on_itself_and_that_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("A single line.")

    ended = run("train", "limericks", "--corpus", str(tmp_path / "one.txt"), "--epochs", "1")

    assert "tells nothing of new text" in ended.err


def test_a_plain_stack_has_no_residual_connections(run: Run, home: Path) -> None:
    run(*SCRATCH, "--plain", "--name", "mine")

    assert read_config(home / "checkpoints" / "mine").network.residual is False


def test_a_name_not_given_is_one_that_is_free(run: Run, home: Path) -> None:
    run(*SCRATCH)
    run(*SCRATCH)

    assert {path.name for path in (home / "checkpoints").iterdir()} == {"my-limericks", "my-limericks-2"}


def test_a_name_that_is_taken_is_refused(run: Run) -> None:
    run(*SCRATCH, "--name", "mine")
    ended = run(*SCRATCH, "--name", "mine")

    assert ended.code == 2
    assert "--resume goes on with it, --overwrite begins anew" in ended.err


def test_a_name_that_is_taken_can_be_overwritten(run: Run, home: Path) -> None:
    run(*SCRATCH, "--name", "mine")
    ended = run(*SCRATCH, "--name", "mine", "--overwrite", "--seed", "2")

    assert (ended.code, read_config(home / "checkpoints" / "mine").facts["seed"]) == (0, 2)


def test_a_finished_run_resumed_saves_its_checkpoint_again(run: Run, home: Path) -> None:
    run(*SCRATCH, "--name", "mine")
    weights = home / "checkpoints" / "mine" / "weights.safetensors"
    first = weights.read_bytes()
    weights.unlink()

    ended = run("train", "--resume")

    assert (ended.code, weights.read_bytes()) == (0, first)
    assert "training 'mine' on limericks, from nothing; 100 % done" in ended.err


def test_the_latest_run_is_resumed_where_none_is_named(run: Run, home: Path) -> None:
    run(*SCRATCH, "--name", "first")
    run(*SCRATCH, "--name", "second")
    os.utime(home / "runs" / "first" / "run.json", (1, 1))

    assert "training 'second'" in run("train", "--resume").err


REFUSED = [
    ((), 2, "name a PLUGIN to train"),
    (("sonnets", "--scratch"), 3, "no domain 'sonnets'; installed: "),
    (("limericks", "--scratch", "--from", "en"), 2, "--from or --scratch"),
    (("limericks", "--resume", "--overwrite"), 2, "--resume or --overwrite"),
    (("limericks", "--minutes", "1", "--tokens", "5"), 2, "--minutes, --tokens, --epochs: give one"),
    (("limericks", "story", "--corpus", "x.txt"), 2, "--corpus is for one PLUGIN"),
    (("limericks", "--hidden-size", "8"), 2, "a checkpoint keeps its sizes"),
    (("limericks", "--plain"), 2, "--plain goes with --scratch"),
    (("limericks", "--resume", "--plain"), 2, "--plain goes with --scratch"),
    (("limericks", "--scratch", "--name", "../x"), 2, "--name must be letters"),
    (("limericks", "--scratch", "--name", ""), 2, "--name must be letters"),
    (("limericks", "--from", "xy"), 3, "no checkpoint 'xy'"),
    (("limericks", "--language", "zh"), 2, "limericks has text in en only, not in zh"),
    (("limericks", "--scratch", "--corpus", "nowhere.txt"), 3, "no file nowhere.txt"),
    (("limericks", "--scratch", "--corpus", "nowhere/*.txt"), 3, "no file matches nowhere/*.txt"),
    (("limericks", "--scratch", "--corpora", "broken"), 1, "ZeroDivisionError: no such number"),
    (("limericks", "--scratch", "--corpora", "missing"), 2, "limericks.txt: is not there"),
    (("limericks", "--scratch", "--corpora", "empty"), 2, "brings no text to train on; give --corpus"),
    (("limericks", "--scratch", "--device", "warp"), 2, "no device 'warp' here"),
    (("--resume",), 3, "no run to go on with; there is none"),
    (("--resume", "--name", "mine"), 3, "no run 'mine' to go on with; there is none"),
    (("limericks", "--scratch", "--dropout", "1"), 2, "--dropout"),
]


@pytest.mark.parametrize(("arguments", "code", "sentence"), REFUSED)
def test_what_cannot_be_done_is_refused_with_a_sentence(
    arguments: tuple[str, ...], code: int, sentence: str, run: Run
) -> None:
    ended = run("train", *arguments)

    assert (ended.code, sentence in ended.err, ended.out) == (code, True, ""), ended.err

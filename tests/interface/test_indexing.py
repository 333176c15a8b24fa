"""The index of the training text: built with a checkpoint, carried over, and built later."""

import json
import shutil
from pathlib import Path

import pytest

from chatlstm.engine.checkpoint import add_origins, read_config, read_origins
from chatlstm.interface import indexing
from chatlstm.pipeline.origins import OriginIndex, build_index, pack_index, unpack_index
from chatlstm.pipeline.provenance import find_passages
from tests.doubles import write_tiny_checkpoint
from tests.interface.conftest import Run
from tests.interface.limericks import LIMERICKS, SCRATCH
from tests.interface.test_compress import keep_checkpoint

NUMBERS = '''
from chatlstm.plugin import Domain, read_records


class Numbers(Domain):
    name = "numbers"
    summary = "Tells the next number."

    def records(self, corpora):
        return read_records(corpora / "numbers.jsonl")

    def show(self, turn, language):
        if "31" in turn:
            raise KeyError("no number")
        return turn.replace("say", "I say")
'''


@pytest.fixture
def mine(home: Path, tiny_checkpoint: Path) -> Path:
    (home / "plugins").mkdir()
    (home / "plugins" / "numbers.py").write_text(NUMBERS)
    write_numbers(home / "corpora" / "numbers.jsonl", 30)
    return keep_checkpoint(home, tiny_checkpoint)


@pytest.fixture
def limericks(home: Path) -> None:
    (home / "plugins").mkdir()
    (home / "plugins" / "limericks.py").write_text(LIMERICKS)


def write_numbers(path: Path, count: int) -> None:
    path.parent.mkdir(exist_ok=True)
    records = (json.dumps({"prompt": f"say {n} now", "reply": f"say {n} then"}) for n in range(count))
    path.write_text("\n".join(records))


def read_index(folder: Path) -> OriginIndex:
    return unpack_index(read_origins(folder)[1])


def count(index: OriginIndex) -> dict[str, int]:
    return {name: len(held) for name, held in index.parts}


def test_it_is_built_from_what_the_plugins_train_on(run: Run, mine: Path) -> None:
    ended = run("checkpoints", "index", "mine")
    index = read_index(mine)
    # both turns of each record, but of those held out
    (held,) = count(index).values()

    assert (ended.code, list(count(index))) == (0, ["numbers/numbers.jsonl"]), ended.err
    assert 50 <= held <= 60 and held % 2 == 0
    assert ended.out.startswith(f"{read_config(mine).identity}: {held} fingerprints of 1 sources, 0.0 MB; not in it: ")
    assert "numbers/mine.txt; built in " in ended.out


def test_the_folder_of_the_corpora_can_be_named(run: Run, mine: Path, tmp_path: Path) -> None:
    write_numbers(tmp_path / "texts" / "numbers.jsonl", 5)
    run("checkpoints", "index", "mine", "--corpora", str(tmp_path / "texts"))

    assert sum(count(read_index(mine)).values()) <= 10


def test_a_turn_is_held_as_the_plugin_shows_it(run: Run, mine: Path) -> None:
    run("checkpoints", "index", "mine")

    assert any(find_passages(read_index(mine), f"I say {n} now").passages for n in range(3))


def test_a_plugin_that_fails_is_named(run: Run, mine: Path, home: Path) -> None:
    write_numbers(home / "corpora" / "numbers.jsonl", 40)
    ended = run("checkpoints", "index", "mine")

    assert (ended.code, "the plugin 'numbers' failed: KeyError('no number')" in ended.err) == (1, True)


def test_a_folder_that_cannot_be_written_is_told(run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: Path, content: bytes) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(indexing, "add_origins", refuse)
    ended = run("checkpoints", "index", "mine")

    assert (ended.code, f"{mine}: the index cannot be written: Permission denied" in ended.err) == (1, True)


def test_a_damaged_index_makes_a_checkpoint_a_broken_one(run: Run, mine: Path) -> None:
    run("checkpoints", "index", "mine")
    (mine / "origins.safetensors").write_bytes(b"")
    (state,) = [one["state"] for one in json.loads(run("checkpoints", "--json").out) if one["name"] == "mine"]

    assert state.startswith(f"broken: {mine / 'origins.safetensors'}: is damaged")


def test_a_compressed_checkpoint_has_the_index_of_the_first(run: Run, mine: Path) -> None:
    run("checkpoints", "index", "mine")
    run("checkpoints", "compress", "mine", "--as", "int8")

    assert read_origins(mine.parent / "mine-int8")[1] == read_origins(mine)[1]


def test_where_there_is_none_none_is_carried_over(run: Run, mine: Path) -> None:
    run("checkpoints", "compress", "mine", "--as", "int8")

    assert not (mine.parent / "mine-int8" / "origins.safetensors").exists()


@pytest.mark.usefixtures("limericks")
def test_training_builds_it(run: Run, home: Path) -> None:
    ended = run(*SCRATCH, "--name", "new")
    found = count(read_index(home / "checkpoints" / "new"))

    assert ended.code == 0 and sum(found.values()) > 0
    assert all(name.startswith("limericks/") for name in found)
    assert f": {sum(found.values())} fingerprints of 1 sources" in ended.err


@pytest.fixture
def own_text(tmp_path: Path) -> Path:
    path = tmp_path / "mine.txt"
    path.write_text("\n\n".join(f"Is it number {n}?\nIt is number {n}." for n in range(40)))
    return path


def tune(run: Run, own_text: Path) -> str:
    asked = ("train", "dialogue", "--corpus", str(own_text), "--epochs", "1", "--device", "cpu", "--name", "tuned")
    ended = run(*asked)
    assert ended.code == 0, ended.err
    return ended.err


def test_tuning_puts_the_new_text_behind_that_of_the_first_checkpoint(run: Run, home: Path, own_text: Path) -> None:
    starter = write_tiny_checkpoint(home / "checkpoints" / "en")
    add_origins(starter, pack_index(build_index([("dialogue/old", "In the old days it rained.")], "en")))
    tune(run, own_text)

    assert list(count(read_index(home / "checkpoints" / "tuned"))) == ["dialogue/old", "dialogue/mine.txt"]


def test_where_the_first_checkpoint_has_none_the_new_text_stands_alone(run: Run, home: Path, own_text: Path) -> None:
    write_tiny_checkpoint(home / "checkpoints" / "en")
    told = tune(run, own_text)

    assert "the index holds the new text alone: en@" in told
    assert list(count(read_index(home / "checkpoints" / "tuned"))) == ["dialogue/mine.txt"]


@pytest.mark.usefixtures("limericks")
def test_what_keeps_an_index_from_being_built_does_not_keep_the_checkpoint(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(indexing, "add_origins", refuse)
    ended = run(*SCRATCH, "--name", "new")

    assert (ended.code, "there is no index: " in ended.err) == (0, True)
    assert read_config(home / "checkpoints" / "new").facts["sources"]


def test_turns_of_a_plugin_that_is_gone_stand_as_they_are(run: Run, home: Path, own_text: Path) -> None:
    write_tiny_checkpoint(home / "checkpoints" / "en")
    tune(run, own_text)
    run_folder = home / "runs" / "tuned"
    path = run_folder / "tokens" / "train" / "index.json"
    path.write_text(path.read_text().replace("dialogue/", "gone/"))
    place = shutil.copytree(home / "checkpoints" / "en", home / "checkpoints" / "again")
    indexing.index_run(run_folder, place)

    assert list(count(read_index(place))) == ["gone/mine.txt"]


def test_a_text_that_was_shared_out_has_none(
    run: Run, home: Path, own_text: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tiny_checkpoint(home / "checkpoints" / "en")
    tune(run, own_text)
    path = home / "runs" / "tuned" / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "shards": 2}))
    indexing.index_run(home / "runs" / "tuned", home / "checkpoints" / "en")

    assert "there is no index for /origin: each worker read a share of the text" in capsys.readouterr().err

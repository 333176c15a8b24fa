"""``chatlstm checkpoints compress`` on a tiny checkpoint: what is made, told and refused."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chatlstm.engine.checkpoint import check_files, dump_config, read_config
from chatlstm.engine.encoding import Encoding
from tests.interface.conftest import Run

FACTS: dict[str, object] = {
    "bits_per_byte": {"all": 1.25},
    "sources": ["numbers/mine.txt"],
    "samples": "",
    "minutes": 1.0,
    "tokens": 1000,
    "epochs": 1.0,
    "steps": 10,
    "training": {},
    "held_out": "one in forty",
    "start": "",
    "date": "2026-01-31",
    "chatlstm": "0.1.0",
    "torch": "2.13.0",
}
NUMBERS = '''
from chatlstm.plugin import Domain, read_records


class Numbers(Domain):
    name = "numbers"
    summary = "Tells the next number."

    def records(self, corpora):
        return read_records(corpora / "numbers.jsonl")
'''


def keep_checkpoint(home: Path, tiny_checkpoint: Path, **changes: Any) -> Path:  # Any: fields of a config
    folder = shutil.copytree(tiny_checkpoint, home / "checkpoints" / "mine")
    config = replace(read_config(folder), **{"domains": ("numbers",), "facts": FACTS, **changes})
    (folder / "config.json").write_bytes(dump_config(config))
    return folder


@pytest.fixture
def mine(home: Path, tiny_checkpoint: Path) -> Path:
    """Put a checkpoint, its plugin and the plugin's text into the home."""
    (home / "plugins").mkdir()
    (home / "plugins" / "numbers.py").write_text(NUMBERS)
    (home / "corpora").mkdir()
    records = (json.dumps({"prompt": f"say {n:04}", "reply": f"say {n + 1:04}"}) for n in range(400))
    (home / "corpora" / "numbers.jsonl").write_text("\n".join(records))
    return keep_checkpoint(home, tiny_checkpoint)


def compress(run: Run, *arguments: str) -> dict[str, Any]:  # Any: JSON
    told: dict[str, Any] = json.loads(run("checkpoints", "compress", "mine", *arguments, "--json").out)
    return told


def test_without_a_way_all_that_need_no_training_are_made(run: Run, mine: Path) -> None:
    rows = compress(run)["rows"]

    assert [(row["checkpoint"], row["weights"], row["layers"]) for row in rows] == [
        ("mine", "float16", "2 x 16"),
        ("mine-int8", "int8", "2 x 16"),
        ("mine-low-rank", "low-rank 8", "2 x 16"),
    ]
    assert sorted(path.name for path in mine.parent.iterdir()) == [row["checkpoint"] for row in rows]


def test_a_row_tells_the_bytes_on_the_disk_and_the_loss_by_domain(run: Run, mine: Path) -> None:
    for row in compress(run)["rows"]:
        assert row["bytes"] == (mine.parent / row["checkpoint"] / "weights.safetensors").stat().st_size
        assert row["bits_per_byte"].keys() == {"numbers", "all"}
        assert row["tokens_per_second"] > 0


def test_an_untrained_network_loses_next_to_nothing_by_bytes(run: Run, mine: Path) -> None:
    before, after = (row["bits_per_byte"]["all"] for row in compress(run, "--as", "int8")["rows"])

    assert after == pytest.approx(before, rel=0.01)


def test_what_was_made_is_whole_and_can_be_loaded(run: Run, mine: Path) -> None:
    compress(run)
    made = mine.with_name("mine-low-rank")
    check_files(made, read_config(made))

    assert read_config(made).encoding == Encoding("low-rank", 8)
    assert run("generate", "numbers", "say 0012", "--checkpoint", "mine-low-rank").code == 0


def test_the_card_tells_what_it_came_from_and_what_it_lost(run: Run, mine: Path) -> None:
    compress(run, "--as", "int8", "--name", "small")
    card = (mine.parent / "small" / "README.md").read_text("utf-8")

    assert card.startswith("# small\n")
    assert f"Its weights are those of `{read_config(mine).identity}`, stored as bytes" in card
    assert "| numbers | " in card


def test_the_table_has_a_line_a_checkpoint(run: Run, mine: Path) -> None:
    ended = run("checkpoints", "compress", "mine", "--as", "low-rank", "--rank", "3")

    head, *lines = (line.split() for line in ended.out.splitlines())
    assert head == ["checkpoint", "weights", "layers", "MB", "tokens/s", "in", "float32", "numbers", "all"]
    assert [line[:3] for line in lines] == [["mine", "float16", "2"], ["mine-low-rank", "low-rank", "3"]]
    assert "bits per byte are of held-out records" in ended.err


def test_bytes_become_halves_again(run: Run, mine: Path) -> None:
    compress(run, "--as", "int8")
    ended = run("checkpoints", "compress", "mine-int8", "--as", "half", "--name", "back")

    assert (ended.code, read_config(mine.with_name("back")).encoding.kind) == (0, "float16")


def test_a_compressed_one_may_be_made_anew(run: Run, mine: Path) -> None:
    compress(run, "--as", "int8")

    assert run("checkpoints", "compress", "mine", "--as", "int8").code == 0


def test_without_downloaded_texts_the_project_s_own_is_measured_on(run: Run, mine: Path, home: Path) -> None:
    (home / "corpora" / "numbers.jsonl").unlink()
    (mine / "config.json").write_bytes(dump_config(replace(read_config(mine), domains=("numbers", "dialogue"))))
    told = compress(run, "--as", "int8")

    assert told["text"].startswith("the project's own text")
    assert told["rows"][0]["bits_per_byte"].keys() == {"dialogue", "all"}
    card = (mine.parent / "mine-int8" / "README.md").read_text("utf-8")
    assert "these figures are of the project's own text" in card


def test_without_any_text_it_is_told(run: Run, home: Path, tiny_checkpoint: Path) -> None:
    keep_checkpoint(home, tiny_checkpoint, domains=("sonnets",))
    ended = run("checkpoints", "compress", "mine")

    assert (ended.code, "no text to measure 'mine' on; --corpora FOLDER" in ended.err) == (3, True)


def test_a_folder_that_was_named_must_hold_the_texts(run: Run, mine: Path, tmp_path: Path) -> None:
    ended = run("checkpoints", "compress", "mine", "--corpora", str(tmp_path / "none"))

    assert (ended.code, f"no file {tmp_path / 'none'}" in ended.err) == (3, True)


def train(run: Run, folder: Path, *arguments: str) -> None:
    """Train on so few notes that one in ten is held out."""
    notes = folder / "notes.txt"
    notes.write_text("\n\n".join(f"one {n}" for n in range(30)))
    assert run("train", "numbers", "--corpus", str(notes), "--tokens", "500", *arguments).code == 0


def test_a_checkpoint_is_measured_on_what_its_own_run_held_out(run: Run, mine: Path, tmp_path: Path) -> None:
    train(run, tmp_path, "--from", "mine", "--name", "tuned")
    told = json.loads(run("checkpoints", "compress", "tuned", "--as", "int8", "--json").out)

    config = read_config(mine.with_name("tuned"))
    assert config.facts["held_out"] == "one in ten"
    assert told["rows"][0]["bits_per_byte"] == pytest.approx(config.facts["bits_per_byte"], rel=1e-3)


def test_a_run_that_made_another_checkpoint_of_that_name_is_passed_over(run: Run, mine: Path, tmp_path: Path) -> None:
    shutil.copytree(mine, tmp_path / "kept")
    train(run, tmp_path, "--scratch", "--name", "mine", "--hidden-size", "8")
    shutil.rmtree(mine)
    shutil.copytree(tmp_path / "kept", mine)
    compress(run, "--as", "int8")

    assert read_config(mine.with_name("mine-int8")).facts["held_out"] == "one in forty"


TAUGHT = ("--as", "distilled", "--minutes", "0.003", "--hidden-size", "8", "--num-layers", "1")


def test_a_smaller_network_is_taught(run: Run, mine: Path) -> None:
    rows = compress(run, *TAUGHT)["rows"]

    assert [(row["checkpoint"], row["layers"]) for row in rows] == [("mine", "2 x 16"), ("mine-distilled", "1 x 8")]
    card = (mine.parent / "mine-distilled" / "README.md").read_text("utf-8")
    assert f"It was cut out of `{read_config(mine).identity}` and taught by it" in card


def test_one_that_was_taught_before_has_its_line_in_the_table(run: Run, mine: Path) -> None:
    compress(run, *TAUGHT)
    rows = compress(run)["rows"]

    assert (rows[-1]["checkpoint"], rows[-1]["layers"]) == ("mine-distilled", "1 x 8")


def test_a_student_is_smaller_by_a_layer_and_a_quarter_of_the_units(run: Run, mine: Path) -> None:
    rows = compress(run, "--as", "distilled", "--minutes", "0.003")["rows"]

    assert rows[1]["layers"] == "1 x 12"


def test_a_run_of_that_name_is_not_begun_anew(run: Run, mine: Path) -> None:
    compress(run, *TAUGHT)
    ended = run("checkpoints", "compress", "mine", *TAUGHT)

    assert (ended.code, "chatlstm train --resume --name mine-distilled" in ended.err) == (2, True)


def test_ctrl_c_stops_teaching(run: Run, mine: Path, home: Path) -> None:
    plugin = home / "plugins" / "numbers.py"
    plugin.write_text(NUMBERS.replace("return read_records", "raise KeyboardInterrupt\n        return read_records"))
    ended = run("checkpoints", "compress", "mine", *TAUGHT)

    assert (ended.code, ended.out, mine.with_name("mine-distilled").exists()) == (130, "", False)


def test_a_student_larger_than_its_teacher_is_refused(run: Run, mine: Path) -> None:
    ended = run("checkpoints", "compress", "mine", "--as", "distilled", "--num-layers", "3")

    assert (ended.code, "--num-layers must be at most its teacher's 2, got 3" in ended.err) == (2, True)


def test_a_name_that_is_taken_is_refused(run: Run, mine: Path) -> None:
    shutil.copytree(mine, mine.with_name("mine-int8"))
    ended = run("checkpoints", "compress", "mine")

    assert (ended.code, "there is a checkpoint 'mine-int8' already" in ended.err) == (2, True)


def test_a_checkpoint_that_tells_nothing_of_itself_is_refused(run: Run, mine: Path) -> None:
    (mine / "config.json").write_bytes(dump_config(replace(read_config(mine), facts={})))
    ended = run("checkpoints", "compress", "mine", "--as", "int8")

    assert (ended.code, "tells no 'sources', which a model card needs" in ended.err) == (3, True)


CONTRADICTIONS = (
    (("--as", "int8", "--rank", "3"), "--rank goes with"),
    (("--name", "small"), "--name goes with"),
    (("--as", "int8", "--name", "../x"), "--name must be letters"),
    (("--as", "int8", "--minutes", "3"), "go with --as distilled"),
)


@pytest.mark.parametrize(("arguments", "said"), CONTRADICTIONS)
def test_what_does_not_go_together_is_refused(run: Run, mine: Path, arguments: tuple[str, ...], said: str) -> None:
    ended = run("checkpoints", "compress", "mine", *arguments)

    assert (ended.code, said in ended.err) == (2, True)

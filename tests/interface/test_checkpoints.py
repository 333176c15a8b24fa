"""``chatlstm checkpoints``: listed after a check, shown with their card, deleted with care."""

import io
import json
import shutil
from pathlib import Path

import pytest

from chatlstm.interface import assemble
from chatlstm.interface import checkpoints as commands
from tests.interface.conftest import Run, TypedInput


@pytest.fixture
def mine(home: Path, tiny_checkpoint: Path) -> Path:
    """Put a checkpoint of one's own into the home."""
    return shutil.copytree(tiny_checkpoint, home / "checkpoints" / "mine")


@pytest.fixture
def shipped(tmp_path: Path, tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ship one checkpoint alone, called ``en``."""
    folder = tmp_path / "shipped"
    monkeypatch.setattr(assemble, "SHIPPED_CHECKPOINTS", folder)
    monkeypatch.setattr(commands, "SHIPPED_CHECKPOINTS", folder)
    return shutil.copytree(tiny_checkpoint, folder / "en")


def list_states(run: Run) -> dict[str, str]:
    return {one["name"]: one["state"] for one in json.loads(run("checkpoints", "--json").out)}


def test_own_and_shipped_ones_are_listed(run: Run, mine: Path, shipped: Path) -> None:
    assert list_states(run) == {"en": "working", "mine": "working"}


def test_the_table_tells_where_each_is_from(run: Run, mine: Path, shipped: Path) -> None:
    _, en, own = (line.split() for line in run("checkpoints").out.splitlines())

    assert (en[0], en[-2], own[0], own[-2]) == ("en", "ChatLSTM", "mine", str(mine.parent))


def test_without_any_a_notice_tells_how_to_train_one(run: Run, shipped: Path) -> None:
    shutil.rmtree(shipped)

    ended = run("checkpoints")

    assert (ended.code, ended.out) == (0, "")
    assert "chatlstm train" in ended.err


def test_a_changed_file_is_seen(run: Run, mine: Path, shipped: Path) -> None:
    (mine / "tokenizer.json").write_text("{}")

    assert list_states(run)["mine"].startswith(f"broken: {mine / 'tokenizer.json'}: is damaged")


def test_an_unreadable_config_is_seen(run: Run, mine: Path, shipped: Path) -> None:
    (mine / "config.json").write_text("{")

    assert list_states(run)["mine"].startswith(f"broken: {mine / 'config.json'}: is not the config")


def test_one_is_shown_with_its_card(run: Run, mine: Path) -> None:
    out = run("checkpoints", "show", "mine").out

    assert "domains   dialogue\n" in out
    assert out.endswith("\n# A tiny checkpoint\n")


def test_one_without_a_card_is_shown(run: Run, mine: Path) -> None:
    (mine / "README.md").unlink()

    assert run("checkpoints", "show", "mine").out.endswith("\nIt has no model card.\n")


def test_one_is_shown_as_json(run: Run, mine: Path) -> None:
    told = json.loads(run("checkpoints", "show", "mine", "--json").out)

    assert (told["network"]["hidden_size"], told["card"]) == (16, "# A tiny checkpoint\n")


def test_an_unknown_one_ends_with_3(run: Run) -> None:
    assert run("checkpoints", "show", "nowhere").code == 3


def test_yes_deletes_it_whole(run: Run, mine: Path) -> None:
    ended = run("checkpoints", "delete", "mine", "--yes")

    assert (ended.code, list(mine.parent.iterdir())) == (0, [])


def test_an_older_one_left_aside_is_deleted_too(run: Run, mine: Path) -> None:
    shutil.copytree(mine, mine.with_name(".mine.old"))

    run("checkpoints", "delete", "mine", "--yes")

    assert (list(mine.parent.iterdir()), "mine" in list_states(run)) == ([], False)


def test_one_whose_writer_was_killed_is_deleted_where_it_stepped_aside(
    run: Run, mine: Path
) -> None:
    mine.rename(mine.with_name(".mine.old"))

    ended = run("checkpoints", "delete", "mine", "--yes")

    assert (ended.code, list(mine.parent.iterdir())) == (0, [])


def test_a_damaged_one_can_be_deleted(run: Run, mine: Path) -> None:
    (mine / "config.json").unlink()

    run("checkpoints", "delete", "mine", "--yes")

    assert not mine.exists()


def test_off_a_terminal_it_needs_yes(run: Run, mine: Path) -> None:
    ended = run("checkpoints", "delete", "mine")

    assert (ended.code, mine.exists()) == (2, True)
    assert "add --yes" in ended.err


@pytest.mark.parametrize(
    ("typed", "code", "left"), [(b"y\n", 0, False), (b"n\n", 130, True), (b"", 130, True)]
)
def test_on_a_terminal_it_asks(run: Run, mine: Path, typed: bytes, code: int, left: bool) -> None:
    ended = run("checkpoints", "delete", "mine", stdin=TypedInput(typed))

    assert (ended.code, mine.exists()) == (code, left)
    assert "for good?" in ended.err


def test_behind_a_link_nothing_is_deleted(run: Run, mine: Path, tiny_checkpoint: Path) -> None:
    link = mine.with_name("link")
    link.symlink_to(tiny_checkpoint)

    run("checkpoints", "delete", "link", "--yes")

    assert (link.is_symlink(), (tiny_checkpoint / "config.json").exists()) == (False, True)


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "/tmp", ".hidden"])
def test_a_path_is_no_name(run: Run, mine: Path, name: str) -> None:
    ended = run("checkpoints", "delete", name, "--yes", stdin=io.BytesIO())

    assert (ended.code, mine.exists()) == (2, True)


def test_a_shipped_one_stays(run: Run, shipped: Path) -> None:
    ended = run("checkpoints", "delete", "en", "--yes")

    assert (ended.code, shipped.exists()) == (2, True)
    assert "came with ChatLSTM" in ended.err


def test_deleting_what_is_not_there_ends_with_3(run: Run, mine: Path) -> None:
    ended = run("checkpoints", "delete", "nowhere", "--yes")

    assert (ended.code, "there is mine" in ended.err) == (3, True)

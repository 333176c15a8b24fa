import os
from pathlib import Path

import pytest

from chatlstm.engine.checkpoint import find_checkpoint, list_checkpoints
from chatlstm.engine.files import (
    recover_folder,
    remove_folder,
    remove_leftovers,
    write_folder_whole,
    write_whole,
)
from tests.doubles import write_tiny_checkpoint


def fill_with(text: str, folder: Path) -> None:
    (folder / "text").write_text(text)


def write_folder(path: Path, text: str) -> None:
    write_folder_whole(path, lambda folder: fill_with(text, folder))


def test_a_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")

    write_whole(tmp_path / "file", b"new")

    assert (tmp_path / "file").read_bytes() == b"new"


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()

    with pytest.raises(OSError):
        write_whole(tmp_path / "file", b"new")

    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_system_that_opens_no_folders_still_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_DIRECTORY")

    write_whole(tmp_path / "file", b"new")

    assert (tmp_path / "file").read_bytes() == b"new"


def test_a_folder_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_folder(tmp_path / "folder", "old")
    write_folder(tmp_path / "folder", "new")

    assert (tmp_path / "folder" / "text").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_folder_whose_filling_fails_stays_as_it_was(tmp_path: Path) -> None:
    write_folder(tmp_path / "folder", "old")

    def fail(folder: Path) -> None:
        fill_with("half", folder)
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_folder_whole(tmp_path / "folder", fail)

    assert (tmp_path / "folder" / "text").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def set_aside(path: Path) -> Path:
    """Leave a folder as a writer does that is killed between its two renames."""
    return path.rename(path.with_name(f".{path.name}.old"))


def test_a_folder_left_aside_by_a_killed_writer_comes_back(tmp_path: Path) -> None:
    write_folder(tmp_path / "folder", "old")
    set_aside(tmp_path / "folder")

    recover_folder(tmp_path / "folder")

    assert (tmp_path / "folder" / "text").read_text() == "old"


def test_a_folder_left_aside_comes_back_when_the_next_write_fails(tmp_path: Path) -> None:
    write_folder(tmp_path / "folder", "old")
    set_aside(tmp_path / "folder")

    def fail(_: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_folder_whole(tmp_path / "folder", fail)

    assert (tmp_path / "folder" / "text").read_text() == "old"


def test_what_a_writer_killed_at_the_very_end_left_aside_is_dropped(tmp_path: Path) -> None:
    write_folder(tmp_path / "folder", "older")
    set_aside(tmp_path / "folder")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "text").write_text("old")

    write_folder(tmp_path / "folder", "new")

    assert (tmp_path / "folder" / "text").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_folder_that_cannot_be_brought_back_is_left_aside(tmp_path: Path) -> None:
    write_folder(tmp_path / "folder", "old")
    aside = set_aside(tmp_path / "folder")
    (tmp_path / "folder").symlink_to(tmp_path / "nowhere")

    recover_folder(tmp_path / "folder")

    assert aside.exists()


def test_a_checkpoint_left_aside_is_found(tmp_path: Path) -> None:
    path = write_tiny_checkpoint(tmp_path / "mine")
    set_aside(path)

    assert find_checkpoint("mine", (tmp_path,)) == path


def test_a_checkpoint_left_aside_is_listed(tmp_path: Path) -> None:
    path = write_tiny_checkpoint(tmp_path / "mine")
    set_aside(path)

    assert list_checkpoints((tmp_path,)) == [path]


def test_the_next_write_removes_what_a_killed_writer_began_and_nothing_of_others(tmp_path: Path) -> None:
    (tmp_path / ".folder.1.part").mkdir()
    (tmp_path / ".other.1.part").mkdir()

    write_folder(tmp_path / "folder", "new")

    assert {path.name for path in tmp_path.iterdir()} == {"folder", ".other.1.part"}


def test_leftovers_of_killed_writers_are_removed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / ".file.1.part").write_bytes(b"half")
    (tmp_path / ".folder.1.part").mkdir()
    (tmp_path / "file").write_bytes(b"whole")

    remove_leftovers(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_folder_is_removed_with_what_lay_aside(tmp_path: Path) -> None:
    write_folder(tmp_path / "folder", "new")
    write_folder(tmp_path / ".folder.old", "old")

    remove_folder(tmp_path / "folder")
    recover_folder(tmp_path / "folder")

    assert list(tmp_path.iterdir()) == []


def test_a_folder_half_removed_does_not_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_tiny_checkpoint(tmp_path / "mine")

    def stop(path: Path, ignore_errors: bool = False) -> None:
        if path.exists():
            raise KeyboardInterrupt

    monkeypatch.setattr("chatlstm.engine.files.shutil.rmtree", stop)
    with pytest.raises(KeyboardInterrupt):
        remove_folder(folder)

    assert list_checkpoints((tmp_path,)) == []

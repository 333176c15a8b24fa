"""Files written whole: a reader sees the old one or the new one, never a part."""

import glob
import os
import shutil
from collections.abc import Callable
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step that survives a crash.

    Args:
        path: The file; its folder exists.
        content: What it shall hold.

    Raises:
        OSError: The disk is full or the folder cannot be written; the old file stands.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def write_folder_whole(path: Path, fill: Callable[[Path], None]) -> None:
    """Replace a folder: filled under another name, then renamed into place. One writer at a time.

    A folder cannot be renamed onto a full one, so the old one first steps aside. Should the
    writer be killed just then, ``recover_folder`` brings the old one back.

    Args:
        path: The folder; an old one of that name is removed after the new one is complete.
        fill: Writes the files into the folder it is given.

    Raises:
        OSError: The disk is full or the parent cannot be written; the old folder stands.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    recover_folder(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    remove_leftovers(path.parent, name=path.name)
    try:
        temporary.mkdir()
        fill(temporary)
        for file in temporary.iterdir():
            with file.open("rb+") as handle:
                os.fsync(handle.fileno())
        _sync_folder(temporary)
        _swap_folder(path, temporary)
    finally:
        recover_folder(path)
        shutil.rmtree(temporary, ignore_errors=True)
    shutil.rmtree(_aside(path), ignore_errors=True)
    _sync_folder(path.parent)


def recover_folder(path: Path) -> None:
    """Bring back a folder whose writer was killed while the old one had stepped aside.

    Args:
        path: The folder; nothing happens when it is there, or when nothing lies aside.
    """
    if path.exists() or not _aside(path).exists():
        return
    try:
        _aside(path).rename(path)
    except OSError:  # another reader was first, or may not write here
        return


def remove_folder(path: Path) -> None:
    """Remove a folder in one step, with the older one that a killed writer may have left aside.

    Args:
        path: The folder; it is there.

    Raises:
        OSError: The parent cannot be written.
    """
    shutil.rmtree(_aside(path), ignore_errors=True)  # or recover_folder would bring it back
    gone = path.with_name(f".{path.name}.{os.getpid()}.part")  # no list shows half of it
    path.rename(gone)
    shutil.rmtree(gone)


def recover_folders(parent: Path) -> None:
    """Bring back every folder below ``parent`` that stepped aside, before they are listed."""
    for aside in parent.glob(".*.old"):
        recover_folder(parent / aside.name[1 : -len(".old")])


def remove_leftovers(folder: Path, *, name: str | None = None) -> None:
    """Remove what killed writers began; only where no other writer is at work.

    Args:
        folder: Where they wrote.
        name: Of the file or folder they meant to write; any if not given.
    """
    for leftover in folder.glob(".*.part" if name is None else f".{glob.escape(name)}.*.part"):
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name}.old")


def _swap_folder(path: Path, complete: Path) -> None:
    if path.exists():
        shutil.rmtree(_aside(path), ignore_errors=True)  # left by a writer killed at the very end
        path.rename(_aside(path))
    complete.rename(path)


def _sync_folder(folder: Path) -> None:
    """Make a rename durable."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows has no way to open a folder and needs none
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

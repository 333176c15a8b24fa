"""Files written whole: a reader sees the old one or the new one, never a part."""

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
    """Replace a folder: filled under another name, then renamed into place.

    Args:
        path: The folder; an old one of that name is removed after the new one is complete.
        fill: Writes the files into the folder it is given.

    Raises:
        OSError: The disk is full or the parent cannot be written; the old folder stands.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    old = path.with_name(f".{path.name}.{os.getpid()}.old")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    try:
        fill(temporary)
        for file in temporary.iterdir():
            with file.open("rb") as handle:
                os.fsync(handle.fileno())
        if path.exists():
            path.rename(old)
        temporary.rename(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename durable; Windows has no way to open a folder and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Bringing the text of a prepared run to the other machines that train on it."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

from chatlstm.engine.run import START, lock_run
from chatlstm.engine.workers import Workers

CHUNK_BYTES = 2**26


def mirror_text(folder: Path, workers: Workers) -> None:
    """Wait until the leading worker has prepared a run, and copy its text to machines without it.

    The first worker of each machine compares and writes. A machine that shares the leader's disk,
    or has the text from before, copies nothing.

    Args:
        folder: The run's folder; on every machine its own, or the same.
        workers: Who trains.

    Raises:
        MisuseError: A machine that lacks the text is training another run of this name.
        OSError: Its disk is full.
    """
    mine = [str(path.relative_to(folder)) for path in _list_text(folder)] if workers.leads else []
    names = workers.share(mine)
    if workers.count == workers.local_count:
        return
    digest = hash_files(folder, names) if workers.local_rank == 0 else ""
    lacks = digest not in ("", workers.share(digest))
    if not workers.add_numbers([float(lacks)])[0]:
        return
    with lock_run(folder) if lacks else nullcontext():
        for name in names:
            _send_file(folder / name, workers, keep=lacks)


def hash_files(folder: Path, names: Sequence[str]) -> str:
    """Hash names and contents of files; one that is not there counts as empty."""
    digest = hashlib.blake2b(digest_size=16)
    for name in names:
        digest.update(f"\0{name}\0".encode())
        for chunk in _read_chunks(folder / name):
            digest.update(chunk)
    return digest.hexdigest()


def _list_text(folder: Path) -> list[Path]:
    tokens = sorted(path for path in (folder / "tokens").rglob("*") if path.is_file())
    start = [folder / START] if (folder / START).exists() else []  # it may teach
    return [folder / "tokenizer.json", *start, *tokens]


def _send_file(path: Path, workers: Workers, *, keep: bool) -> None:
    """Send the leading worker's file to all, a chunk at a time; who lacks it keeps it."""
    chunks = _read_chunks(path) if workers.leads else iter(())
    if keep:
        path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") if keep else nullcontext() as file:
        while chunk := workers.share_bytes(next(chunks, b"")):
            if file is not None:
                file.write(chunk)


def _read_chunks(path: Path) -> Iterator[bytes]:
    if not path.is_file():
        return
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk

"""Training text as token files: written once, read through memory maps."""

import hashlib
import json
import mmap
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chatlstm.errors import CheckpointError
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import TURN, Tokenizer

TRAIN, VALIDATION, TEST = "train", "validation", "test"
CHARACTERS_AT_ONCE = 2**20
RECORD_COST = 256  # characters that a record counts beyond its text, for what it takes in memory
RECORDS_TO_RELEASE = 128  # each read by chance may bring 64 KiB of each file into memory
SAMPLE_BYTES = 96 * 2**20
TURN_COST = 64  # bytes that a turn of a sample counts beyond its text


def choose_split(record: Record) -> str:
    """Tell which part a record belongs to, by the hash of its document or, without one, its text.

    One in forty is for validation, one in forty held out for tests. The same text falls on the
    same side whatever else is trained on.

    Returns:
        ``"train"``, ``"validation"`` or ``"test"``.

    Example:
        >>> choose_split(Record("dialogue", ("Hello.", "Hi.")))
        'train'
    """
    return {0: TEST, 1: VALIDATION}.get(_hash_bucket(_name_document(record)), TRAIN)


def hold_out_tenth(records: Iterable[Record]) -> Callable[[Record], str]:
    """Split a text too small for ``choose_split``: a tenth of its documents validates, none tests.

    What ``choose_split`` holds out is held out first. A single document is all trained on.

    Args:
        records: All the records there are.

    Returns:
        A function that tells ``"train"`` or ``"validation"`` for each of them.

    Example:
        >>> records = [Record("dialogue", (word,)) for word in ("One.", "Two.", "Three.")]
        >>> sorted(map(hold_out_tenth(records), records))
        ['train', 'train', 'validation']
    """
    names = {_name_document(record) for record in records}
    ordered = sorted(names, key=lambda name: (_hash_bucket(name), name))
    held_out = set(ordered[: max(1, len(ordered) // 10)]) if len(ordered) > 1 else set()
    return lambda record: VALIDATION if _name_document(record) in held_out else TRAIN


def sample_texts(records: Iterable[Record], *, size: int = SAMPLE_BYTES) -> tuple[Iterator[str], int]:
    """Take turns evenly spread over a text of any length, to learn a vocabulary from.

    Args:
        records: The whole text; read once.
        size: Bytes of memory the sample takes at most; where all fits, all is taken.

    Returns:
        The turns, and which of all they are: every first, second, fourth and so on.

    Example:
        >>> turns, step = sample_texts([Record("story", (f"Tale {n}.",)) for n in range(9)], size=240)
        >>> (list(turns), step)
        (['Tale 0.', 'Tale 4.', 'Tale 8.'], 4)
    """
    kept: list[bytes] = []  # UTF-8 takes half the room of a str with one rare sign in it
    held, step = 0, 1
    for number, text in enumerate(text for record in records for text in record.turns):
        if number % step:
            continue
        kept.append(text.encode())
        held += TURN_COST + len(kept[-1])
        while held > size and len(kept) > 1:
            kept, step = kept[::2], 2 * step
            held = sum(map(len, kept)) + TURN_COST * len(kept)
    return (text.decode() for text in kept), step


def _name_document(record: Record) -> str:
    return record.document or "\0".join(record.turns)


def _hash_bucket(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big") % 40


@dataclass(frozen=True)
class TokenFile:
    """Laid-out records, one after the other.

    Args:
        tokens: All token ids, shape ``(tokens,)``.
        starts: Where each record starts, and the end of the last, shape ``(records + 1,)``.
        weights: How often an epoch shows each record, shape ``(records,)``.
        sources: Index into ``names`` for each record, shape ``(records,)``.
        names: ``domain/source`` names.
    """

    tokens: NDArray[np.uint16]
    starts: NDArray[np.int64]
    weights: NDArray[np.float32]
    sources: NDArray[np.int32]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.weights)

    def record(self, number: int) -> NDArray[np.uint16]:
        """Give the token ids of one record."""
        return self.tokens[self.starts[number] : self.starts[number + 1]]

    def release(self) -> None:
        """Give back the memory of what was read; a run through all the text would fill it."""
        for values in (self.tokens, self.starts, self.weights, self.sources):
            release_mapped(values)

    def select(self, domain: str) -> NDArray[np.int64]:
        """Give the numbers of the records of one domain."""
        wanted = [n for n, name in enumerate(self.names) if name.partition("/")[0] == domain]
        return np.flatnonzero(np.isin(self.sources, wanted))


def release_mapped(values: NDArray[np.generic]) -> None:
    """Give back the memory of what was read of a mapped file; it can be read again.

    Args:
        values: All of the file; what lies in memory alone stays there.
    """
    base: object = values.base
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):  # Windows needs none
        base.madvise(mmap.MADV_DONTNEED)


def write_token_files(
    records: Iterable[Record],
    tokenizer: Tokenizer,
    folder: Path,
    *,
    split: Callable[[Record], str] = choose_split,
) -> dict[str, int]:
    """Lay out records and write a token file for each split.

    Args:
        records: What to write; read once, a million characters at a time.
        tokenizer: Cuts the text; at most 65,536 tokens.
        folder: Where the files go; it is made.
        split: Tells the part a record belongs to.

    Returns:
        Number of tokens a split.

    Raises:
        ValueError: The vocabulary does not fit 16 bits.
        OSError: The disk is full or the folder cannot be written.
    """
    if tokenizer.vocabulary_size > 2**16:
        raise ValueError(f"token files hold 65,536 tokens at most, got {tokenizer.vocabulary_size}")
    with ExitStack() as stack:
        writers = {part: _Writer(folder / part, stack) for part in (TRAIN, VALIDATION, TEST)}
        for batch in _batch(records):
            for record, token_ids in zip(batch, tokenizer.encode_records(batch), strict=True):
                writers[split(record)].add(record, token_ids)
    return {part: writer.write_index() for part, writer in writers.items()}


def lay_out_records(records: Sequence[Record], tokenizer: Tokenizer) -> TokenFile:
    """Lay out a few records in memory, such as those held out to measure on.

    Args:
        records: At least one.
        tokenizer: Cuts the text; at most 65,536 tokens.

    Returns:
        The same as ``write_token_files`` and ``read_token_file`` give for them.
    """
    laid_out = [np.array(ids, np.uint16) for ids in tokenizer.encode_records(records)]
    named = [f"{record.domain}/{record.source}" for record in records]
    names = {name: number for number, name in enumerate(dict.fromkeys(named))}
    return TokenFile(
        tokens=np.concatenate(laid_out),
        starts=np.cumsum([0, *map(len, laid_out)]),
        weights=np.array([record.weight for record in records], np.float32),
        sources=np.array([names[name] for name in named], np.int32),
        names=tuple(names),
    )


def read_token_file(folder: Path) -> TokenFile:
    """Map a token file that ``write_token_files`` wrote; nothing is read before it is used.

    Raises:
        CheckpointError: A file of it is missing or damaged.
    """
    try:
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        starts = np.load(folder / "starts.npy", "r")
        # an empty file cannot be mapped
        tokens = np.memmap(folder / "tokens.bin", np.uint16, "r") if starts[-1] else np.zeros(0, np.uint16)
        if len(tokens) != starts[-1]:
            raise ValueError(f"tokens.bin holds {len(tokens)} tokens and should hold {starts[-1]}")
        return TokenFile(
            tokens=tokens,
            starts=starts,
            weights=np.load(folder / "weights.npy", "r"),
            sources=np.load(folder / "sources.npy", "r"),
            names=tuple(index["names"]),
        )
    except (OSError, EOFError, ValueError, LookupError) as error:
        raise CheckpointError(f"{folder}: the text of this run cannot be read: {error}") from error


def decode_turns(text: TokenFile, tokenizer: Tokenizer) -> Iterator[tuple[str, str]]:
    """Give every turn of laid-out records as text again, behind its ``domain/source``.

    Args:
        text: The records.
        tokenizer: What cut them.
    """
    for number in range(len(text)):
        record = text.record(number)
        parts = np.split(record, np.flatnonzero(record == TURN))
        for part in parts[1:]:  # the first one names the domain
            yield text.names[text.sources[number]], tokenizer.decode(part[1:].tolist())
        if number % RECORDS_TO_RELEASE == 0:
            text.release()


def read_in_rows(tokens: TokenFile, records: NDArray[np.int64], rows: int) -> Iterator[NDArray[np.int64]]:
    """Deal records once, in their order, to rows of nearly equal length, for measuring.

    Yields:
        The token ids of a row, shape ``(tokens,)``.
    """
    for share in np.array_split(records, rows):
        if len(share):
            yield np.concatenate([tokens.record(int(number)) for number in share]).astype(np.int64)


def _batch(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Group records, as many as make up about a million characters."""
    batch: list[Record] = []
    size = 0
    for record in records:
        batch.append(record)
        size += RECORD_COST + sum(map(len, record.turns))
        if size >= CHARACTERS_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class _Writer:
    """Appends records to one split's files; holds 16 bytes a record until all are written."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._tokens = stack.enter_context((folder / "tokens.bin").open("wb"))
        self._starts = array("q", [0])
        self._weights = array("f")
        self._sources = array("i")
        self._names: dict[str, int] = {}

    def add(self, record: Record, token_ids: list[int]) -> None:
        self._tokens.write(array("H", token_ids).tobytes())
        self._starts.append(self._starts[-1] + len(token_ids))
        self._weights.append(record.weight)
        name = f"{record.domain}/{record.source}"
        self._sources.append(self._names.setdefault(name, len(self._names)))

    def write_index(self) -> int:
        np.save(self._folder / "starts.npy", np.asarray(self._starts, np.int64))
        np.save(self._folder / "weights.npy", np.asarray(self._weights, np.float32))
        np.save(self._folder / "sources.npy", np.asarray(self._sources, np.int32))
        (self._folder / "index.json").write_text(json.dumps({"names": list(self._names)}), encoding="utf-8")
        return self._starts[-1]

"""Training text as token files: written once, read through memory maps."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chatlstm.records import Record
from chatlstm.tokens.tokenizer import Tokenizer

TRAIN, VALIDATION, TEST = "train", "validation", "test"
RECORDS_AT_ONCE = 2000


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
    key = record.document or "\0".join(record.turns)
    bucket = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big") % 40
    return {0: TEST, 1: VALIDATION}.get(bucket, TRAIN)


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

    def select(self, domain: str) -> NDArray[np.int64]:
        """Give the numbers of the records of one domain."""
        wanted = [n for n, name in enumerate(self.names) if name.partition("/")[0] == domain]
        return np.flatnonzero(np.isin(self.sources, wanted))


def write_token_files(records: Iterable[Record], tokenizer: Tokenizer, folder: Path) -> dict[str, int]:
    """Lay out records and write a token file for each split.

    Args:
        records: What to write; read once, a batch at a time.
        tokenizer: Cuts the text; at most 65,536 tokens.
        folder: Where the files go; it is made.

    Returns:
        Number of tokens a split.

    Raises:
        ValueError: The vocabulary does not fit 16 bits.
    """
    if tokenizer.vocabulary_size > 2**16:
        raise ValueError(f"token files hold 65,536 tokens at most, got {tokenizer.vocabulary_size}")
    writers = {split: _Writer(folder / split) for split in (TRAIN, VALIDATION, TEST)}
    remaining = iter(records)
    while batch := list(islice(remaining, RECORDS_AT_ONCE)):
        for record, token_ids in zip(batch, tokenizer.encode_records(batch), strict=True):
            writers[choose_split(record)].add(record, token_ids)
    return {split: writer.close() for split, writer in writers.items()}


def read_token_file(folder: Path) -> TokenFile:
    """Map a token file that ``write_token_files`` wrote; nothing is read before it is used."""
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    starts = np.load(folder / "starts.npy")
    # an empty file cannot be mapped
    tokens = np.memmap(folder / "tokens.bin", np.uint16, "r") if starts[-1] else np.zeros(0, np.uint16)
    return TokenFile(
        tokens=tokens,
        starts=starts,
        weights=np.load(folder / "weights.npy"),
        sources=np.load(folder / "sources.npy"),
        names=tuple(index["names"]),
    )


def order_epoch(weights: NDArray[np.float32], *, seed: int, epoch: int) -> NDArray[np.int64]:
    """Shuffle an epoch: each record as often as its weight says, the fraction by chance.

    Args:
        weights: Shape ``(records,)``.
        seed: With ``epoch``, fixes the order.
        epoch: ``>= 0``.

    Returns:
        Record numbers in the order they are read.

    Example:
        >>> sorted(order_epoch(np.array([1, 2], np.float32), seed=0, epoch=0).tolist())
        [0, 1, 1]
    """
    random = np.random.default_rng([seed, epoch])
    whole = np.floor(weights).astype(np.int64)
    times = whole + (random.random(len(weights)) < weights - whole)
    return random.permutation(np.repeat(np.arange(len(weights)), times))


class _Writer:
    """Appends records to one split's files."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._tokens = (folder / "tokens.bin").open("wb")
        self._starts = [0]
        self._weights: list[float] = []
        self._sources: list[int] = []
        self._names: dict[str, int] = {}

    def add(self, record: Record, token_ids: list[int]) -> None:
        self._tokens.write(np.asarray(token_ids, np.uint16).tobytes())
        self._starts.append(self._starts[-1] + len(token_ids))
        self._weights.append(record.weight)
        name = f"{record.domain}/{record.source}"
        self._sources.append(self._names.setdefault(name, len(self._names)))

    def close(self) -> int:
        self._tokens.close()
        np.save(self._folder / "starts.npy", np.array(self._starts, np.int64))
        np.save(self._folder / "weights.npy", np.array(self._weights, np.float32))
        np.save(self._folder / "sources.npy", np.array(self._sources, np.int32))
        (self._folder / "index.json").write_text(json.dumps({"names": list(self._names)}), encoding="utf-8")
        return self._starts[-1]


class Packer:
    """Deals records to the rows of a batch, so that no place is padding.

    A row takes the next record of the epoch's order when its own has ended. What a row carries
    from window to window is therefore continuous text.

    Args:
        tokens: Where the records are.
        batch_size: Rows B.
        seed: Fixes the order of every epoch.

    Raises:
        ValueError: There is no record to deal.

    Example:
        >>> token_file = TokenFile(np.arange(6, dtype=np.uint16), np.array([0, 6]),
        ...                        np.ones(1, np.float32), np.zeros(1, np.int32), ("dialogue/own",))
        >>> Packer(token_file, batch_size=1, seed=0).next_window(3)
        array([[0, 1, 2, 3]])
    """

    def __init__(self, tokens: TokenFile, *, batch_size: int, seed: int) -> None:
        if not len(tokens):
            raise ValueError("there is no record to train on")
        self._tokens = tokens
        self._seed = seed
        self.epoch = 0
        self.position = 0
        self._order = order_epoch(tokens.weights, seed=seed, epoch=0)
        self._rows = [(-1, 0)] * batch_size  # record number, tokens of it already read

    @property
    def batch_size(self) -> int:
        """Count the rows."""
        return len(self._rows)

    @property
    def epochs_read(self) -> float:
        """Tell how many epochs have been dealt out."""
        return self.epoch + self.position / max(len(self._order), 1)

    def next_window(self, steps: int) -> NDArray[np.int64]:
        """Cut the next window.

        Args:
            steps: Steps T, ``>= 1``.

        Returns:
            Token ids, shape ``(B, T + 1)``: inputs are ``[:, :-1]``, targets ``[:, 1:]``. The
            last column is the first of the next window.
        """
        window = np.empty((len(self._rows), steps + 1), np.int64)
        for number, row in enumerate(self._rows):
            self._rows[number] = self._fill(window[number], row)
        return window

    def save_position(self) -> list[int]:
        """Write down where every row is, as plain numbers."""
        return [self.epoch, self.position, *(number for row in self._rows for number in row)]

    def resize(self, batch_size: int) -> None:
        """Go on with another number of rows; what the old rows were in the middle of is left."""
        self._rows = [(-1, 0)] * batch_size

    def restore_position(self, saved: list[int]) -> None:
        """Go back to where ``save_position`` was called."""
        self.epoch, self.position = saved[:2]
        self._order = order_epoch(self._tokens.weights, seed=self._seed, epoch=self.epoch)
        self._rows = list(zip(saved[2::2], saved[3::2], strict=True))

    def _fill(self, place: NDArray[np.int64], row: tuple[int, int]) -> tuple[int, int]:
        """Fill one row of a window; the last token is looked at but not used up."""
        record, offset = row
        filled = 0
        while True:
            text = self._tokens.record(record) if record >= 0 else ()
            part = text[offset : offset + len(place) - filled]
            place[filled : filled + len(part)] = part
            filled += len(part)
            if filled == len(place):
                return record, offset + len(part) - 1
            record, offset = self._take_record(), 0

    def _take_record(self) -> int:
        while self.position >= len(self._order):
            self.epoch += 1
            self.position = 0
            self._order = order_epoch(self._tokens.weights, seed=self._seed, epoch=self.epoch)
        self.position += 1
        return int(self._order[self.position - 1])


def read_in_rows(tokens: TokenFile, records: NDArray[np.int64], rows: int) -> Iterator[NDArray[np.int64]]:
    """Deal records once, in their order, to rows of nearly equal length, for measuring.

    Yields:
        The token ids of a row, shape ``(tokens,)``.
    """
    for share in np.array_split(records, rows):
        if len(share):
            yield np.concatenate([tokens.record(int(number)) for number in share]).astype(np.int64)

"""Dealing records to the rows of a batch, epoch by epoch."""

import numpy as np
from numpy.typing import NDArray

from chatlstm.engine.corpus import RECORDS_TO_RELEASE, TokenFile

RECORDS_AT_ONCE = 2**18  # of an epoch's weights
ALL_ROWS = slice(None)


def order_epoch(weights: NDArray[np.float32], *, seed: int, epoch: int) -> NDArray[np.int32]:
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
    shown = []
    for start in range(0, len(weights), RECORDS_AT_ONCE):  # few at once: a text may have many millions
        part = np.asarray(weights[start : start + RECORDS_AT_ONCE])
        whole = np.floor(part).astype(np.int64)
        times = whole + (random.random(len(part)) < part - whole)
        shown.append(np.repeat(np.arange(start, start + len(part), dtype=np.int32), times))
    order = np.concatenate(shown)
    random.shuffle(order)
    return order


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
        self._order = self._order_epoch()
        self._rows = [(-1, 0)] * batch_size  # record number, tokens of it already read

    @property
    def batch_size(self) -> int:
        """Count the rows."""
        return len(self._rows)

    @property
    def epochs_read(self) -> float:
        """Tell how many epochs have been dealt out."""
        return self.epoch + self.position / max(len(self._order), 1)

    def next_window(self, steps: int, rows: slice = ALL_ROWS) -> NDArray[np.int64]:
        """Cut the next window; every row goes on, and only the text of those asked for is read.

        Args:
            steps: Steps T, ``>= 1``.
            rows: Which of the B rows to give, b of them.

        Returns:
            Token ids, shape ``(b, T + 1)``: inputs are ``[:, :-1]``, targets ``[:, 1:]``. The
            last column is the first of the next window.
        """
        spans = [self._advance(number, steps + 1) for number in range(len(self._rows))]
        tokens = self._tokens.tokens
        cut = [np.concatenate([tokens[start:end] for start, end in row]) for row in spans[rows]]
        return np.array(cut, np.int64).reshape(len(cut), steps + 1)

    def save_position(self) -> list[int]:
        """Write down where every row is, as plain numbers."""
        return [self.epoch, self.position, *(number for row in self._rows for number in row)]

    def resize(self, batch_size: int) -> None:
        """Go on with another number of rows; what the old rows were in the middle of is left."""
        self._rows = [(-1, 0)] * batch_size

    def restore_position(self, saved: list[int]) -> None:
        """Go back to where ``save_position`` was called."""
        self.epoch, self.position = saved[:2]
        self._order = self._order_epoch()
        self._rows = list(zip(saved[2::2], saved[3::2], strict=True))

    def _advance(self, number: int, length: int) -> list[tuple[int, int]]:
        """Move one row on and tell from where to where its text lies; the last token is not used up."""
        starts = self._tokens.starts
        record, offset = self._rows[number]
        spans = []
        while True:
            start, end = (int(starts[record]) + offset, int(starts[record + 1])) if record >= 0 else (0, 0)
            end = min(end, start + length)
            spans.append((start, end))
            length -= end - start
            if not length:
                self._rows[number] = record, end - 1 - int(starts[record])
                return spans
            record, offset = self._take_record(), 0

    def _take_record(self) -> int:
        while self.position >= len(self._order):
            self.epoch += 1
            self.position = 0
            self._order = self._order_epoch()
        if self.position % RECORDS_TO_RELEASE == 0:
            self._tokens.release()
        self.position += 1
        return int(self._order[self.position - 1])

    def _order_epoch(self) -> NDArray[np.int32]:
        order = order_epoch(self._tokens.weights, seed=self._seed, epoch=self.epoch)
        self._tokens.release()
        return order

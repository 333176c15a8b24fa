"""Dealing records to the rows of a batch, epoch by epoch."""

import numpy as np
from numpy.typing import NDArray

from chatlstm.engine.corpus import RECORDS_TO_RELEASE, TokenFile

RECORDS_AT_ONCE = 2**18  # of an epoch's weights


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
        self._order = self._order_epoch()
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
            self._order = self._order_epoch()
        if self.position % RECORDS_TO_RELEASE == 0:
            self._tokens.release()
        self.position += 1
        return int(self._order[self.position - 1])

    def _order_epoch(self) -> NDArray[np.int32]:
        order = order_epoch(self._tokens.weights, seed=self._seed, epoch=self.epoch)
        self._tokens.release()
        return order

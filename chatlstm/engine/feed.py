"""What one of several workers reads: its rows of every window, and what chance decides for them.

Axes: B rows of all workers, b of this one, T steps, L layers, H hidden.
"""

from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray

from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.corpus import TokenFile
from chatlstm.engine.dropout import Masks, draw_masks
from chatlstm.engine.packer import ALL_ROWS, Packer
from chatlstm.engine.workers import Workers


class Feed:
    """Deals a worker its rows of every window.

    Where all read one text, each deals the rows of all, in the same order, and takes its own, so
    that any number of workers reads the same windows. Where each has a share of the text, it
    deals its own rows from that. What depends on chance is drawn for the rows of all and follows
    from the seed and the step's number.

    Args:
        tokens: The text, or this worker's share of it.
        batch_size: Rows B of all workers.
        seed: Fixes the order of every epoch, what is forgotten and what is dropped.
        workers: Who reads.
        sharded: Whether ``tokens`` is this worker's share.

    Example:
        >>> token_file = TokenFile(np.arange(6, dtype=np.uint16), np.array([0, 6]),
        ...                        np.ones(1, np.float32), np.zeros(1, np.int32), ("dialogue/own",))
        >>> feed = Feed(token_file, batch_size=2, seed=0, workers=Workers(1, 2), sharded=False)
        >>> feed.next_window(3)
        array([[0, 1, 2, 3]])
    """

    def __init__(
        self, tokens: TokenFile, *, batch_size: int, seed: int, workers: Workers, sharded: bool
    ) -> None:
        self.batch_size = batch_size
        self._seed = seed
        self._workers = workers
        self._sharded = sharded
        self._packer = Packer(tokens, batch_size=self._count_dealt(), seed=seed)

    @property
    def rows(self) -> slice:
        """Tell which of the B rows are this worker's."""
        return self._workers.rows(self.batch_size)

    @property
    def row_count(self) -> int:
        """Count this worker's rows b."""
        return len(range(*self.rows.indices(self.batch_size)))

    @property
    def epochs_read(self) -> float:
        """Tell how many epochs of this worker's text have been dealt out."""
        return self._packer.epochs_read

    def resize(self, batch_size: int) -> None:
        """Go on with another number of rows; what the old rows were in the middle of is left."""
        self.batch_size = batch_size
        self._packer.resize(self._count_dealt())

    def next_window(self, steps: int) -> NDArray[np.int64]:
        """Cut this worker's rows of the next window, shape ``(b, T + 1)``, as a packer does."""
        return self._packer.next_window(steps, ALL_ROWS if self._sharded else self.rows)

    def choose_forgetful(self, step: int, chance: float) -> NDArray[np.bool_]:
        """Choose the rows that forget their state before a step, shape ``(b,)``."""
        random = np.random.default_rng([self._seed, step])
        return (random.random(self.batch_size) < chance)[self.rows]

    def draw_masks(self, step: int, config: NetworkConfig, device: torch.device) -> Masks:
        """Draw what this worker's rows drop in a step."""
        random = torch.Generator(device).manual_seed(self._seed * 1_000_003 + step)
        return draw_masks(config, self.batch_size, random).take(self.rows)

    def save_position(self) -> list[int]:
        """Write down where every row of all workers is; a meeting where each has its own text."""
        position = self._packer.save_position()
        return list(chain(*self._workers.gather(position))) if self._sharded else position

    def restore_position(self, saved: list[int]) -> None:
        """Go back to where ``save_position`` was called, by as many workers if each has its own text."""
        heads = self._workers.count if self._sharded else 1  # two numbers a packer, two a row
        self.batch_size = len(saved) // 2 - heads
        if self._sharded:
            rank, rows = self._workers.rank, self.rows
            saved = saved[2 * (rank + rows.start) : 2 * (rank + 1 + rows.stop)]
        self._packer.restore_position(saved)

    def _count_dealt(self) -> int:
        return self.row_count if self._sharded else self.batch_size

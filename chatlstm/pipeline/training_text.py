"""What a plugin trains on, laid aside on the disk so that it need not be read from its sources again."""

import json
import math
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from chatlstm.records import Record


class TrainingText:
    """Records in a file; memory holds one at a time.

    Args:
        file: Empty, such as a temporary one; to be written and read.

    Example:
        >>> from io import BytesIO
        >>> training = TrainingText(BytesIO())
        >>> training.add(Record("story", ("Once.", "Twice.")))
        >>> [record.turns for record in training]
        [('Once.', 'Twice.')]
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._bytes = 0

    def add(self, record: Record) -> None:
        """Lay aside a record's domain and turns."""
        line = json.dumps([record.domain, *record.turns], ensure_ascii=False)
        self._bytes += self._file.write(line.encode("utf-8", "surrogatepass") + b"\n")

    def __iter__(self) -> Iterator[Record]:
        self._file.seek(0)
        for line in self._file:
            domain, *turns = json.loads(line)
            yield Record(domain, tuple(turns))

    def sample(self, size: int) -> Iterator[Record]:
        """Give records evenly spread over all.

        Args:
            size: Of how many bytes they are together, about and at most; where all fit, all are given.
        """
        return islice(self, 0, None, max(1, math.ceil(self._bytes / size)))

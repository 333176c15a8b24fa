"""Text too large for one machine: each worker reads its own files."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from chatlstm.errors import MisuseError
from chatlstm.interface.settings import TrainSettings
from chatlstm.pipeline.own_text import list_files

if TYPE_CHECKING:
    from chatlstm.engine.workers import Workers


def deal_files(listings: Sequence[Sequence[str]]) -> list[list[str]]:
    """Deal files to workers: each to the one that sees it and has the fewest so far.

    Where all see the same files, file i goes to worker i mod N.

    Args:
        listings: What each worker sees, in the order of their ranks.

    Returns:
        What each of them reads.

    Example:
        >>> deal_files([["a", "b", "c"], ["a", "b", "c"]])
        [['a', 'c'], ['b']]
        >>> deal_files([["a", "b"], ["c", "d"]])
        [['a', 'b'], ['c', 'd']]
    """
    dealt: list[list[str]] = [[] for _ in listings]
    for name in dict.fromkeys(name for listing in listings for name in listing):
        sees = [mine for mine, listing in zip(dealt, listings, strict=True) if name in listing]
        min(sees, key=len).append(name)
    return dealt


def take_share(settings: TrainSettings, workers: "Workers") -> TrainSettings:
    """Keep the files of this worker alone in what was asked; one that is alone has no need to share.

    Raises:
        MissingError: A file is not there.
        MisuseError: There are too few files to give each worker one.
    """
    if workers.count == 1:
        return replace(settings, shards=False)
    dealt = deal_files(workers.gather([str(path) for path in list_files(settings.corpus)]))
    if not all(dealt):
        raise MisuseError(
            f"--shards gives each worker files of its own; {workers.count} workers share {sum(map(len, dealt))} files"
        )
    return replace(settings, corpus=tuple(map(Path, dealt[workers.rank])))

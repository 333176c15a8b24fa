"""Timing that can be compared: warmed up, in turns, medians, with the threads told."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager


def time_in_turns(
    contenders: Mapping[str, Callable[[], object]], *, repeats: int, warmups: int = 1
) -> dict[str, float]:
    """Time several things alternately, so that what disturbs the machine disturbs them alike.

    Args:
        contenders: What to run, by name.
        repeats: How often each is timed, ``>= 1``.
        warmups: How often each is run before, ``>= 0``.

    Returns:
        The median seconds of each, in the order of ``contenders``.

    Raises:
        ValueError: ``repeats`` or ``warmups`` is outside its range.
    """
    if repeats < 1 or warmups < 0:
        raise ValueError(f"needs repeats >= 1 and warmups >= 0, got {repeats} and {warmups}")
    for run in contenders.values():
        for _ in range(warmups):
            run()
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, run in contenders.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(taken) for name, taken in seconds.items()}


@contextmanager
def use_threads(count: int) -> Iterator[None]:
    """Let torch compute with so many threads while the context lasts.

    Args:
        count: ``>= 1``.
    """
    import torch  # noqa: PLC0415  # what is timed may do without it

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)

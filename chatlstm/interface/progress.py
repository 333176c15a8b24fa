"""How a training run is shown: a bar on a terminal, a line a validation elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    TaskProgressColumn,
    TextColumn,
    TransferSpeedColumn,
)
from rich.progress import Progress as Bar
from rich.text import Text

from chatlstm.engine.metrics import Progress
from chatlstm.interface.cleaning import clean_text
from chatlstm.interface.output import tell

SHOWN_BYTES = 2**18  # drawing the bar for every record would take longer than reading it


@contextmanager
def show_reading(label: str, size: int) -> Iterator[Callable[[int], None]]:
    """Show how far a text has been read, on a terminal's standard error; elsewhere nothing.

    Args:
        label: What is done with it.
        size: Bytes of the whole; 0 where that is not known beforehand.

    Yields:
        A function to be given the bytes read so far.
    """
    console = _find_terminal()
    if console is None:
        yield lambda _: None
        return
    columns = (TextColumn(label), BarColumn(bar_width=20), DownloadColumn(), TransferSpeedColumn())
    with Bar(*columns, console=console, redirect_stdout=False, redirect_stderr=False) as bar:
        task = bar.add_task("", total=size or None)
        shown = 0

        def report(bytes_read: int) -> None:
            nonlocal shown
            if bytes_read - shown >= SHOWN_BYTES or bytes_read == size:
                bar.update(task, completed=bytes_read)
                shown = bytes_read

        yield report


@contextmanager
def show_training(share: float) -> Iterator[Callable[[Progress], None]]:
    """Show how training goes on standard error while the context lasts.

    Args:
        share: Share of the budget used up before, 0 to 1.

    Yields:
        A function to be given every report.
    """
    console = _find_terminal()
    if console is None:
        yield tell_validation
        return
    columns = (TaskProgressColumn(), BarColumn(bar_width=10), TextColumn("{task.description}"))
    with Bar(*columns, console=console, redirect_stdout=False, redirect_stderr=False) as bar:
        task = bar.add_task("", total=1.0)
        bar.update(task, completed=share)

        def report(progress: Progress) -> None:
            bar.update(task, completed=progress.share, description=describe_speed(progress))
            if progress.validation:
                console.print(Text(clean_text(describe_validation(progress)), style="bold"))
                console.print(Text(clean_text(progress.sample), style="dim"))

        yield report


def tell_validation(progress: Progress) -> None:
    """Tell a validation in one plain line; other reports are passed over."""
    if progress.validation:
        tell(f"{describe_validation(progress)}; {describe_speed(progress)}")


def describe_speed(progress: Progress) -> str:
    """Say how the training text is predicted, how fast it goes, and how long still.

    Example:
        >>> describe_speed(Progress(8, 9000, 0.5, 0.5, 60.0, 2.0, 1.25, 3e-3, 1500.0))
        'loss 2.00, perplexity 7.4, 1.250 bits/byte, 1,500 tokens/s, 0:01:00 left'
    """
    if not progress.step:
        return "before training"
    left = timedelta(seconds=round(progress.seconds_left))
    return (
        f"loss {progress.loss:.2f}, perplexity {progress.perplexity:.1f}, "
        f"{progress.bits_per_byte:.3f} bits/byte, {progress.tokens_per_second:,.0f} tokens/s, {left} left"
    )


def describe_validation(progress: Progress) -> str:
    """Say how held-out text is predicted.

    Example:
        >>> measured = {"dialogue": 1.25, "all": 1.25}
        >>> describe_validation(Progress(8, 9000, 0.5, 0.5, 60.0, 2.0, 1.25, 3e-3, 1500.0, measured))
        '50 %, 9,000 tokens: held-out bits/byte dialogue 1.250'
    """
    parts = {name: bits for name, bits in progress.validation.items() if name != "all"}
    scores = ", ".join(f"{domain} {bits:.3f}" for domain, bits in parts.items())
    if len(parts) > 1:
        scores += f", together {progress.validation['all']:.3f}"
    best = ", the best so far" if progress.best else ""
    place = f"{100 * progress.share:.0f} %, {progress.tokens:,} tokens"
    return f"{place}: held-out bits/byte {scores}{best}"


def _find_terminal() -> Console | None:
    console = Console(stderr=True)
    return console if sys.stderr.isatty() and not console.is_dumb_terminal else None

"""How a training run is shown: a bar on a terminal, a line a validation elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bar
from rich.text import Text

from chatlstm.engine.metrics import Progress
from chatlstm.interface.cleaning import clean_text
from chatlstm.interface.output import tell


@contextmanager
def show_training(share: float) -> Iterator[Callable[[Progress], None]]:
    """Show how training goes on standard error while the context lasts.

    Args:
        share: Share of the budget used up before, 0 to 1.

    Yields:
        A function to be given every report.
    """
    console = Console(stderr=True)
    if not sys.stderr.isatty() or console.is_dumb_terminal:
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

"""The learning curve of a run, as a picture and as characters."""

import io
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from plotext import figure as terminal_figure
from plotext import uncolorize

from chatlstm.engine.files import write_whole
from chatlstm.engine.metrics import Progress

SMOOTHED_REPORTS = 8
MARKS = "·ox+*#%@"


def draw_curve(reports: Sequence[Progress], path: Path) -> None:
    """Draw bits per byte against tokens read: of training text, and of held-out text a domain.

    Args:
        reports: All reports of a run.
        path: The PNG to write.

    Raises:
        OSError: The file cannot be written.
    """
    canvas = FigureCanvasAgg(Figure(figsize=(8, 5), dpi=120, layout="constrained"))
    axes = canvas.figure.add_subplot()
    for label, tokens, bits in list_curves(reports):
        faint = label == "training"
        axes.plot(tokens, bits, label=label, alpha=0.4 if faint else 1.0, marker=None if faint else ".")
    axes.set(xlabel="tokens read", ylabel="bits per byte")
    axes.grid(alpha=0.3)
    axes.legend()
    picture = io.BytesIO()
    canvas.figure.savefig(picture, format="png")
    write_whole(path, picture.getvalue())


def plot_curve(reports: Sequence[Progress], *, width: int, height: int) -> str:
    """Plot the same with characters, for a terminal.

    Args:
        reports: All reports of a run.
        width: Columns.
        height: Lines.

    Returns:
        Lines without colour, the last one the legend.
    """
    terminal_figure.clear()
    terminal_figure.plot_size(width, height)
    legend = []
    for mark, (label, tokens, bits) in zip(cycle(MARKS), list_curves(reports), strict=False):
        terminal_figure.draw(terminal_figure.signal(tokens, bits, marker=mark))
        legend.append(f"{mark} {label}")
    drawn = uncolorize(str(terminal_figure.build()))
    terminal_figure.clear()
    lines = [line.rstrip() for line in drawn.splitlines()]
    return "\n".join([*lines, "bits per byte by tokens read: " + ", ".join(legend)])


def list_curves(reports: Sequence[Progress]) -> list[tuple[str, list[int], list[float]]]:
    """List what there is to draw: a label, tokens read, and bits per byte there.

    Args:
        reports: All reports of a run.

    Returns:
        ``"training"``, the mean of up to eight reports a point, then each domain's held-out
        text, then all of it where there are several domains.
    """
    trained = [report for report in reports if report.tokens and not report.validation]
    smooth = [
        sum(one.bits_per_byte for one in part) / len(part)
        for part in (trained[max(0, n - SMOOTHED_REPORTS + 1) : n + 1] for n in range(len(trained)))
    ]
    curves = [("training", [report.tokens for report in trained], smooth)] if trained else []
    measured = [report for report in reports if report.validation]
    names = list(dict.fromkeys(name for report in measured for name in report.validation))
    for name in names[:1] if len(names) == 2 else names:
        held = [report for report in measured if name in report.validation]
        bits = [report.validation[name] for report in held]
        curves.append((f"held-out {name}", [report.tokens for report in held], bits))
    return curves

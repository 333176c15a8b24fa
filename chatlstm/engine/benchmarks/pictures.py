"""Lines in a picture, a panel beside the other."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from chatlstm.engine.files import write_whole

Line = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Panel:
    """One pair of axes.

    Args:
        across: What the horizontal axis shows, with its unit.
        up: What the vertical axis shows, with its unit.
        lines: By label; each label's lines have one colour.
        logarithmic: Whether the horizontal axis is; the vertical one then begins at 0.
    """

    across: str
    up: str
    lines: Mapping[str, Sequence[Line]]
    logarithmic: bool = False


def draw_panels(panels: Sequence[Panel], path: Path) -> None:
    """Draw panels side by side.

    Args:
        panels: At least one.
        path: The PNG to write; its folder is made.

    Raises:
        OSError: The file cannot be written.
    """
    canvas = FigureCanvasAgg(Figure(figsize=(7 * len(panels), 5), dpi=100, layout="constrained"))
    for place, panel in enumerate(panels, start=1):
        axes = canvas.figure.add_subplot(1, len(panels), place)
        for color, (label, lines) in enumerate(panel.lines.items()):
            for number, line in enumerate(lines):
                shown = label if number == 0 else "_"  # matplotlib leaves such labels out of the legend
                axes.plot(*zip(*line, strict=True), marker=".", color=f"C{color}", label=shown)
        axes.set(xlabel=panel.across, ylabel=panel.up)
        if panel.logarithmic:
            axes.set_xscale("log")
            axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3, which="both")
        axes.legend()
    picture = io.BytesIO()
    canvas.figure.savefig(picture, format="png")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, picture.getvalue())

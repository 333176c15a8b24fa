"""Tiles as a picture, in fonts that have their characters."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontEntry, findfont, findSystemFonts, fontManager, get_font

from chatlstm.engine.files import write_whole
from chatlstm.interface.output import count_cells
from chatlstm.interface.tiles import Line, Tile, is_light, is_wide, name_color

FONT = "DejaVu Sans Mono"  # comes with matplotlib
FONT_POINTS = 10.0
CELL_POINTS, LINE_POINTS = 0.602 * FONT_POINTS, 1.5 * FONT_POINTS
MARGIN = 1  # cells and lines
DPI, MOST_PIXELS = 150.0, 60_000
BOX = "□"
LAST_RESORT = "Last Resort"  # a font of nothing but boxes, which matplotlib brings along


def draw_tiles(lines: Sequence[Line], path: Path) -> set[str]:
    """Draw lines of tiles.

    Args:
        lines: As ``wrap_tiles`` lays them.
        path: The PNG to write.

    Returns:
        The characters that no font has; boxes stand for them.

    Raises:
        OSError: The file cannot be written.
    """
    columns = max((sum(count_cells(tile.text) for tile in line) for line in lines), default=0) + 2 * MARGIN
    rows = len(lines) + 2 * MARGIN
    size = (columns * CELL_POINTS / 72, rows * LINE_POINTS / 72)
    canvas = FigureCanvasAgg(Figure(figsize=size, dpi=min(DPI, MOST_PIXELS / max(size))))
    axes = canvas.figure.add_axes((0, 0, 1, 1), xlim=(0, columns), ylim=(rows, 0))
    axes.set_axis_off()
    characters = {character for line in lines for tile in line for character in tile.text}
    families, missing = choose_fonts(characters, list_fonts())
    placed = list(_place_tiles(lines))
    _draw_grounds(axes, placed)
    for tile, column, row in placed:
        for text, offset in _list_runs(tile.text):
            axes.text(
                column + offset,
                row + 0.5,
                "".join(BOX if each in missing else each for each in text),
                fontfamily=families,
                fontsize=FONT_POINTS,
                color="black" if is_light(tile.ground) else "white",
                verticalalignment="center_baseline",
                parse_math=False,
            )
    picture = io.BytesIO()
    canvas.figure.savefig(picture, format="png")
    write_whole(path, picture.getvalue())
    return missing


def choose_fonts(characters: Iterable[str], fonts: Iterable[FontEntry]) -> tuple[list[str], set[str]]:
    """Choose fonts that together have the characters.

    Args:
        characters: To be drawn.
        fonts: Those there are.

    Returns:
        Names, the first for all that it has, each later one for what those before have not; and the
        characters that none has.
    """
    families = [FONT]
    wanted = set(map(ord, characters)) - _list_characters(findfont(FONT))
    for font in fonts:
        if not wanted:
            break
        found = wanted & _list_characters(font.fname)
        if found and not font.name.startswith(LAST_RESORT):
            families.append(font.name)
            wanted -= found
    return families, {chr(each) for each in wanted}


def list_fonts() -> Iterator[FontEntry]:
    """List the fonts of this machine, those last that were installed since matplotlib looked for them."""
    known = list(fontManager.ttflist)
    yield from known
    for path in set(findSystemFonts()).difference(font.fname for font in known):
        with suppress(OSError, RuntimeError, NotImplementedError):  # damaged, or made of pixels
            fontManager.addfont(path)
            yield fontManager.ttflist[-1]


@cache
def _list_characters(path: str) -> frozenset[int]:
    return frozenset(get_font(path).get_charmap())


def _place_tiles(lines: Sequence[Line]) -> Iterator[tuple[Tile, int, int]]:
    """Give each tile with the column and the row it begins at."""
    for row, line in enumerate(lines, start=MARGIN):
        column = MARGIN
        for tile in line:
            yield tile, column, row
            column += count_cells(tile.text)


def _draw_grounds(axes: Axes, placed: Iterable[tuple[Tile, int, int]]) -> None:
    corners, colors = [], []
    for tile, left, top in placed:
        if tile.ground is not None:
            right, bottom = left + count_cells(tile.text), top + 1
            corners.append([(left, top), (right, top), (right, bottom), (left, bottom)])
            colors.append(name_color(tile.ground))
    axes.add_collection(PolyCollection(corners, facecolors=colors, linewidths=0), autolim=False)


def _list_runs(text: str) -> Iterator[tuple[str, int]]:
    """Give what of a tile is drawn at once, each with its column within the tile: wide characters stand alone."""
    if not text.strip():
        return
    if not is_wide(text):
        yield text, 0
        return
    column = 0
    for character in text:
        yield character, column
        column += count_cells(character)

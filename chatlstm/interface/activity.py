"""``/look``: what chosen cells of the network hold while it reads the last reply."""

import re
from collections.abc import Sequence

import numpy as np

from chatlstm.engine.api import Reading
from chatlstm.errors import MisuseError
from chatlstm.interface.exhibit import (
    PICTURE_COLUMNS,
    describe_inspection,
    read_exhibit,
    show_json_line,
    show_picture,
    tell_skipped,
)
from chatlstm.interface.output import count_cells
from chatlstm.interface.talk import Talk
from chatlstm.interface.tiles import Ground, Line, Tile, count_columns, make_tiles, paint_lines
from chatlstm.session.inspection import Inspection

CHOSEN_CELLS = 8
Cell = tuple[int, int]
"""Layer and place within it, both from 0."""

RAMP: tuple[Ground, ...] = (
    (0, 1, 4),
    (1, 2, 5),
    (2, 3, 5),
    (3, 4, 5),
    (4, 4, 4),
    (5, 4, 3),
    (5, 3, 2),
    (5, 1, 1),
    (4, 0, 0),
)
"""From -1, blue, to 1, red."""

SIGNS = "=-.+#"
"""The same without colour."""

SIGNS_LEGEND = "-1 == -0.6 -- -0.2 .. 0.2 ++ 0.6 ## 1"


def show_activity(talk: Talk, argument: str) -> None:
    """Draw the activity of cells over the last reply: those that are named, or those that vary most.

    Raises:
        MisuseError: There is no reply, no such cell, or the argument cannot be taken.
        ChatLSTMError: It cannot be read, or the picture cannot be written.
    """
    exhibit = read_exhibit(argument)
    inspection = talk.session.inspect_reply()
    readings = inspection.readings[:-1]  # without the end
    shape: tuple[int, int] = readings[0].cells.shape
    cells = [read_cell(word, shape) for word in exhibit.words] or choose_cells(readings)
    if exhibit.as_json:
        show_json_line(talk, describe_activity(inspection, cells))
        return
    if exhibit.picture:
        show_picture(talk, draw_activity(readings, cells, PICTURE_COLUMNS, color=True), exhibit.picture)
    else:
        color = talk.screen.color
        talk.screen.say_at_length(paint_lines(draw_activity(readings, cells, count_columns(), color=color)))
    talk.screen.tell(f"tanh(c) of the cells layer.cell, read by {inspection.checkpoint}")
    tell_skipped(talk, inspection)


def read_cell(word: str, shape: tuple[int, int]) -> Cell:
    """Read the name of a cell.

    Args:
        word: Such as ``"2.117"``: layer and cell, both from 0.
        shape: How many layers there are, and cells in each.

    Raises:
        MisuseError: There is no such cell.

    Example:
        >>> read_cell("2.117", (3, 512))
        (2, 117)
    """
    found = re.fullmatch(r"(\d{1,9})\.(\d{1,9})", word)
    cell = (int(found[1]), int(found[2])) if found else shape
    if cell[0] >= shape[0] or cell[1] >= shape[1]:
        raise MisuseError(f"no cell {word!r}; there are 0.0 to {shape[0] - 1}.{shape[1] - 1}, layer.cell")
    return cell


def choose_cells(readings: Sequence[Reading], count: int = CHOSEN_CELLS) -> list[Cell]:
    """Choose the cells whose activity varies most over a text, that one first.

    Args:
        readings: Of the text, at least one.
        count: How many.
    """
    variances = np.var([reading.cells for reading in readings], axis=0)  # (L, H)
    order = np.argsort(-variances, axis=None, kind="stable")[:count].tolist()
    return [divmod(place, variances.shape[1]) for place in order]


def describe_activity(inspection: Inspection, cells: Sequence[Cell]) -> dict[str, object]:
    """Tell in JSON's values what cells hold behind each token."""
    readings = inspection.readings[:-1]
    return {
        **describe_inspection(inspection),
        "tokens": [reading.text for reading in readings],
        "cells": [
            {"cell": name_cell(cell), "activity": [round(float(reading.cells[cell]), 4) for reading in readings]}
            for cell in cells
        ],
    }


def draw_activity(readings: Sequence[Reading], cells: Sequence[Cell], columns: int, *, color: bool) -> list[Line]:
    """Lay out a row for each cell and a column for each token, in blocks that fit a line.

    Args:
        readings: Of the text.
        cells: Which ones.
        columns: Of a line.
        color: Whether colours tell the activity; else signs do.

    Returns:
        For each block the cells' lines, the text below and an empty line; then the legend.
    """
    margin = max(count_cells(name_cell(cell)) for cell in cells) + 1
    texts = [_join_tile(reading.text, columns - margin) for reading in readings]
    lines: list[Line] = []
    for start, end in cut_blocks([count_cells(text) for text in texts], columns - margin):
        block = list(zip(readings[start:end], texts[start:end], strict=True))
        for cell in cells:
            name = Tile(f"{name_cell(cell):{margin}}")
            held = [(float(reading.cells[cell]), count_cells(text)) for reading, text in block]
            lines.append([name, *(make_tile(activity, width, color=color) for activity, width in held)])
        lines += [[Tile(" " * margin), *(Tile(text) for _, text in block)], []]
    legend = [Tile("-1 "), *(Tile("  ", ground) for ground in RAMP), Tile(" 1")] if color else [Tile(SIGNS_LEGEND)]
    return [*lines, legend]


def make_tile(activity: float, width: int, *, color: bool) -> Tile:
    """Make the tile of what a cell holds behind a token.

    Args:
        activity: In ``[-1, 1]``.
        width: Cells of the token.
        color: Whether its ground tells it; else a sign does.

    Example:
        >>> make_tile(-0.9, 3, color=False).text
        '==='
    """
    if color:
        return Tile(" " * width, RAMP[round((activity + 1) / 2 * (len(RAMP) - 1))])
    return Tile(SIGNS[min(int((activity + 1) / 2 * len(SIGNS)), len(SIGNS) - 1)] * width)


def cut_blocks(widths: Sequence[int], room: int) -> list[tuple[int, int]]:
    """Cut a row of tokens into blocks that fit.

    Args:
        widths: Of the tokens, none wider than ``room``.
        room: Cells of a line.

    Returns:
        Where each block starts and ends.

    Example:
        >>> cut_blocks([4, 4, 4], room=9)
        [(0, 2), (2, 3)]
    """
    starts, used = [0], 0
    for place, width in enumerate(widths):
        if used + width > room:
            starts.append(place)
            used = 0
        used += width
    return list(zip(starts, [*starts[1:], len(widths)], strict=True))


def name_cell(cell: Cell) -> str:
    """Name a cell ``layer.cell``."""
    return f"{cell[0]}.{cell[1]}"


def _join_tile(text: str, room: int) -> str:
    """Write a token in one line, as much of it as fits."""
    joined = "".join(tile.text for tile in make_tiles(text, None, 0))
    while count_cells(joined) > room:
        joined = joined[:-1]
    return joined

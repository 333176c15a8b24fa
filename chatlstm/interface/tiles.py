"""Tiles: pieces of text on coloured ground, laid in lines, for a terminal of 256 colours or for a picture."""

import math
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from chatlstm.interface.cleaning import clean_text
from chatlstm.interface.output import count_cells

Ground = tuple[int, int, int]
"""Red, green and blue, each 0 to 5: a colour that every terminal of 256 colours has."""

BREAK, END, UNSHOWN = "↵", "[end]", "?"
_LEVELS = (0, 95, 135, 175, 215, 255)
_BLACK, _WHITE = 16, 231
EVEN_LUMINANCE = 0.179  # where black and white contrast alike


@dataclass(frozen=True)
class Tile:
    """A piece of text on its ground.

    Args:
        text: Without control characters.
        ground: The colour behind it; None is the terminal's own.
        place: Which token it shows, or a part of it; -1 is none.
        breaks: Whether the line ends with it.
    """

    text: str
    ground: Ground | None = None
    place: int = -1
    breaks: bool = False


Line = list[Tile]


def count_columns() -> int:
    """Tell how wide the terminal is; 80 where there is none."""
    return shutil.get_terminal_size().columns


def make_tiles(text: str, ground: Ground | None, place: int) -> list[Tile]:
    r"""Make the tiles of a token: one, or one a line where it holds line feeds.

    Args:
        text: The token; empty for the end of a turn.
        ground: Their colour.
        place: The token's number.

    Example:
        >>> [tile.text for tile in make_tiles(" sea.\nA", None, 0)]
        [' sea.↵', 'A']
    """
    if not text:
        return [Tile(f" {END}", ground, place)]
    *ended, last = (clean_text(text).replace("\t", " ") or UNSHOWN).split("\n")
    tiles = [Tile(line + BREAK, ground, place, breaks=True) for line in ended]
    return [*tiles, Tile(last, ground, place)] if last else tiles


def wrap_tiles(tiles: Iterable[Tile], columns: int) -> list[Line]:
    """Lay tiles in lines, broken between words or wide characters where that can be.

    Args:
        tiles: In reading order.
        columns: Of a line, ``>= 2``.

    Returns:
        Lines of ``columns`` cells at most; a blank that would begin a line is left out.
    """
    lines: list[Line] = [[]]
    room = columns
    for word in _list_words(tiles):
        if lines[-1] and sum(count_cells(tile.text) for tile in word) > room:
            lines, room = [*lines, []], columns
            word[0] = replace(word[0], text=word[0].text.lstrip(" ") or " ")
        for tile in word:
            for part in _cut_tile(tile, columns):
                if count_cells(part.text) > room:
                    lines, room = [*lines, []], columns
                lines[-1].append(part)
                room -= count_cells(part.text)
        if word[-1].breaks:
            lines, room = [*lines, []], columns
    return lines if lines[-1] else lines[:-1]


def paint_lines(lines: Iterable[Line]) -> str:
    """Write lines of tiles with the control sequences of a terminal of 256 colours."""
    return "\n".join("".join(map(_paint_tile, line)) for line in lines)


def is_light(ground: Ground | None) -> bool:
    """Tell whether black is read better on it than white; a picture's own ground is white."""
    if ground is None:
        return True
    red, green, blue = (math.pow(_LEVELS[part] / 255, 2.2) for part in ground)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > EVEN_LUMINANCE


def name_color(ground: Ground) -> str:
    """Name a colour as pictures do.

    Example:
        >>> name_color((5, 2, 0))
        '#ff8700'
    """
    return "#" + "".join(f"{_LEVELS[part]:02x}" for part in ground)


def _paint_tile(tile: Tile) -> str:
    if tile.ground is None:
        return tile.text
    red, green, blue = tile.ground
    ink = _BLACK if is_light(tile.ground) else _WHITE
    return f"\x1b[38;5;{ink};48;5;{16 + 36 * red + 6 * green + blue}m{tile.text}\x1b[0m"


def _list_words(tiles: Iterable[Tile]) -> Iterator[Line]:
    """Group tiles between which no line should be broken."""
    word: Line = []
    for tile in tiles:
        if word and (begins_word(tile.text) or word[-1].breaks or is_wide(word[-1].text)):
            yield word
            word = []
        word.append(tile)
    if word:
        yield word


def begins_word(text: str) -> bool:
    """Tell whether a word begins with a token: a blank stands before it, or it is one of wide characters."""
    return text[:1].isspace() or is_wide(text)


def is_wide(text: str) -> bool:
    """Tell whether a text holds characters two columns wide, as Chinese and emoji are."""
    return count_cells(text) > len(text)


def _cut_tile(tile: Tile, columns: int) -> Sequence[Tile]:
    """Cut a tile that is wider than a line."""
    if count_cells(tile.text) <= columns:
        return (tile,)
    parts = [""]
    for character in tile.text:
        if count_cells(parts[-1] + character) > columns:
            parts.append("")
        parts[-1] += character
    return [replace(tile, text=part) for part in parts]

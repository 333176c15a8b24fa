"""``/confidence``: how probable the model finds each token of the last reply, and what else it expected."""

import math
from collections.abc import Sequence

from chatlstm.engine.api import Reading
from chatlstm.interface.exhibit import (
    PICTURE_COLUMNS,
    describe_inspection,
    name_token,
    read_exhibit,
    show_json_line,
    show_picture,
    tell_skipped,
)
from chatlstm.interface.output import count_cells
from chatlstm.interface.talk import Talk
from chatlstm.interface.tiles import (
    Ground,
    Line,
    Tile,
    count_columns,
    make_tiles,
    paint_lines,
    wrap_tiles,
)
from chatlstm.session.inspection import Inspection

LISTED_TOKENS = 10
LIKELIER = 3
SHADES: tuple[tuple[float, str, Ground | None], ...] = (
    (0.5, "50%+", None),
    (0.2, "20%+", (3, 4, 5)),
    (0.05, "5%+", (1, 3, 5)),
    (0.01, "1%+", (5, 4, 0)),
    (0.0, "<1%", (5, 2, 0)),
)
"""From this probability on, its name, its ground: from pale blue to orange, which every eye tells apart."""


def show_confidence(talk: Talk, argument: str) -> None:
    """Shade each token of the last reply by its probability, and let the person move over them.

    Without colour the least probable tokens are listed.

    Raises:
        MisuseError: There is no reply, or the argument cannot be taken.
        ChatLSTMError: It cannot be read, or the picture cannot be written.
    """
    exhibit = read_exhibit(argument)
    inspection = talk.session.inspect_reply()
    readings = inspection.readings
    if exhibit.as_json:
        show_json_line(talk, describe_confidence(inspection))
        return
    if exhibit.picture:
        show_picture(talk, shade_readings(readings, PICTURE_COLUMNS), exhibit.picture)
    elif not talk.screen.color:
        talk.screen.say(list_improbable(readings, count_columns()))
    else:
        if talk.screen.browse is not None:
            talk.screen.browse(readings)
        talk.screen.say(paint_lines(shade_readings(readings, count_columns())))
    talk.screen.tell(sum_up(inspection))
    tell_skipped(talk, inspection)


def describe_confidence(inspection: Inspection) -> dict[str, object]:
    """Tell in JSON's values what was expected of each token; the last one, without text, is the reply's end."""
    tokens = [
        {
            "text": reading.text,
            "probability": reading.probability,
            "alternatives": [{"text": text, "probability": each} for text, each in reading.alternatives],
        }
        for reading in inspection.readings
    ]
    return {**describe_inspection(inspection), "tokens": tokens}


def shade_readings(readings: Sequence[Reading], columns: int) -> list[Line]:
    """Lay the reply in lines, each token on the ground of its probability, and the legend below."""
    return [*wrap_tiles(list_tiles(readings), columns), [], make_legend()]


def list_tiles(readings: Sequence[Reading]) -> list[Tile]:
    """Make the tiles of a reply, each token on the ground of its probability."""
    return [
        tile
        for place, reading in enumerate(readings)
        for tile in make_tiles(reading.text, choose_shade(reading.probability), place)
    ]


def choose_shade(probability: float) -> Ground | None:
    """Choose the ground of a token.

    Example:
        >>> choose_shade(0.9), choose_shade(0.001)
        (None, (5, 2, 0))
    """
    return next(ground for least, _, ground in SHADES if probability >= least)


def make_legend() -> Line:
    """Make the line that tells what the grounds stand for; it fits 40 columns."""
    return [Tile("probability "), *(Tile(f" {name} ", ground) for _, name, ground in SHADES)]


def list_improbable(readings: Sequence[Reading], columns: int) -> str:
    """List the least probable tokens, each with what the model held likelier.

    Args:
        readings: Of the reply.
        columns: Of a line.

    Returns:
        A line a token, the least probable first.
    """
    chosen = sorted(readings, key=lambda reading: reading.probability)[:LISTED_TOKENS]
    names = [name_token(reading.text) for reading in chosen]
    width = min(max(map(count_cells, names)), columns // 3)
    lines = ["the least probable tokens, and what was likelier:"]
    for reading, name in zip(chosen, names, strict=True):
        line = f"{name_percent(reading.probability):>6}  {name}{' ' * (width - count_cells(name))}"
        likelier = [each for each in reading.alternatives if each[1] > reading.probability][:LIKELIER]
        for text, probability in likelier:
            more = f"  {name_token(text)} {name_percent(probability)}"
            line += more if count_cells(line + more) <= columns else ""
        lines.append(line.rstrip())
    return "\n".join(lines)


def name_percent(probability: float) -> str:
    """Write a probability.

    Example:
        >>> name_percent(0.1234), name_percent(0.0001)
        ('12.3%', '<0.1%')
    """
    return f"{probability:.1%}" if probability >= 0.001 else "<0.1%"


def sum_up(inspection: Inspection) -> str:
    """Say in a line what was read, how unexpected it was on the whole, and by which checkpoint."""
    readings = inspection.readings
    bits = -sum(math.log2(max(reading.probability, 5e-324)) for reading in readings) / len(readings)
    read = f"{len(readings)} tokens, {bits:.1f} bits each, to {inspection.checkpoint} alone"
    return f"{read}; /why tells the plugin's choice"

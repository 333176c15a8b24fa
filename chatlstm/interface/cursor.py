"""A cursor over the tokens of a reply, which shows what else the model expected there."""

from collections.abc import Callable, Sequence

from prompt_toolkit.application import Application, get_app
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import Dimension, FormattedTextControl, HSplit, Layout, Window
from prompt_toolkit.output import ColorDepth

from chatlstm.engine.api import Reading
from chatlstm.interface.applications import run_application
from chatlstm.interface.confidence import list_tiles, make_legend, name_percent
from chatlstm.interface.exhibit import name_token
from chatlstm.interface.output import count_cells
from chatlstm.interface.tiles import Line, Tile, begins_word, is_light, name_color, wrap_tiles

KEYS_LEGEND = "arrows, Home, End; Ctrl: words; q: done"
SECONDS_AFTER_ESCAPE = 0.1  # a key that begins with Escape comes at once
MUCH = 100
BAR_CELLS, BAR_GROUND = 20, (3, 4, 5)


class TokenCursor:
    """Stands on one token of a reply.

    Args:
        readings: Of the reply, at least one.

    Attributes:
        place: Number of the token, from 0.
        last: Number of the last one.
    """

    def __init__(self, readings: Sequence[Reading]) -> None:
        self.place = 0
        self.last = len(readings) - 1
        self._readings = readings
        self._tiles = list_tiles(readings)

    def move(self, steps: int) -> None:
        """Go so many tokens forward, or back; no further than to the ends."""
        self.place = min(max(self.place + steps, 0), self.last)

    def move_word(self, direction: int) -> None:
        """Go to the next beginning of a word, or, ``direction`` being -1, to the one before."""
        self.move(direction)
        while 0 < self.place < self.last and not begins_word(self._readings[self.place].text):
            self.move(direction)

    def move_line(self, direction: int, columns: int) -> None:
        """Go to the token below, or, ``direction`` being -1, to the one above, where lines are so long."""
        lines = wrap_tiles(self._tiles, columns)
        row = next(n for n, line in enumerate(lines) if any(tile.place == self.place for tile in line))
        column, _ = next(each for each in _list_columns(lines[row]) if each[1] == self.place)
        aim = min(max(row + direction, 0), len(lines) - 1)
        if aim != row:
            self.place = max(each for each in _list_columns(lines[aim]) if each[0] <= column)[1]

    def show_text(self, columns: int) -> list[Line]:
        """Lay the reply in lines; the tiles under the cursor are those of its place."""
        return wrap_tiles(self._tiles, columns)

    def show_alternatives(self, columns: int) -> list[Line]:
        """Tell about the token under the cursor, and what else was expected there, a line each."""
        reading = self._readings[self.place]
        head = f"{name_token(reading.text)} {name_percent(reading.probability)}"
        lines = [[Tile(f"{head}   {self.place + 1} of {self.last + 1}")]]
        most = min(BAR_CELLS, columns // 3)
        for text, probability in reading.alternatives:
            bar = Tile(" " * round(probability * most), BAR_GROUND)
            rest = Tile(" " * (most - count_cells(bar.text)))
            lines.append([Tile(f"{name_percent(probability):>6} "), bar, rest, Tile(f" {name_token(text)}")])
        return lines


def browse_readings(readings: Sequence[Reading]) -> int:
    """Let the person move over the tokens of a reply, until they are done.

    Args:
        readings: Of the reply.

    Returns:
        The number of the token they left.
    """
    cursor = TokenCursor(readings)
    text = FormattedTextControl(
        lambda: write_fragments(cursor.show_text(_count_columns()), cursor.place), focusable=True, show_cursor=False
    )
    parts = [
        Window(text, height=Dimension(min=1, weight=1), dont_extend_height=True),
        _make_window(lambda: [make_legend()], 1),
        _make_window(lambda: cursor.show_alternatives(_count_columns()), 6),
        _make_window(lambda: [[Tile(KEYS_LEGEND)]], 1),
    ]
    application: Application[None] = Application(
        Layout(HSplit(parts)),
        key_bindings=_bind_keys(cursor),
        erase_when_done=True,
        color_depth=ColorDepth.DEPTH_8_BIT,  # that of the tiles
    )
    application.ttimeoutlen = application.timeoutlen = SECONDS_AFTER_ESCAPE
    run_application(application)
    return cursor.place


def write_fragments(lines: Sequence[Line], place: int = -1) -> StyleAndTextTuples:
    """Write lines of tiles as prompt_toolkit has them, with the cursor on the tiles of one token."""
    fragments: StyleAndTextTuples = []
    for line in lines:
        for tile in line:
            under = 0 <= place == tile.place
            fragments += [("[SetCursorPosition]", "")] if under else []
            fragments.append((_choose_style(tile) + " reverse" * under, tile.text))
        fragments.append(("", "\n"))
    return fragments[:-1]


def _choose_style(tile: Tile) -> str:
    if tile.ground is None:
        return ""
    return f"bg:{name_color(tile.ground)} fg:{'#000000' if is_light(tile.ground) else '#ffffff'}"


def _make_window(show: Callable[[], list[Line]], height: int) -> Window:
    control = FormattedTextControl(lambda: write_fragments(show()))
    room = Dimension(min=1, max=height, preferred=height, weight=MUCH)  # the text has what is left
    return Window(control, height=room, dont_extend_height=True)


def _count_columns() -> int:
    return get_app().output.get_size().columns


def _list_columns(line: Line) -> list[tuple[int, int]]:
    """Give the column at which each tile of a line begins, with its token."""
    columns = [0]
    for tile in line:
        columns.append(columns[-1] + count_cells(tile.text))
    return [(column, tile.place) for column, tile in zip(columns, line, strict=False)]


def _bind_keys(cursor: TokenCursor) -> KeyBindings:
    keys = KeyBindings()
    moves: dict[tuple[str, ...], Callable[[], None]] = {
        ("left",): lambda: cursor.move(-1),
        ("right",): lambda: cursor.move(1),
        ("home",): lambda: cursor.move(-cursor.last),
        ("end",): lambda: cursor.move(cursor.last),
        ("c-left",): lambda: cursor.move_word(-1),
        ("escape", "b"): lambda: cursor.move_word(-1),
        ("c-right",): lambda: cursor.move_word(1),
        ("escape", "f"): lambda: cursor.move_word(1),
        ("up",): lambda: cursor.move_line(-1, _count_columns()),
        ("down",): lambda: cursor.move_line(1, _count_columns()),
    }
    for sequence, move in moves.items():
        keys.add(*sequence)(_call(move))
    for key in ("q", "enter", "escape", "c-c", "c-d", "<sigint>"):
        keys.add(key)(lambda event: event.app.exit())
    keys.add("c-z")(lambda event: event.app.suspend_to_background())
    return keys


def _call(move: Callable[[], None]) -> Callable[[KeyPressEvent], None]:
    return lambda event: move()

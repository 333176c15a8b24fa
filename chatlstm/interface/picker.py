"""A list to choose a conversation from: typed text filters it, arrows move over it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from prompt_toolkit.application import Application, get_app
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import FormattedTextControl, Layout, Window

from chatlstm.history.conversation import Conversation, utc_now
from chatlstm.interface.applications import run_application
from chatlstm.interface.cleaning import clean_text
from chatlstm.interface.output import clip_line, count_cells

ASKED = "resume: "
PICK_LEGEND = "type to filter; arrows, Enter; Esc: back"
SECONDS_AFTER_ESCAPE = 0.1  # a key that begins with Escape comes at once
AROUND = 3  # lines that are no conversation: what is typed, the heads, the legend
PAGE = 10
LINE_FEED = ("", "\n")
AGES = (
    (timedelta(days=365), "y"),
    (timedelta(days=7), "w"),
    (timedelta(days=1), "d"),
    (timedelta(hours=1), "h"),
    (timedelta(minutes=1), "min"),
)


class Picker:
    """Stands on one of the conversations that fit what was typed.

    Args:
        conversations: What there is to choose from, at least one.
        now: What ages are counted to.

    Attributes:
        typed: What was typed so far.
    """

    def __init__(self, conversations: Sequence[Conversation], now: datetime) -> None:
        self.typed = ""
        self._conversations = conversations
        self._now = now
        self._place = 0

    @property
    def matching(self) -> list[Conversation]:
        """The conversations in whose title, plugin and id every typed word stands."""
        words = self.typed.casefold().split()
        return [
            each
            for each in self._conversations
            if all(word in f"{each.title} {each.plugin} {each.id}".casefold() for word in words)
        ]

    @property
    def chosen(self) -> Conversation | None:
        """The conversation it stands on; None where none matches."""
        matching = self.matching
        return matching[self._place] if matching else None

    def move(self, steps: int) -> None:
        """Go so many conversations down, or up; no further than to the ends."""
        self._place = max(0, min(self._place + steps, len(self.matching) - 1))

    def write(self, text: str) -> None:
        """Type behind what was typed."""
        self.typed += " ".join(clean_text(text).split("\n"))
        self._place = 0

    def erase(self, characters: int = 1) -> None:
        """Take the last characters of what was typed away."""
        self.typed = self.typed[: max(0, len(self.typed) - characters)]
        self._place = 0

    def show(self, columns: int, lines: int) -> StyleAndTextTuples:
        """Lay the screen out: what was typed, the conversations around the chosen one, the keys.

        Args:
            columns: Of the terminal.
            lines: Of the terminal.
        """
        matching = self.matching
        room = max(1, lines - AROUND - 1)
        first = max(0, min(self._place - room // 2, len(matching) - room))
        rows = lay_out_rows(matching[first : first + room], self._now, columns)
        shown: StyleAndTextTuples = [("", ASKED + keep_end(self.typed, columns - len(ASKED) - 1))]
        shown += [("[SetCursorPosition]", ""), LINE_FEED]
        for place, row in enumerate(rows, start=first - 1):  # the heads are the first
            shown += [("reverse" if place == self._place else "", row), LINE_FEED]
        shown += [] if matching else [("", "no conversation has that"), LINE_FEED]
        return [*shown, ("", clip_line(PICK_LEGEND, columns))]


def pick_conversation(conversations: Sequence[Conversation]) -> str | None:
    """Let the person choose a conversation.

    Args:
        conversations: What there is to choose from, at least one.

    Returns:
        The id of the chosen one; None where they want none.
    """
    picker = Picker(conversations, utc_now())

    def show() -> StyleAndTextTuples:
        size = get_app().output.get_size()
        return picker.show(size.columns, size.rows)

    application: Application[str | None] = Application(
        Layout(Window(FormattedTextControl(show, focusable=True))),
        key_bindings=_bind_keys(picker),
        erase_when_done=True,
    )
    application.ttimeoutlen = application.timeoutlen = SECONDS_AFTER_ESCAPE
    return run_application(application)


def lay_out_rows(conversations: Sequence[Conversation], now: datetime, columns: int) -> list[str]:
    """Lay conversations in lines of title, plugin, turns and age, behind a line of heads.

    Args:
        conversations: What to show.
        now: What ages are counted to.
        columns: Which each line fills but for one.
    """
    facts = [(each.plugin, str(each.turns), name_age(now - each.updated)) for each in conversations]
    cells = [("plugin", "turns", "age"), *facts]
    widths = [min(max(map(count_cells, column)), columns // 4) for column in zip(*cells, strict=True)]
    room = max(1, columns - 1 - sum(widths) - 2 * len(widths))
    lines = []
    for title, (plugin, turns, age) in zip(["title", *(each.title for each in conversations)], cells, strict=True):
        parts = [fill_cells(title, room), fill_cells(plugin, widths[0])]
        lines.append("  ".join([*parts, turns.rjust(widths[1]), age.rjust(widths[2])]))
    return lines


def fill_cells(text: str, cells: int) -> str:
    """Make a text one line of just so many columns.

    Example:
        >>> fill_cells("明月", 6), fill_cells("明月光", 4)
        ('明月  ', '明… ')
    """
    line = clip_line(text, cells)
    return line + " " * (cells - count_cells(line))


def keep_end(text: str, cells: int) -> str:
    """Cut a text from its beginning until it fits into so many columns.

    Example:
        >>> keep_end("床前明月光", 5)
        '月光'
    """
    while count_cells(text) > max(0, cells):
        text = text[1:]
    return text


def name_age(age: timedelta) -> str:
    """Write an age in its largest whole unit.

    Example:
        >>> name_age(timedelta(hours=50)), name_age(timedelta(seconds=9))
        ('2d', 'now')
    """
    return next((f"{age // unit}{name}" for unit, name in AGES if age >= unit), "now")


def _bind_keys(picker: Picker) -> KeyBindings:
    keys = KeyBindings()
    acts: dict[str, Callable[[], None]] = {
        "up": lambda: picker.move(-1),
        "down": lambda: picker.move(1),
        "pageup": lambda: picker.move(-PAGE),
        "pagedown": lambda: picker.move(PAGE),
        "home": lambda: picker.move(-len(picker.matching)),
        "end": lambda: picker.move(len(picker.matching)),
        "backspace": picker.erase,
        "c-u": lambda: picker.erase(len(picker.typed)),
    }
    for key, act in acts.items():
        keys.add(key)(_call(act))
    for key in ("escape", "c-c", "c-d", "<sigint>"):
        keys.add(key)(lambda event: event.app.exit(result=None))
    keys.add("c-z")(lambda event: event.app.suspend_to_background())

    @keys.add("enter")
    def _choose(event: KeyPressEvent) -> None:
        if picker.chosen is not None:
            event.app.exit(result=picker.chosen.id)

    @keys.add(Keys.Any)
    @keys.add(Keys.BracketedPaste)
    def _type(event: KeyPressEvent) -> None:
        if event.key_sequence[0].key == Keys.BracketedPaste or event.data.isprintable():
            picker.write(event.data)

    return keys


def _call(act: Callable[[], None]) -> Callable[[KeyPressEvent], None]:
    return lambda event: act()

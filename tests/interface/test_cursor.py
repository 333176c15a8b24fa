"""A cursor over the tokens of a reply, driven by keys from a pipe that stands for the keyboard."""

import sys

import numpy as np
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.formatted_text import fragment_list_to_text, fragment_list_width
from prompt_toolkit.formatted_text.utils import split_lines
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.utils import get_cwidth

from chatlstm.engine.api import Reading
from chatlstm.interface.cursor import KEYS_LEGEND, TokenCursor, browse_readings, write_fragments
from chatlstm.interface.repl import run_terminal
from tests.interface.talks import make_talk, read_shown

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX terminal's bytes")

LEFT, RIGHT, UP, DOWN, HOME, END = "\x1b[D", "\x1b[C", "\x1b[A", "\x1b[B", "\x1b[H", "\x1b[F"
CTRL_LEFT, CTRL_RIGHT, ALT_B, ALT_F = "\x1b[1;5D", "\x1b[1;5C", "\x1bb", "\x1bf"
WORDS = ("The", " fish", "er", " sail", "s", ".", "")


def read(*texts: str) -> list[Reading]:
    """Make readings of these tokens, the n-th of probability 1/n."""
    cells = np.zeros((1, 1), np.float32)
    return [Reading(text, 1 / n, ((" sea", 0.5), (text, 1 / n)), cells) for n, text in enumerate(texts, start=1)]


def browse(keys: str, *texts: str) -> int:
    """Press keys over a reply on a terminal of 80 columns, and give the token they end on."""
    with create_pipe_input() as keyboard, create_app_session(keyboard, DummyOutput()):
        keyboard.send_text(keys)
        return browse_readings(read(*texts))


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ("", 0),
        (RIGHT, 1),
        (RIGHT * 3 + LEFT, 2),
        (LEFT, 0),
        (END, 6),
        (END + RIGHT, 6),
        (END + HOME, 0),
        (CTRL_RIGHT, 1),
        (CTRL_RIGHT * 2, 3),
        (CTRL_RIGHT * 3, 6),
        (ALT_F * 2 + RIGHT + ALT_B, 3),
        (END + CTRL_LEFT, 3),
        (END + CTRL_LEFT * 3, 0),
        (DOWN + UP, 0),
        ("x" + RIGHT, 1),
    ],
)
def test_where_keys_lead(keys: str, place: int) -> None:
    assert browse(keys + "q", *WORDS) == place


@pytest.mark.parametrize("key", ["q", "\r", "\x1b", "\x03", "\x04"])
def test_it_ends_with(key: str) -> None:
    assert browse(RIGHT + key, *WORDS) == 1


def test_chinese_is_walked_character_by_character() -> None:
    assert browse(CTRL_RIGHT * 2 + "q", *"海鸥飞。", "") == 2


def test_up_and_down_keep_to_the_column() -> None:
    cursor = TokenCursor(read("one", " two\n", "海", "鸥", "飞", "了", "。\n", "end"))
    places: list[int] = []
    for direction in (1, 1, -1, -1, -1):
        if not places:
            cursor.move(1)
        cursor.move_line(direction, 40)
        places.append(cursor.place)

    assert places == [3, 7, 2, 0, 0]


def test_the_token_under_the_cursor_is_told_with_its_alternatives() -> None:
    cursor = TokenCursor(read(*WORDS))
    cursor.move(3)
    shown = fragment_list_to_text(write_fragments(cursor.show_alternatives(80))).split("\n")

    assert [line.split() for line in shown] == [
        ['"', 'sail"', "25.0%", "4", "of", "7"],
        ["50.0%", '"', 'sea"'],
        ["25.0%", '"', 'sail"'],
    ]


def test_a_bar_is_as_long_as_its_probability() -> None:
    bars = [TokenCursor(read("a")).show_alternatives(columns)[1][1] for columns in (80, 30)]

    assert [bar.text for bar in bars] == [" " * 10, " " * 5]


def test_the_cursor_is_shown_on_its_token_alone() -> None:
    cursor = TokenCursor(read("one", "\n\n", "two"))
    cursor.move(1)
    fragments = write_fragments(cursor.show_text(40), cursor.place)

    assert [text for style, text, *_ in fragments if "reverse" in style] == ["↵", "↵"]
    assert ("[SetCursorPosition]", "") in fragments


def test_a_token_stands_on_its_shade() -> None:
    fragments = write_fragments(TokenCursor(read("a", "b", "c")).show_text(40))

    assert [(style, text) for style, text, *_ in fragments] == [
        ("", "a"),
        ("", "b"),
        ("bg:#afd7ff fg:#000000", "c"),
    ]


@pytest.mark.parametrize("columns", [40, 80])
def test_lines_fit_the_terminal_in_chinese_too(columns: int) -> None:
    cursor = TokenCursor(read(*"一只海鸥在船上飞来飞去，叫个不停。" * 9, "🐟"))
    lines = split_lines(write_fragments(cursor.show_text(columns)))

    assert max(map(fragment_list_width, lines)) <= columns
    assert get_cwidth(KEYS_LEGEND) < 40


def test_a_person_moves_over_the_reply_and_is_back_at_the_prompt() -> None:
    talk = make_talk(["old sea"])
    talk.screen.color = True
    with create_pipe_input() as keyboard, create_app_session(keyboard, DummyOutput()):
        keyboard.send_text(f"Hi.\r/confidence\r{RIGHT}{END}qthanks\r\x04")
        assert run_terminal(talk) == 0

    assert talk.session.list_messages(9) == ["thanks", "Hi."]
    assert "\x1b[38;5;16;48;5;153m sea\x1b[0m" in read_shown(talk)

"""A list to choose a conversation from, driven by keys from a pipe that stands for the keyboard."""

import sys
from datetime import UTC, datetime, timedelta

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.formatted_text import fragment_list_to_text, fragment_list_width
from prompt_toolkit.formatted_text.utils import split_lines
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from chatlstm.history.conversation import Conversation
from chatlstm.interface.commands import take_line
from chatlstm.interface.picker import Picker, name_age, pick_conversation
from chatlstm.interface.repl import run_terminal
from tests.interface.talks import make_talk, read_shown
from tests.interface.terminal import open_chat, send

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX terminal's bytes")

UP, DOWN, PAGE_UP, PAGE_DOWN, HOME, END = "\x1b[A", "\x1b[B", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F"
BACKSPACE, CTRL_U, F5 = "\x7f", "\x15", "\x1b[15~"
NOON = datetime(2026, 7, 31, 12, tzinfo=UTC)


def make_conversation(title: str, plugin: str = "dialogue", hours: float = 0, turns: int = 2) -> Conversation:
    return Conversation(title[:11], title, plugin, 1, NOON, NOON - timedelta(hours=hours), turns)


SHIPS = [
    make_conversation("whales"),
    make_conversation("ships at sea", "story"),
    make_conversation("床前明月光", "poetry"),
]


def pick(keys: str, conversations: list[Conversation] = SHIPS) -> str | None:
    """Press keys over the list, and give what they chose."""
    with create_pipe_input() as keyboard, create_app_session(keyboard, DummyOutput()):
        keyboard.send_text(keys)
        return pick_conversation(conversations)


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        ("", "whales"),
        (DOWN, "ships at se"),
        (DOWN * 9, "床前明月光"),
        (UP, "whales"),
        (END, "床前明月光"),
        (END + HOME, "whales"),
        (PAGE_DOWN, "床前明月光"),
        (PAGE_DOWN + PAGE_UP, "whales"),
        ("sea", "ships at se"),
        ("SEA ships", "ships at se"),
        ("story", "ships at se"),
        ("明月", "床前明月光"),
        ("seax" + BACKSPACE, "ships at se"),
        ("x" + BACKSPACE * 3, "whales"),
        ("sea" + CTRL_U, "whales"),
        (DOWN + "s", "whales"),
        ("s" + DOWN, "ships at se"),
        ("\x1b[200~at\nsea\x1b[201~", "ships at se"),
        (F5 + "\x01" + DOWN, "ships at se"),
    ],
)
def test_what_keys_choose(keys: str, chosen: str) -> None:
    assert pick(keys + "\r") == chosen


@pytest.mark.parametrize("key", ["\x1b", "\x03", "\x04"])
def test_nothing_is_chosen_with(key: str) -> None:
    assert pick(DOWN + key) is None


def test_where_nothing_matches_enter_waits() -> None:
    assert pick("zzz\r" + CTRL_U + "\r") == "whales"


def show(picker: Picker, columns: int = 40, lines: int = 12) -> list[str]:
    return fragment_list_to_text(picker.show(columns, lines)).split("\n")


def test_title_plugin_turns_and_age_are_shown() -> None:
    told = [make_conversation("whales", hours=3), make_conversation("月光", "poetry", hours=50, turns=12)]

    assert show(Picker(told, NOON)) == [
        "resume: ",
        "title              plugin    turns  age",
        "whales             dialogue      2   3h",
        "月光               poetry       12   2d",
        "type to filter; arrows, Enter; Esc: back",
    ]


def test_that_nothing_matches_is_told() -> None:
    picker = Picker(SHIPS, NOON)
    picker.write("zzz")

    assert (show(picker)[2], picker.chosen) == ("no conversation has that", None)


def test_the_chosen_conversation_alone_is_marked() -> None:
    picker = Picker([make_conversation(f"number {n}") for n in range(50)], NOON)
    picker.move(30)

    marked = [text for style, text, *_ in picker.show(80, 24) if style == "reverse"]
    assert [text.split("  ")[0] for text in marked] == ["number 30"]


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (40, 12), (20, 5)])
@pytest.mark.parametrize("place", [0, 25, 49])
def test_it_fits_the_screen_in_chinese_and_emoji_too(columns: int, lines: int, place: int) -> None:
    titles = ["床前明月光，疑是地上霜。" * 5, "🐟 fish 👩\u200d🔬 and e\u0301 " * 3, "tab\tand\x1b[31m"]
    picker = Picker([make_conversation(f"{n} {titles[n % 3]}"[:60]) for n in range(50)], NOON)
    picker.move(place)

    drawn = list(split_lines(picker.show(columns, lines)))
    assert len(drawn) == lines - 1
    assert max(map(fragment_list_width, drawn)) <= columns
    assert len({fragment_list_width(line) for line in drawn[1:-1]}) == 1


def test_the_end_of_a_long_filter_is_shown() -> None:
    picker = Picker(SHIPS, NOON)
    picker.write("明月光" * 9 + "end")

    assert show(picker, columns=20)[0] == "resume: 光明月光end"


@pytest.mark.parametrize(
    ("age", "name"),
    [
        (timedelta(seconds=-5), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=59), "59min"),
        (timedelta(hours=23), "23h"),
        (timedelta(days=6), "6d"),
        (timedelta(days=364), "52w"),
        (timedelta(days=800), "2y"),
    ],
)
def test_an_age_is_named(age: timedelta, name: str) -> None:
    assert name_age(age) == name


def test_a_person_picks_and_goes_on() -> None:
    talk = make_talk(["a", "b", "c"])
    with create_pipe_input() as keyboard, create_app_session(keyboard, DummyOutput()):
        keyboard.send_text("whales\r/new\rships\r/resume\rwhal\rmore\r\x04")
        assert run_terminal(talk) == 0

    assert talk.session.list_messages(9) == ["more", "whales", "ships"]


def test_who_picks_nothing_stays() -> None:
    talk = make_talk()
    take_line(talk, "Hello.")
    before = talk.session.conversation
    talk.screen.pick = lambda conversations: None
    read_shown(talk)

    take_line(talk, "/resume")

    assert (read_shown(talk), talk.session.conversation) == ("You are where you were.\n", before)


def test_there_is_nothing_to_pick_from() -> None:
    talk = make_talk()
    talk.screen.pick = pick_conversation

    take_line(talk, "/resume")

    assert "there is no conversation to go on with yet" in read_shown(talk)


def test_without_keys_the_latest_goes_on() -> None:
    talk = make_talk()
    take_line(talk, "Hello.")
    take_line(talk, "/new")

    take_line(talk, "/resume")

    assert talk.session.list_messages(9) == ["Hello."]
    assert "> Hello." in read_shown(talk)


def test_a_list_is_picked_from_on_a_terminal() -> None:
    with open_chat("echo") as chat:
        send(chat, "月光\r")
        chat.expect_exact("you said 2: ")
        send(chat, "/new\r")
        send(chat, "ships\r")
        chat.expect_exact("you said 5: ")
        send(chat, "/resume\r")
        chat.expect_exact("Esc: back")
        chat.setwinsize(12, 40)
        chat.send("月")
        chat.send("\r")
        chat.expect_exact("You are back in ")
        chat.expect_exact("> 月光\r\nyou said 2: 月光\r\n")

"""The first start in a real terminal, and the person's file at the next ones."""

import sys
from pathlib import Path

import pytest

from chatlstm.interface.configuration import COMMENTED
from tests.interface.terminal import open_chat, send, wait_for_end

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")


@pytest.fixture
def path(home: Path) -> Path:
    return home / "config.toml"


def test_the_first_start_writes_the_file_and_the_second_does_not_name_it(path: Path) -> None:
    with open_chat("echo") as chat:
        chat.expect_exact("Ctrl-D leaves; settings: ")
        chat.expect_exact("Say something, such as:\r\n")
        send(chat, "\x04")
        wait_for_end(chat)
    assert path.read_text("utf-8") == COMMENTED

    with open_chat("echo") as chat:
        chat.expect_exact("Ctrl-D leaves\r\n")


def test_a_chinese_locale_has_chinese_examples() -> None:
    with open_chat("echo", LC_ALL="zh_CN.UTF-8") as chat:
        chat.expect_exact("说点什么")


def test_a_first_start_on_a_plain_terminal_is_greeted_too(path: Path) -> None:
    with open_chat("echo", TERM="dumb") as chat:
        chat.expect_exact("Say something, such as:")

    assert path.exists()


def test_a_private_chat_writes_no_file(path: Path) -> None:
    with open_chat("echo", "private=") as chat:
        chat.expect_exact("Ctrl-D leaves\r\nPrivate: nothing is stored")

    assert not path.exists()


def test_what_the_file_sets_holds_and_what_is_wrong_in_it_is_told(path: Path) -> None:
    path.write_text('keys = "vi"\nprivate = true\ntheme = "blue"\n')
    with open_chat("echo") as chat:
        chat.expect_exact("config.toml:3: theme must")
        chat.expect_exact("Private: nothing is stored")
        send(chat, "b\x1bia\r")  # Escape, i: insert before the b
        chat.expect_exact("you said 2: ab")


def test_colours_are_those_of_the_theme(path: Path) -> None:
    path.write_text('theme = "light"\n')
    with open_chat("echo", "color=always", TERM="xterm-256color", NO_COLOR="") as chat:
        chat.expect_exact("\x1b[0;38;5;22;1m> ")  # 22 of the 256 colours is #005f00

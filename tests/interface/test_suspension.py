"""Ctrl-Z and back, in a shell that has job control."""

import sys
from collections.abc import Iterator

import pexpect
import pytest

from tests.interface.terminal import PROMPT, SHELL_PROMPT, list_stored, open_shell, send

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")

CTRL_Z = "\x1a"


@pytest.fixture
def shell() -> Iterator[pexpect.spawn]:
    with open_shell() as shell:
        shell.expect_exact(SHELL_PROMPT)
        yield shell


def begin_chat(shell: pexpect.spawn, engine: str, *arguments: str) -> None:
    words = (sys.executable, "-m", "tests.interface.chatting", engine, *arguments)
    shell.send(" ".join(words) + "\r")


def go_and_come_back(shell: pexpect.spawn) -> str:
    """Press Ctrl-Z, ask the shell for the modes it was given, and come back."""
    shell.send(CTRL_Z)
    shell.expect_exact("Stopped")
    shell.expect_exact(SHELL_PROMPT)
    shell.send("stty -a; echo en''d\r")
    shell.expect_exact("end\r\n")
    modes = str(shell.before)
    shell.send("fg\r")
    return modes


def test_a_line_is_whole_after_ctrl_z_and_back(shell: pexpect.spawn) -> None:
    begin_chat(shell, "echo")
    send(shell, "one ")
    shell.expect_exact("one")
    go_and_come_back(shell)
    send(shell, "two\r")
    shell.expect_exact("you said 7: one two")


def test_the_shell_has_its_modes_amid_a_reply(shell: pexpect.spawn) -> None:
    begin_chat(shell, "hanging")
    send(shell, "Hello.\r")
    shell.expect_exact("one two three")
    words = go_and_come_back(shell).replace(";", " ").split()

    assert {"echo", "icanon", "icrnl", "isig"} <= set(words)


def test_a_reply_can_be_stopped_after_ctrl_z_and_back(shell: pexpect.spawn) -> None:
    begin_chat(shell, "hanging")
    send(shell, "Hello.\r")
    shell.expect_exact("one two three")
    go_and_come_back(shell)
    shell.expect_exact("chatting hanging\r\n")
    shell.send("next\r\x03")
    shell.expect_exact("stopped")
    assert "next" not in shell.before  # nothing typed is shown amid a reply
    shell.expect_exact(PROMPT)

    assert list_stored()[:2] == ["Hello.", "one two three "]


def test_a_question_stands_after_ctrl_z_and_back(shell: pexpect.spawn) -> None:
    begin_chat(shell, "echo")
    send(shell, "Hello.\r")
    shell.expect_exact("you said 6: Hello.")
    send(shell, "/forget\r")
    shell.expect_exact("[y/N]")
    go_and_come_back(shell)
    shell.expect_exact("[y/N]")
    shell.send("y\r")
    shell.expect_exact("Forgotten for good")
    assert list_stored() == []


def test_the_cursor_over_a_reply_stands_after_ctrl_z_and_back(shell: pexpect.spawn) -> None:
    begin_chat(shell, "echo", "color=always")
    send(shell, "Hello.\r")
    shell.expect_exact("you said 6: Hello.")
    send(shell, "/confidence\r")
    shell.expect_exact("1 of 5")
    go_and_come_back(shell)
    shell.expect_exact("1 of 5")
    shell.send("q")
    shell.expect_exact("5 tokens, 3.0 bits each")

"""Long answers in the person's pager."""

import sys
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from chatlstm.interface.commands import take_line
from chatlstm.interface.pager import choose_pager, count_lines, page_text
from chatlstm.interface.repl import run_terminal
from tests.interface.talks import make_talk, read_shown
from tests.interface.terminal import PROMPT, SHELL_PROMPT, open_chat, open_shell, send

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="runs POSIX programs")

LONG = "\n".join(f"line {n}" for n in range(100))


@pytest.fixture(autouse=True)
def screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")


def write_program(folder: Path, name: str, commands: str) -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{commands}\n")
    program.chmod(0o700)
    return program


@pytest.fixture
def paged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pager that keeps what it is given in a file."""
    kept = tmp_path / "paged"
    program = write_program(tmp_path, "pager", 'cat > "$1"')
    monkeypatch.setenv("PAGER", f"'{program}' '{kept}'")
    return kept


def refuse(notice: str) -> None:
    pytest.fail(notice)


def test_more_than_a_screen_is_paged_whole(paged: Path) -> None:
    assert page_text(f"{LONG}\n床前明月光 \x1b[1msea\x1b[0m", refuse)
    assert paged.read_text("utf-8") == f"{LONG}\n床前明月光 \x1b[1msea\x1b[0m\n"


@pytest.mark.parametrize(
    ("text", "paged"),
    [("\n" * 22, False), ("\n" * 23, True), ("月" * 40 * 23, False), ("月" * 40 * 23 + "月", True)],
    ids=["23 lines", "24 lines", "wraps to 23", "wraps to 24"],
)
@pytest.mark.usefixtures("paged")
def test_a_screen_keeps_a_line_for_the_prompt(text: str, paged: bool) -> None:
    assert page_text(text, refuse) == paged


def test_colours_take_no_room() -> None:
    assert count_lines("\x1b[38;5;16;48;5;153msea\x1b[0m", 3) == 1


def test_an_empty_pager_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "")

    assert not page_text(LONG, refuse)


def test_less_is_the_pager_where_none_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_program(tmp_path, "less", 'echo "$LESS $LESSCHARSET $LESSHISTFILE" > "${0%/*}/said"; exec cat > /dev/null')
    monkeypatch.delenv("PAGER", raising=False)
    monkeypatch.delenv("LESSCHARSET", raising=False)
    monkeypatch.delenv("LESS", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    assert page_text(LONG, refuse)
    assert (tmp_path / "said").read_text() == "R utf-8 -\n"


def test_the_persons_settings_of_less_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = write_program(tmp_path, "pager", 'echo "$LESS" > "${0%/*}/said"; exec cat > /dev/null')
    monkeypatch.setenv("PAGER", str(program))
    monkeypatch.setenv("LESS", "RS")

    assert page_text(LONG, refuse)
    assert (tmp_path / "said").read_text() == "RS\n"


def test_without_less_there_is_no_pager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAGER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert choose_pager() == ""


@pytest.mark.parametrize("pager", ["./no-such-program", "less 'unbalanced"])
def test_a_pager_that_cannot_be_started_is_told(pager: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", pager)
    told: list[str] = []

    assert not page_text(LONG, told.append)
    assert told[0].startswith(f"the pager {pager!r} cannot be started (") and "set PAGER" in told[0]


def test_a_pager_that_is_left_early_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "true")

    assert page_text(LONG * 10_000, refuse)


def test_help_is_paged_on_a_terminal_that_is_too_small(paged: Path) -> None:
    talk = make_talk()
    with create_pipe_input() as keyboard, create_app_session(keyboard, DummyOutput()):
        keyboard.send_text("/help\r\x04")
        assert run_terminal(talk) == 0

    assert paged.read_text("utf-8").startswith("/help ")
    assert "/help" not in read_shown(talk)


def test_nothing_is_paged_off_a_terminal(paged: Path) -> None:
    talk = make_talk()
    take_line(talk, "/help")

    assert (paged.exists(), read_shown(talk)[:6]) == (False, "/help ")


@pytest.mark.usefixtures("paged")
def test_a_reply_is_never_paged(paged: Path) -> None:
    talk = make_talk([LONG])
    with create_pipe_input() as keyboard, create_app_session(keyboard, DummyOutput()):
        keyboard.send_text("Hello.\r\x04")
        assert run_terminal(talk) == 0

    assert (paged.exists(), LONG in read_shown(talk)) == (False, True)


WAITING = """cat > /dev/null
trap 'echo caught' INT
echo paging
until [ "$word" ]; do read word < /dev/tty; done
echo got $word"""


def test_ctrl_c_in_a_pager_does_not_end_the_chat(tmp_path: Path) -> None:
    program = write_program(tmp_path, "pager", WAITING)
    with open_chat("echo", PAGER=str(program)) as chat:
        send(chat, "/help\r")
        chat.expect_exact("paging")
        chat.send("\x03")
        chat.expect_exact("caught")
        chat.send("word\r")
        chat.expect_exact("got word")
        send(chat, "Hello.\r")
        chat.expect_exact("you said 6: Hello.")


def test_ctrl_z_in_a_pager_leads_to_the_shell_and_back(tmp_path: Path) -> None:
    program = write_program(tmp_path, "pager", WAITING)
    with open_shell() as shell:
        shell.expect_exact(SHELL_PROMPT)
        shell.send(f"PAGER={program} {sys.executable} -m tests.interface.chatting echo\r")
        send(shell, "/help\r")
        shell.expect_exact("paging")
        shell.send("\x1a")
        shell.expect_exact("Stopped")
        shell.expect_exact(SHELL_PROMPT)
        shell.send("fg\r")
        shell.expect_exact("chatting echo\r\n")
        shell.send("word\r")
        shell.expect_exact("got word")
        shell.expect_exact(PROMPT)

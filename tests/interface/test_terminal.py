"""The chat as a person meets it: typed into a real terminal."""

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import ROOT
from tests.interface.terminal import (
    ALT_ENTER,
    CTRL_X_CTRL_E,
    ENVIRONMENT,
    PROMPT,
    UP,
    list_stored,
    open_chat,
    read_stored,
    send,
    wait_for_end,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")


def test_it_says_what_it_is_and_where_it_stores(home: Path) -> None:
    with open_chat("echo") as chat:
        chat.expect_exact("a small text generator\r\n/help tells how, Ctrl-D leaves")
        chat.expect_exact(f"Stored in {home}"[:60])


def test_enter_sends_and_ctrl_d_leaves() -> None:
    with open_chat("echo") as chat:
        send(chat, "Hello.\r")
        chat.expect_exact("you said 6: Hello.")
        send(chat, "\x04")

        assert wait_for_end(chat) == 0
    assert list_stored() == ["Hello.", "you said 6: Hello."]


def test_ctrl_d_does_not_leave_a_line_that_is_not_empty() -> None:
    with open_chat("echo") as chat:
        send(chat, "ab\x01\x04\r")  # to its beginning; there it deletes what follows

        chat.expect_exact("you said 1: b")


@pytest.mark.parametrize("key", [ALT_ENTER, "\n"], ids=["alt-enter", "ctrl-j"])
def test_a_new_line_does_not_send(key: str) -> None:
    with open_chat("echo") as chat:
        send(chat, f"one{key}two\r")
        chat.expect_exact("you said 7: one\r\ntwo")


def test_pasted_lines_do_not_send() -> None:
    with open_chat("echo") as chat:
        send(chat, "\x1b[200~one\r\ntwo\n\x1b[201~\r")
        chat.expect_exact("you said 8: one")


def test_a_pasted_escape_is_taken_out() -> None:
    with open_chat("echo") as chat:
        send(chat, "\x1b[200~a\x1b[31mb\0c\x07 你好 😀\x1b[201~\r")
        chat.expect_exact("you said 9: ab\ufffdc 你好 😀")

    assert list_stored()[0] == "ab\ufffdc 你好 😀"


def test_a_megabyte_pasted_is_stored_whole() -> None:
    text = "0123456789" * 104_858
    with open_chat("echo") as chat:
        send(chat, f"\x1b[200~{text}\x1b[201~")
        chat.expect_exact("[paste 1: 1,048,580 characters]")
        chat.send(" end\r")
        chat.expect_exact("all 1,048,584 characters are stored; the model is given the last 8,000")
        chat.expect_exact("you said 8000: ")
        chat.expect_exact(PROMPT)

    assert list_stored()[0] == f"{text} end"


def test_ctrl_c_stops_a_reply_and_keeps_what_was_said() -> None:
    with open_chat("hanging") as chat:
        send(chat, "Hello.\r")
        chat.expect_exact("one two three")
        chat.send("\x03")
        chat.expect_exact("stopped")
        chat.expect_exact(PROMPT)

        assert [(stored.turn.text, stored.status) for stored in read_stored()][1] == (
            "one two three ",
            "stopped",
        )


def test_ctrl_c_goes_on_to_leave_after_a_stopped_reply() -> None:
    with open_chat("hanging") as chat:
        send(chat, "Hello.\r")
        chat.expect_exact("one two three")
        chat.send("\x03")
        chat.expect_exact("stopped")
        chat.send("\x03\x03")

        assert wait_for_end(chat) == 130
    assert read_stored()[1].status == "stopped"


def test_ctrl_c_clears_the_line_and_arrow_up_brings_it_back() -> None:
    with open_chat("echo") as chat:
        send(chat, "draft")
        chat.expect_exact("draft")
        chat.send("\x03x")
        chat.expect_exact("x")
        chat.send(f"\x7f{UP}\r")
        chat.expect_exact("you said 5: draft")


def test_ctrl_c_twice_on_an_empty_line_leaves_with_130() -> None:
    with open_chat("echo") as chat:
        send(chat, "\x03\x03")

        assert wait_for_end(chat) == 130


def test_ctrl_r_finds_what_was_said_in_an_earlier_chat() -> None:
    with open_chat("echo") as chat:
        send(chat, "a whale of a day\r")
        chat.expect_exact("you said")
        send(chat, "\x04")
        wait_for_end(chat)
    with open_chat("echo") as chat:
        send(chat, "\x12whale")
        chat.expect_exact(" of a day")
        chat.send("\r\r")
        chat.expect_exact("you said 16: a whale of a day")


def test_what_was_said_before_is_suggested_and_taken_with_the_right_arrow() -> None:
    with open_chat("echo", "color=always") as chat:
        send(chat, "a whale of a day\r")
        chat.expect_exact("you said")
        send(chat, "a wh")
        chat.expect_exact("ale of a day")
        chat.send("\x1b[C!\r")
        chat.expect_exact("you said 17: a whale of a day!")


def test_the_editor_brings_text_back_and_sends_nothing(tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "draft and\\nmore\\n" > "$1"\n')
    editor.chmod(0o700)
    with open_chat("echo", EDITOR=str(editor)) as chat:
        send(chat, f"draft{CTRL_X_CTRL_E}")
        chat.expect_exact("more")
        assert list_stored() == []
        chat.send("!\r")
        chat.expect_exact("you said 15: draft and\r\nmore!")


def test_an_editor_that_leaves_no_text_leaves_the_line(tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "\\377" > "$1"\necho edited\n')
    editor.chmod(0o700)
    with open_chat("echo", EDITOR=str(editor)) as chat:
        send(chat, f"draft{CTRL_X_CTRL_E}")
        chat.expect_exact("Error: the editor gave no text")
        chat.expect_exact("draft")
        chat.send("\r")
        chat.expect_exact("you said 5: draft")


def test_f4_switches_to_vi_keys() -> None:
    with open_chat("echo") as chat:
        send(chat, "\x1bOSabc\x1b")
        chat.send("0xA!\r")
        chat.expect_exact("you said 3: bc!")


def test_what_is_typed_amid_a_reply_waits_for_the_next_line() -> None:
    with open_chat("echo") as chat:
        send(chat, "one\rtwo\r")
        chat.expect_exact("you said 3: one")
        chat.expect_exact("you said 3: two")


def test_a_resized_terminal_goes_on() -> None:
    with open_chat("echo") as chat:
        send(chat, "before ")
        chat.setwinsize(12, 40)
        chat.send("after\r")
        chat.expect_exact("you said 12: before after")


def test_a_terminal_closed_amid_a_reply_keeps_what_was_said() -> None:
    with open_chat("hanging") as chat:
        send(chat, "Hello.\r")
        chat.expect_exact("one two three")
        chat.kill(signal.SIGHUP)

        assert wait_for_end(chat) == 128 + signal.SIGHUP
    assert (read_stored()[1].turn.text, read_stored()[1].status) == ("one two three ", "stopped")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_at_the_prompt_ends_it_quietly(number: signal.Signals) -> None:
    with open_chat("echo") as chat:
        chat.expect_exact(PROMPT)
        chat.kill(number)

        assert wait_for_end(chat) == 128 + number
        assert "Traceback" not in chat.before


def test_a_terminal_that_is_gone_without_a_signal_ends_the_chat() -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "tests.interface.chatting", "echo"]
    chat = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT},
        stdin=slave,
        stdout=slave,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    os.close(slave)
    shown = b""
    while PROMPT.encode() not in shown:
        shown += os.read(master, 4096)
    os.close(master)
    _, errors = chat.communicate(timeout=30)

    assert (chat.returncode in (0, 129), errors) == (True, b"")


def test_a_person_moves_over_a_reply_and_is_back_at_the_prompt() -> None:
    with open_chat("echo", "color=always") as chat:
        send(chat, "Hello.\r")
        chat.expect_exact("you said 6: Hello.")
        send(chat, "/confidence\r")
        chat.expect_exact("1 of 5")
        chat.send("\x1b[F")  # End
        chat.expect_exact("5")
        chat.send("\x03")  # Ctrl-C ends the looking around, not the chat
        chat.expect_exact("5 tokens, 3.0 bits each")
        send(chat, "/look\r")
        chat.expect_exact("tanh(c) of the cells")
        send(chat, "\x04")

        assert wait_for_end(chat) == 0


def test_without_colour_the_least_probable_tokens_are_listed() -> None:
    with open_chat("echo") as chat:
        send(chat, "Hello.\r")
        chat.expect_exact("you said 6: Hello.")
        send(chat, "/confidence\r")
        chat.expect_exact("the least probable tokens")
        chat.expect_exact("5 tokens, 3.0 bits each")

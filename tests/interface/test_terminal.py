"""The chat as a person meets it: typed into a real terminal."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.interface.terminal import (
    ALT_ENTER,
    CTRL_X_CTRL_E,
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
        chat.expect_exact("a small text generator\r\n/help tells how, Ctrl-D leaves\r\n")
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


def test_ctrl_c_twice_amid_a_reply_leaves_with_130() -> None:
    with open_chat("hanging") as chat:
        send(chat, "Hello.\r")
        chat.expect_exact("one two three")
        chat.send("\x03\x03")

        assert wait_for_end(chat) == 130
    assert read_stored()[1].status == "stopped"


def test_ctrl_c_clears_the_line_and_arrow_up_brings_it_back() -> None:
    with open_chat("echo") as chat:
        send(chat, f"draft\x03new{UP}{UP}\x03x\x03")
        chat.send(f"{UP}{UP}{UP}\r")
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
        chat.expect_exact("a whale of a day")
        chat.send("\r\r")
        chat.expect_exact("you said 16: a whale of a day")


def test_the_editor_brings_text_back_and_sends_nothing(tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf " and\\nmore" >> "$1"\n')
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
        chat.expect_exact("edited")
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


def test_a_terminal_that_is_gone_ends_the_chat() -> None:
    with open_chat("echo") as chat:
        chat.expect_exact(PROMPT)
        os.close(chat.child_fd)
        chat.child_fd = -1
        chat.ptyproc.fd = -1

        assert os.waitstatus_to_exitcode(os.waitpid(chat.pid, 0)[1]) in (0, 129)
        chat.ptyproc.terminated = chat.terminated = True


def test_a_message_waits_for_the_model_with_a_notice() -> None:
    with open_chat("loading") as chat:
        send(chat, "Hello.\r")
        chat.expect_exact("the model is still loading; your message waits for it")
        chat.send("\x03")
        chat.expect_exact("stopped")
        send(chat, "\x04")

        assert wait_for_end(chat) == 0
    assert list_stored() == ["Hello."]


def test_a_model_that_cannot_be_loaded_leaves_commands_to_use() -> None:
    with open_chat("unloadable") as chat:
        chat.expect_exact("Error: en/weights.safetensors: is damaged")
        send(chat, "/plugins\r")
        chat.expect_exact("The model's own words.")


def test_a_plugin_that_fails_while_it_answers_does_not_end_the_chat() -> None:
    with open_chat("failing") as chat:
        send(chat, "Hello.\r")
        chat.expect_exact("half of it\r\n")
        chat.expect_exact(
            "Error: the plugin 'plain' failed: RuntimeError: the model broke in two lines"
        )
        send(chat, "again\r")
        chat.expect_exact("half of it\r\n")


def test_control_sequences_of_the_model_never_reach_the_terminal() -> None:
    with open_chat("hostile") as chat:
        send(chat, "Hello.\r")
        chat.expect_exact("abcd\ufffde\ufffd\r\nnew")


def test_a_conversation_is_resumed_with_its_last_exchanges() -> None:
    with open_chat("echo") as chat:
        for text in ("one", "two", "three"):
            send(chat, f"{text}\r")
        send(chat, "\x04")
        wait_for_end(chat)
    with open_chat("echo", "resume=") as chat:
        chat.expect_exact("> two\r\nyou said 3: two\r\n\r\n> three\r\nyou said 5: three\r\n")
        assert "> one" not in chat.before


def test_a_private_chat_writes_nothing(home: Path) -> None:
    with open_chat("echo", "private=") as chat:
        chat.expect_exact("Private: nothing is stored")
        send(chat, "Hello.\r")
        chat.expect_exact("you said")

    assert list(home.iterdir()) == []


def test_a_dumb_terminal_has_a_plain_prompt() -> None:
    with open_chat("echo", TERM="dumb") as chat:
        chat.expect_exact("> ")
        chat.sendline("Hello. 你好")
        chat.expect_exact("you said 9: Hello. 你好")
        assert "\x1b" not in chat.before
        chat.expect_exact("> ")
        chat.sendeof()

        assert wait_for_end(chat) == 0


def test_ctrl_c_twice_leaves_a_dumb_terminal() -> None:
    with open_chat("echo", TERM="dumb") as chat:
        chat.expect_exact("> ")
        chat.sendintr()
        chat.expect_exact("> ")
        chat.sendintr()

        assert wait_for_end(chat) == 130


def test_a_terminal_without_colour_gets_none() -> None:
    with open_chat("loading") as chat:
        send(chat, "Hello.\r")
        chat.expect_exact("the model is still loading")
        assert "\x1b[2m" not in chat.before


def test_two_chats_write_at_once() -> None:
    with open_chat("echo") as one, open_chat("echo") as two:
        send(one, "by one\r")
        send(two, "by two\r")
        one.expect_exact("you said 6: by one")
        two.expect_exact("you said 6: by two")
        send(one, "/list\r")
        one.expect_exact("by two")

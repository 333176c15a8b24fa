"""The chat in a terminal when something is amiss, in a dumb one, and two at once."""

import sys
from pathlib import Path

import pytest

from tests.interface.terminal import (
    list_stored,
    open_chat,
    send,
    wait_for_end,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")


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
            chat.expect_exact(f": {text}\r\n")
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

"""A chat in a terminal that is resized, pasted into and closed."""

import signal
import sys

import pytest

from tests.interface.terminal import PROMPT, list_stored, open_chat, read_stored, send, wait_for_end

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")

SIZES = [(12, 40), (3, 10), (50, 200), (24, 80)]


def test_a_line_is_whole_whatever_the_terminal_is_resized_to_meanwhile() -> None:
    with open_chat("echo") as chat:
        chat.expect_exact(PROMPT)
        for size in SIZES:
            chat.send("月ab")
            chat.setwinsize(*size)
        chat.send("\r")
        chat.expect_exact("you said 12: 月ab月ab月ab月ab")


def test_a_reply_goes_on_while_the_terminal_is_resized() -> None:
    with open_chat("hanging") as chat:
        send(chat, "Hello.\r")
        chat.expect_exact("one two three")
        for size in SIZES:
            chat.setwinsize(*size)
        chat.send("\x03")
        chat.expect_exact("stopped")
        chat.expect_exact(PROMPT)

    assert [stored.status for stored in read_stored()] == ["done", "stopped"]


def test_a_choice_stands_while_the_terminal_is_resized() -> None:
    with open_chat("echo") as chat:
        send(chat, "Hello.\r")
        chat.expect_exact("you said 6: Hello.")
        send(chat, "/resume\r")
        chat.expect_exact("Esc: back")
        for size in SIZES:
            chat.setwinsize(*size)
        chat.send("\r")
        chat.expect_exact("You are back in ")


def test_many_pasted_lines_are_one_message() -> None:
    lines = [f"line {n} 月" for n in range(100)]
    with open_chat("echo") as chat:
        send(chat, "\x1b[200~" + "\r".join(lines) + "\x1b[201~")
        chat.send("\r")
        chat.expect_exact(f"you said {len('-'.join(lines))}: ")
        chat.expect_exact(PROMPT)

    assert list_stored()[0] == "\n".join(lines)


def test_a_thousand_pasted_lines_are_one_message() -> None:
    lines = [f"line {n}" for n in range(1_000)]
    with open_chat("echo") as chat:
        send(chat, "\x1b[200~" + "\n".join(lines) + "\x1b[201~")
        chat.send("\r")
        chat.expect_exact("you said 8000: ")
        chat.expect_exact(PROMPT)

    assert list_stored()[0] == "\n".join(lines)


@pytest.mark.parametrize("command", ["/confidence\r", "/forget\r", "/edit 1\r", "/resume\r"])
def test_a_terminal_closed_over_a_question_ends_the_chat(command: str) -> None:
    with open_chat("echo", "color=always") as chat:
        send(chat, "Hello.\r")
        chat.expect_exact("you said 6: Hello.")
        send(chat, command)
        chat.expect("1 of 5|y/N|edit> |Esc: back")
        chat.kill(signal.SIGHUP)

        assert wait_for_end(chat) == 128 + signal.SIGHUP
        assert "Traceback" not in chat.before
    assert list_stored() == ["Hello.", "you said 6: Hello."]


def test_a_terminal_closed_over_a_pager_ends_the_chat() -> None:
    with open_chat("echo", PAGER="sh -c 'cat > /dev/null; echo paging; read word < /dev/tty'") as chat:
        send(chat, "/help\r")
        chat.expect_exact("paging")
        chat.kill(signal.SIGHUP)

        assert wait_for_end(chat) == 128 + signal.SIGHUP
        assert "Traceback" not in chat.before

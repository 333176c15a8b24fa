"""The line editor: what a key does, given through a pipe that stands for the keyboard."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from chatlstm.errors import ChatLSTMError
from chatlstm.interface.commands import take_line
from chatlstm.interface.keys import edit_line
from chatlstm.interface.pasting import Pastes
from chatlstm.interface.repl import SaidBefore, run_terminal
from chatlstm.interface.talk import Talk
from tests.interface.talks import make_talk, read_shown

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX terminal's bytes")

F4, ALT_ENTER, CTRL_C, CTRL_D = "\x1bOS", "\x1b\r", "\x03", "\x04"


@contextmanager
def open_keyboard() -> Iterator[PipeInput]:
    with create_pipe_input() as keyboard, create_app_session(keyboard, DummyOutput()):
        yield keyboard


def type_keys(keys: str, talk: Talk | None = None) -> list[str]:
    """Type into a chat until it ends, and give the messages that were sent."""
    talk = talk or make_talk(["fine"])
    with open_keyboard() as keyboard:
        keyboard.send_text(keys)
        assert run_terminal(talk) == 0
    return talk.session.list_messages(9)[::-1]


def paste(text: str) -> str:
    return f"\x1b[200~{text}\x1b[201~"


@pytest.mark.parametrize(
    ("keys", "sent"),
    [
        ("one\r", ["one"]),
        ("one\rtwo\r", ["one", "two"]),
        (f"one{ALT_ENTER}two\r", ["one\ntwo"]),
        ("one\ntwo\r", ["one\ntwo"]),
        (paste("one\r\ntwo") + "\r", ["one\ntwo"]),
        (paste("a\x1b[31mb\x07\0") + "\r", ["ab\ufffd"]),
        ("\r  \r\t\r", []),
        ("你好 😀\r", ["你好 😀"]),
        (f"one{CTRL_C}two\r", ["two"]),
        (f"{F4}{F4}ab\x01c\r", ["cab"]),
        ("ab\x01\x04\r", ["b"]),
        ("ab\0cd\r", ["abcd"]),  # Ctrl-Space
    ],
)
def test_what_keys_send(keys: str, sent: list[str]) -> None:
    assert type_keys(keys + CTRL_D) == sent


def test_pasted_lines_wait_for_enter() -> None:
    assert type_keys(paste("one\r\n\rtwo") + CTRL_C + CTRL_D) == []


def test_a_long_paste_is_sent_whole() -> None:
    text = "word " * 10_000  # no more than a pipe holds

    assert type_keys(paste(text) + "end\r" + CTRL_D) == [f"{text}end"]


def test_ctrl_c_twice_on_an_empty_line_leaves() -> None:
    with open_keyboard() as keyboard:
        keyboard.send_text(CTRL_C * 2)
        with pytest.raises(KeyboardInterrupt):
            run_terminal(make_talk())


def test_quit_leaves() -> None:
    assert type_keys("/quit\r") == []


def write_editor(folder: Path, commands: str) -> str:
    """Write a program that edits its file so."""
    path = folder / "editor"
    path.write_text(f"#!/bin/sh\n{commands}\n")
    path.chmod(0o700)
    return str(path)


def edit(text: str, pastes: Pastes | None = None) -> Buffer:
    """Have a text edited, and give the line afterwards."""
    buffer = Buffer(document=Document(text))
    asyncio.run(edit_line(buffer, pastes or Pastes()))
    return buffer


def test_an_edited_line_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "EDITOR", write_editor(tmp_path, "printf '>> ' > $1.new; cat $1 >> $1.new; cp $1.new $1")
    )
    buffer = edit("one\ntwo")

    assert (buffer.text, buffer.cursor_position) == (">> one\ntwo", 10)


def test_a_long_paste_is_edited_whole_and_folded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", write_editor(tmp_path, "printf more >> $1"))
    pastes = Pastes()
    buffer = edit(pastes.fold("a" * 5000), pastes)

    assert pastes.unfold(buffer.text) == "a" * 5000 + "\nmore"
    assert len(buffer.text) < 100


@pytest.mark.parametrize("commands", ["true", "printf '\\377' > $1", "exit 1"])
def test_an_editor_that_gives_no_text_leaves_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commands: str
) -> None:
    monkeypatch.setenv("EDITOR", write_editor(tmp_path, commands))

    assert edit("draft").text == "draft"


def test_input_is_searched_from_the_newest_back_without_the_very_long() -> None:
    talk = make_talk()
    for text in ("one", "a" * 5000, "t\two", "/help"):
        take_line(talk, text)

    assert list(SaidBefore(talk).load_history_strings()) == ["t\two", "one"]


def test_a_history_that_cannot_be_read_is_searched_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(conversations: int) -> list[str]:
        raise ChatLSTMError("locked")

    talk = make_talk()
    monkeypatch.setattr(talk.session, "list_messages", fail)

    assert list(SaidBefore(talk).load_history_strings()) == []


def test_a_notice_that_comes_while_the_prompt_stands_is_shown() -> None:
    talk = make_talk(["fine"])
    with open_keyboard() as keyboard:

        def tell_and_type() -> None:
            talk.screen.tell("the model is here")
            keyboard.send_text(f"one\r{CTRL_D}")

        talk.engine.when_ended(tell_and_type)
        run_terminal(talk)

    assert read_shown(talk) == "the model is here\nfine\n\n"

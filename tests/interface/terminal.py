"""A chat in a real terminal, typed into."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect

from chatlstm.history.opening import open_history
from chatlstm.history.turn import StoredTurn
from tests.house.source import ROOT

PROMPT = "\x1b[0;1m> "
SHELL_PROMPT = "shell: "
UP = "\x1b[A"
ALT_ENTER = "\x1b\r"
CTRL_X_CTRL_E = "\x18\x05"
ENVIRONMENT = {"NO_COLOR": "1", "PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm", "PYTHONUTF8": "1"}


@contextmanager
def open_chat(*arguments: str, **environment: str) -> Iterator[pexpect.spawn]:
    """Start ``tests.interface.chatting`` in a terminal of 24 lines of 80 columns."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "tests.interface.chatting", *arguments],
        cwd=str(ROOT),
        env={**os.environ, **ENVIRONMENT, **environment},
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=30,
    )
    child.delaybeforesend = None
    try:
        yield child
    finally:
        child.close(force=True)


@contextmanager
def open_shell() -> Iterator[pexpect.spawn]:
    """Start a shell that has job control, in such a terminal."""
    child = pexpect.spawn(
        "/bin/sh",
        ["-i"],
        cwd=str(ROOT),
        env={**os.environ, **ENVIRONMENT, "ENV": "", "PS1": SHELL_PROMPT},
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=30,
    )
    child.delaybeforesend = None
    try:
        yield child
    finally:
        child.close(force=True)


def send(chat: pexpect.spawn, text: str) -> None:
    """Wait for the prompt, then type."""
    chat.expect_exact(PROMPT)
    chat.send(text)


def wait_for_end(chat: pexpect.spawn) -> int:
    """Wait until the chat has ended, and give its exit code; minus the signal where one ended it."""
    chat.expect(pexpect.EOF)
    chat.wait()
    return int(chat.exitstatus if chat.exitstatus is not None else -chat.signalstatus)


def read_stored() -> tuple[StoredTurn, ...]:
    """Read the turns of the latest conversation."""
    with open_history(Path(os.environ["CHATLSTM_HOME"], "history.db")) as history:
        conversation = history.latest_conversation()
        return history.read_turns(conversation.id) if conversation else ()


def list_stored() -> list[str]:
    """List the texts of the latest conversation."""
    return [stored.turn.text for stored in read_stored()]

"""A chat killed at any moment loses no turn that it has shown or answered."""

import os
import random
import subprocess
import sys

import pytest

from tests.house.source import ROOT
from tests.interface.terminal import list_stored

KILLS = int(os.environ.get("CHATLSTM_TEST_KILLS", "3"))


def chat_until_killed(seconds: float) -> list[str]:
    """Let a chat answer many lines, kill it, and give the replies it had told by then."""
    command = [sys.executable, "-m", "tests.interface.chatting", "echo"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as chat:
        assert chat.stdin and chat.stdout
        chat.stdin.write("".join(f"message {number}\n" for number in range(1000)))
        chat.stdin.flush()
        first = chat.stdout.readline()
        try:
            chat.wait(seconds)
        except subprocess.TimeoutExpired:
            chat.kill()
        told = first + chat.stdout.read()
    return told.splitlines()


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_chat_loses_no_turn_it_has_told(seed: int) -> None:
    told = chat_until_killed(random.Random(seed).uniform(0, 0.7))
    stored = list_stored()

    whole = told[:-1]  # the last line may be cut, and so may what is stored of it
    said = [f"message {number}" for number in range(len(whole))]
    assert stored[: 2 * len(whole)] == [
        text for pair in zip(said, whole, strict=True) for text in pair
    ]
    assert stored[2 * len(whole) : 2 * len(whole) + 1] in ([], [f"message {len(whole)}"])
    assert not told[-1:] or f"message {len(whole)}" in stored

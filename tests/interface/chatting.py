"""The chat with an engine that does as its test wants.

Run as ``python -m tests.interface.chatting ENGINE [NAME=VALUE]...``: a name of ``ENGINES``, then
settings of the chat.
"""

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from chatlstm.engine.api import Constraint, Generator, Piece, Prompt, Sampling
from chatlstm.errors import ChatLSTMError, CheckpointError
from chatlstm.interface.chat import ChatSettings, run_chat
from chatlstm.interface.talk import Engine
from tests.doubles import CannedGenerator

PLUGIN = str(Path(__file__).with_name("plain.py"))


class Echo(CannedGenerator):
    """Says what was said to it."""

    def __init__(self) -> None:
        super().__init__(["-"])

    def stream(
        self,
        prompt: Prompt,
        sampling: Sampling,
        *,
        seed: int,
        constraint: Constraint | None = None,
    ) -> Iterator[Piece]:
        text = prompt.turns[-1]
        yield Piece(f"you said {len(text)}: ", 1)
        yield Piece(text[:500], 2)
        yield Piece("", 2, "end")


class Told(CannedGenerator):
    """Says pieces as they are given, then hangs, fails or ends."""

    def __init__(self, pieces: Sequence[str], then: Callable[[], object] = int) -> None:
        super().__init__(["-"])
        self._pieces = pieces
        self._then = then

    def stream(
        self,
        prompt: Prompt,
        sampling: Sampling,
        *,
        seed: int,
        constraint: Constraint | None = None,
    ) -> Iterator[Piece]:
        for number, text in enumerate(self._pieces, start=1):
            yield Piece(text, number)
        self._then()
        yield Piece("", len(self._pieces), "end")


def hang() -> None:
    threading.Event().wait()


def fail() -> None:
    raise RuntimeError("the model broke\nin two lines")


def fail_to_load() -> Generator:
    raise CheckpointError("en/weights.safetensors: is damaged")


def never_load() -> Generator:
    hang()
    raise AssertionError


ENGINES: dict[str, Callable[[], Generator]] = {
    "echo": Echo,
    "hanging": lambda: Told(["one two ", "three "], hang),
    "failing": lambda: Told(["half of ", "it"], fail),
    "printing": lambda: Told(["fine"], lambda: print("noise")),
    "hostile": lambda: Told(
        ["a\x1b[3", "1mb\x1b]0;ev", "il\x07c\x07\u202e", "d\ud800e\0", "\nnew"]
    ),
    "unloadable": fail_to_load,
    "loading": never_load,
}


def read_settings(arguments: Sequence[str]) -> ChatSettings:
    given = dict(argument.split("=", 1) for argument in arguments)
    settings = ChatSettings(plugin=given.get("plugin", PLUGIN), resume=given.get("resume"))
    return replace(
        settings,
        private=True if "private" in given else None,
        seed=int(given["seed"]) if "seed" in given else None,
        color=given.get("color", "auto"),  # type: ignore[arg-type]  # one of the three
    )


def main() -> int:
    load = ENGINES[sys.argv[1]]
    try:
        return run_chat(read_settings(sys.argv[2:]), lambda settings: lambda: Engine(load(), "cpu"))
    except ChatLSTMError as error:  # as the program's own main tells it
        print(error, file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())

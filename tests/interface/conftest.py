"""What tests of the command line stand on: a way to run it, and a plugin of a few lines."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from chatlstm.interface.main import run_program

ECHO = '''
from chatlstm.plugin import ConstraintError, Domain, Draft, Option, Prompt, Sampling

LENGTH = Option("length", 12, 1, 99, "tokens at most")


class Echo(Domain):
    """Goes on with what is said."""

    name = "echo"
    summary = "Goes on with what you say."
    cues = ("go on",)
    options = (LENGTH, Option("boldness", 0.5, 0.0, 2.0, "how bold"))

    def begin(self, request):
        if request.text == "orange":
            raise ConstraintError("no rhyme for 'orange'")
        if request.text == "stop":
            raise KeyboardInterrupt
        if request.text == "lemon":
            unmet = {"unmet": "no rhyme"}
            return Draft(request, Prompt("dialogue"), reply="a melon", finish="constraint", details=unmet)
        sampling = Sampling(max_tokens=int(LENGTH.read(request.options)))
        return Draft(request, Prompt("dialogue", (request.text,)), sampling, details={"asked": request.text})
'''


@dataclass(frozen=True)
class Ended:
    """How a run of the program ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


class TypedInput(io.BytesIO):
    """Standard input of a terminal at which nobody types more than this."""

    def isatty(self) -> bool:
        return True


def give_input(content: io.BytesIO) -> io.TextIOWrapper:
    """Make a standard input of bytes."""
    return io.TextIOWrapper(content, encoding="utf-8")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Give a function that runs the program in this process."""

    def run_with(*arguments: str, stdin: io.BytesIO | None = None) -> Ended:
        monkeypatch.setattr(sys, "argv", ["chatlstm", *arguments])
        monkeypatch.setattr(sys, "stdin", give_input(stdin or io.BytesIO()))
        code = run_program()
        captured = capsys.readouterr()
        return Ended(code, captured.out, captured.err)

    return run_with


@pytest.fixture
def echo(home: Path) -> Path:
    """Drop a plugin into the home."""
    path = home / "plugins" / "echo.py"
    path.parent.mkdir()
    path.write_text(ECHO)
    return path

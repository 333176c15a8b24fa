"""The program's commands, exit codes and errors."""

import io
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from chatlstm import __version__
from chatlstm.interface import main as program
from chatlstm.interface.chat import ChatSettings
from tests.interface.conftest import Run

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "sqlalchemy", "prompt_toolkit", "rich", "numpy")


def start(*arguments: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    """Run the program as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "chatlstm", *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        cwd=ROOT,
        check=False,
    )


def list_imports(*arguments: str) -> set[str]:
    """Run the program, and list the heavy libraries it imported."""
    script = (
        "import sys\n"
        f"sys.argv = ['chatlstm', *{arguments!r}]\n"
        "from chatlstm.interface.main import run_program\n"
        "run_program()\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        encoding="utf-8",
        check=True,
        cwd=ROOT,
    )
    return set(eval(ended.stderr.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("generate", "--nonsense")])
def test_help_version_and_misuse_import_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert list_imports(*arguments) <= ({"numpy"} if arguments[0] == "generate" else set())


@pytest.mark.parametrize("name", ["plugins", "checkpoints", "corpora", "history"])
def test_a_listing_imports_no_torch_sqlalchemy_or_terminal_library(name: str) -> None:
    assert list_imports(name, "list") <= {"numpy"}


def test_completion_imports_no_torch_and_knows_the_commands(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_CHATLSTM_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "chatlstm ch")
    monkeypatch.setenv("COMP_CWORD", "1")

    assert run().out.splitlines() == ["plain,chat", "plain,checkpoints"]


def test_every_command_has_the_summary_that_the_table_tells() -> None:
    found = {name: entry.load().help or "" for name, entry in program.COMMANDS.items()}

    assert {name: text.split("\n\n")[0] for name, text in found.items()} == {
        name: entry.summary for name, entry in program.COMMANDS.items()
    }


@pytest.mark.parametrize("name", program.COMMANDS)
def test_every_command_has_help(run: Run, name: str) -> None:
    ended = run(name, "--help")

    assert (ended.code, ended.out.split()[:3]) == (0, ["Usage:", "chatlstm", name])


def test_help_lists_the_commands(run: Run) -> None:
    out = run("--help").out

    assert [name for name in program.COMMANDS if f"\n  {name} " not in out] == []


def test_version_is_the_packages(run: Run) -> None:
    assert run("--version").out == f"chatlstm {__version__}\n"


def test_python_m_is_the_same_program() -> None:
    assert start("--version").stdout == f"chatlstm {__version__}\n"


CHATS = [
    ((), ChatSettings()),
    (("-c",), ChatSettings(resume="")),
    (("chat", "-c"), ChatSettings(resume="")),
    (("-r", "2607"), ChatSettings(resume="2607")),
    (("--seed", "7", "--private"), ChatSettings(seed=7, private=True)),
    (("--no-private",), ChatSettings(private=False)),
    (("--plugin", "story", "--device", "cpu"), ChatSettings(plugin="story", device="cpu")),
    (("chat", "--checkpoint", "zh"), ChatSettings(checkpoint="zh")),
    (("--color", "never", "--debug"), ChatSettings(color="never", debug=True)),
]


@pytest.mark.parametrize(("arguments", "settings"), CHATS)
def test_without_a_command_it_chats(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], settings: ChatSettings
) -> None:
    seen: list[ChatSettings] = []

    def keep_settings(given: ChatSettings) -> int:
        seen.append(given)
        return 130

    monkeypatch.setattr("chatlstm.interface.chat.run_chat", keep_settings)

    assert (run(*arguments).code, seen) == (130, [settings])


MISUSES = [
    (("chekpoints",), "did you mean 'checkpoints'?"),
    (("qqq",), "there is chat, generate, train"),
    (("plugins", "lst"), "did you mean 'list'?"),
    (("-c", "-r", "26"), "give one of them"),
    (("--seed", "many"), "--seed"),
    (("--seed", "-1"), "--seed"),
    (("--nonsense",), "--nonsense"),
    (("generate",), "PLUGIN"),
]


@pytest.mark.parametrize(("arguments", "hint"), MISUSES)
def test_misuse_ends_with_2_and_a_hint(run: Run, arguments: tuple[str, ...], hint: str) -> None:
    ended = run(*arguments)

    assert (ended.code, ended.out) == (2, "")
    assert hint in ended.err


FAILURES = [
    (KeyboardInterrupt(), 130, ""),
    (click.Abort(), 130, ""),
    (OSError(28, "No space left on device"), 1, "No space left on device"),
    (ZeroDivisionError("by zero"), 1, "ZeroDivisionError: by zero; --debug shows"),
    (BrokenPipeError(), 0, ""),
]


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the command ``doctor`` raise."""

    @click.command()
    def doctor() -> None:
        raise error

    entry = program.Entry("It fails.", lambda: doctor)
    monkeypatch.setitem(program.COMMANDS, "doctor", entry)


@pytest.mark.parametrize(("error", "code", "sentence"), FAILURES)
def test_whatever_fails_ends_in_a_code_and_without_a_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, sentence: str
) -> None:
    fail_with(monkeypatch, error)

    ended = run("doctor")

    assert (ended.code, sentence in ended.err) == (code, True)
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("arguments", [("--debug", "doctor"), ("doctor", "--debug")])
def test_debug_shows_the_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    fail_with(monkeypatch, ZeroDivisionError("by zero"))

    assert "Traceback" in run(*arguments).err


def test_debug_behind_two_dashes_is_a_word(run: Run, echo: Path) -> None:
    ended = run("generate", "echo", "--checkpoint", "nowhere", "--", "--debug")

    assert "Traceback" not in ended.err


def test_an_error_says_no_terminal_sequence(run: Run, home: Path) -> None:
    assert "\x1b" not in run("generate", "\x1b[31mred").err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other pipes")
@pytest.mark.parametrize("arguments", [("--help",), ("corpora", "list"), ("corpora", "--json")])
def test_a_closed_pipe_ends_quietly(arguments: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    ended = start(*arguments, stdout=writer)
    os.close(writer)

    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
def test_a_full_disk_behind_standard_output_is_told() -> None:
    with Path("/dev/full").open("w") as full:
        ended = start("--help", stdout=full.fileno())

    assert (ended.returncode, ended.stderr) == (1, "Error: No space left on device\n")


def test_what_could_not_be_printed_does_not_trouble_the_end(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w") as closed:
        monkeypatch.setattr(sys, "stdout", closed)

        assert run("history", "path").code == 0


def test_standard_output_may_be_any_stream(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)

    run("--version")

    assert stream.getvalue() == f"chatlstm {__version__}\n"


def test_a_narrow_terminal_loses_characters_and_no_more(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    monkeypatch.setenv("CHATLSTM_HOME", "/家")

    assert run("history", "path").code == 0
    assert narrow.buffer.getvalue() == b"/?/history.db\n"


def test_main_ends_the_process_with_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["chatlstm", "--nonsense"])

    with pytest.raises(SystemExit, match="2"):
        program.main()

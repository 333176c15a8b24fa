"""Whatever comes in, the program answers it or says why not, and nothing that was said is lost.

Here is the program itself with a tiny model. The same is told of the chat alone in ``test_pipe.py``
and ``test_terminal_faults.py``, of prompts in ``test_generate.py``, of storage in ``tests/history``.
"""

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from chatlstm.history.opening import open_history
from tests.house.source import ROOT
from tests.interface.conftest import Run
from tests.interface.terminal import list_stored

pytestmark = [
    pytest.mark.usefixtures("echo"),
    pytest.mark.skipif(sys.platform == "win32", reason="limits, signals and shells of POSIX"),
]
MEGABYTE = "0123456789" * 104_858
BAD = """
print("noise at import")
raise RuntimeError("cannot\\nbe \\x1b[31mimported")
"""
RAISING = """
from chatlstm.plugin import Domain


def fail(draft, engine):
    print("noise \\x1b[31mwhile it answers")
    raise RuntimeError("no verse")


class Raising(Domain):
    name = "raising"
    summary = "Fails."

    def stages(self):
        return (fail,)
"""


@pytest.fixture
def model(tiny_checkpoint: Path) -> tuple[str, ...]:
    """Give the options that name a checkpoint."""
    return "--checkpoint", str(tiny_checkpoint), "--device", "cpu"


def limit_files(size: int, *arguments: str, stdin: str) -> subprocess.CompletedProcess[str]:
    """Run a program whose files cannot grow beyond a size."""
    command = [sys.executable, "-m", "tests.interface.limited", str(size), *arguments]
    return subprocess.run(
        command, cwd=ROOT, input=stdin, capture_output=True, encoding="utf-8", check=False
    )


def close_streams(numbers: str, *arguments: str) -> tuple[int, str, str]:
    """Run the program with standard streams closed, such as ``"0"`` or ``"12"``."""
    closing = " ".join(f"{number}>&-" for number in numbers)
    command = ["/bin/sh", "-c", f'exec "$@" {closing}', "sh", sys.executable, "-m", *arguments]
    ended = subprocess.run(
        command, cwd=ROOT, input="Hello.\n", capture_output=True, encoding="utf-8", check=False
    )
    return ended.returncode, ended.stdout, ended.stderr


MESSAGES = [
    ("a\0b", "a\ufffdb"),
    ("\x1b[31mred\x1b]0;evil\x07 rose", "red rose"),
    ("你好，今天天气怎么样？", "你好，今天天气怎么样？"),
    ("👩‍👩‍👧 😀", "👩‍👩‍👧 😀"),
    (MEGABYTE, MEGABYTE),
]


@pytest.mark.parametrize(("said", "stored"), MESSAGES)
def test_a_chat_stores_every_message_and_answers_it(
    run: Run, model: tuple[str, ...], said: str, stored: str
) -> None:
    ended = run("--plugin", "echo", *model, stdin=io.BytesIO(said.encode() + b"\n"))

    assert (ended.code, ended.out.count("\n")) == (0, 1)
    assert list_stored()[0] == stored


@pytest.mark.parametrize("said", [said for said, _ in MESSAGES])
def test_generate_answers_every_prompt_as_it_is(
    run: Run, model: tuple[str, ...], said: str
) -> None:
    ended = run("generate", "echo", "--json", *model, stdin=io.BytesIO(said.encode()))

    assert (ended.code, json.loads(ended.out)["details"]) == (0, {"asked": said})
    assert "\x1b" not in ended.out + ended.err


def test_generate_stores_nothing_but_what_it_derives_from_the_checkpoint(
    run: Run, model: tuple[str, ...], home: Path
) -> None:
    run("generate", "echo", "hi", *model)

    assert {path.name for path in home.iterdir()} == {"plugins", "cache"}


SURFACES = [("--plugin", "raising"), ("generate", "raising")]


@pytest.mark.parametrize("surface", SURFACES)
def test_a_plugin_that_prints_and_raises_keeps_standard_output_clean(
    run: Run, model: tuple[str, ...], echo: Path, surface: Sequence[str]
) -> None:
    echo.with_name("raising.py").write_text(RAISING)

    ended = run(*surface, *model, stdin=io.BytesIO(b"Hello.\n"))

    assert (ended.code, ended.out.strip()) == (1, "")
    assert "plugin raising printed: noise while it answers\n" in ended.err
    assert "Error: the plugin 'raising' failed: RuntimeError: no verse" in ended.err


@pytest.mark.parametrize("surface", [("--plugin", "echo"), ("generate", "echo")])
def test_a_plugin_that_cannot_be_imported_is_told_and_the_others_work(
    run: Run, model: tuple[str, ...], echo: Path, surface: Sequence[str]
) -> None:
    echo.with_name("bad.py").write_text(BAD)

    ended = run(*surface, *model, stdin=io.BytesIO(b"Hello.\n"))

    assert (ended.code, ended.out.count("\n") >= 1, "noise" in ended.out) == (0, True, False)
    assert ended.err.splitlines()[:2] == [
        "plugin bad.py printed: noise at import",
        "plugin bad.py is left out: RuntimeError: cannot be imported",
    ]


@pytest.mark.parametrize("surface", [("--plugin", "bad.py"), ("generate", "bad.py")])
def test_a_plugin_that_cannot_be_imported_cannot_be_chosen(
    run: Run, model: tuple[str, ...], echo: Path, surface: Sequence[str]
) -> None:
    echo.with_name("bad.py").write_text(BAD)

    ended = run(*surface, *model, stdin=io.BytesIO(b"Hello.\n"))

    assert (ended.code, ended.out) == (3, "")
    assert "Error: the plugin 'bad.py' is broken: RuntimeError: cannot\nbe imported" in ended.err


@pytest.mark.parametrize("surface", [("--plugin", "echo"), ("generate", "echo")])
@pytest.mark.parametrize("file", ["weights.safetensors", "tokenizer.json", "config.json"])
def test_a_damaged_checkpoint_is_told_with_the_next_command(
    run: Run, tiny_checkpoint: Path, tmp_path: Path, surface: Sequence[str], file: str
) -> None:
    folder = shutil.copytree(tiny_checkpoint, tmp_path / "mine")
    (folder / file).write_bytes((folder / file).read_bytes()[:-9])

    ended = run(*surface, "--checkpoint", str(folder), stdin=io.BytesIO(b"Hello.\n"))

    assert (ended.code, ended.out.strip()) == (3, "")
    assert ended.err.startswith(f"Error: {folder / file}: ")
    assert ended.err.endswith("; 'chatlstm doctor' tells how to mend it\n")


def test_a_message_to_a_damaged_checkpoint_is_stored(
    run: Run, tiny_checkpoint: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(tiny_checkpoint, tmp_path / "mine")
    (folder / "weights.safetensors").write_bytes(b"")

    run("--checkpoint", str(folder), stdin=io.BytesIO(b"Hello.\n"))

    assert list_stored() == ["Hello."]


@pytest.mark.parametrize("surface", [("chat",), ("generate", "echo")])
def test_without_a_checkpoint_the_next_command_is_told(run: Run, surface: Sequence[str]) -> None:
    ended = run(*surface, "--checkpoint", "nowhere", stdin=io.BytesIO(b"Hello.\n"))

    assert (ended.code, ended.out) == (3, "")
    assert "no checkpoint 'nowhere'; installed: " in ended.err
    assert "; 'chatlstm train dialogue --scratch --name NAME' trains one" in ended.err


def test_a_disk_that_fills_up_sends_the_chat_to_memory_and_keeps_what_was_stored() -> None:
    said = [f"message {number} {'word ' * 200}" for number in range(60)]
    arguments = ("tests.interface.chatting", "echo")

    ended = limit_files(150_000, *arguments, stdin="\n".join(said))

    assert (ended.returncode, ended.stdout.count("\n")) == (0, 60)
    assert ended.stderr.count("The chat goes on in memory and will be lost at its end") == 1
    assert "history.db: " in ended.stderr
    stored = list_stored()[::2]
    assert 0 < len(stored) < 60
    assert stored == said[: len(stored)]


def test_a_disk_that_fills_up_ends_a_batch_that_can_go_on(
    run: Run, model: tuple[str, ...], tmp_path: Path
) -> None:
    prompts, answers = tmp_path / "prompts.txt", tmp_path / "answers.jsonl"
    prompts.write_text("one\ntwo\nthree\nfour\n")
    command = ("generate", "echo", "--batch", str(prompts), "-O", str(answers), *model)

    ended = limit_files(700, "chatlstm", *command, stdin="")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"Error: {answers}: File too large; once that is mended, the same command goes on\n"
    )
    assert 0 < answers.read_bytes().count(b"\n") < 4
    assert run(*command).code == 0
    assert answers.read_bytes().count(b"\n") == 4


def test_a_folder_that_cannot_be_written_ends_a_batch_with_its_name(
    run: Run, model: tuple[str, ...], tmp_path: Path
) -> None:
    answers = tmp_path / "prompts.txt" / "answers.jsonl"  # for root, too, a file holds no other
    answers.parent.write_text("one\n")

    ended = run("generate", "echo", "--batch", str(answers.parent), "-O", str(answers), *model)

    assert (ended.code, f"Error: {answers}: Not a directory" in ended.err) == (1, True)


@pytest.mark.parametrize("numbers", ["1", "012"])
@pytest.mark.parametrize("surface", [("chat",), ("generate", "echo", "Hello.")])
def test_closed_standard_streams_are_no_failure(
    model: tuple[str, ...], numbers: str, surface: Sequence[str]
) -> None:
    code, _, errors = close_streams(numbers, "chatlstm", *surface, *model)

    assert (code, errors) == (0, "")


def test_generate_without_standard_input_needs_a_prompt(model: tuple[str, ...]) -> None:
    code, out, errors = close_streams("0", "chatlstm", "generate", "echo", *model)

    assert (code, out) == (2, "")
    assert errors == "Error: the prompt is empty; give some words, or pipe them in\n"


@pytest.mark.parametrize("arguments", [("hi", "-n", "3"), ("--batch", "-")])
def test_a_reader_that_leaves_ends_generate_quietly(
    model: tuple[str, ...], arguments: tuple[str, ...]
) -> None:
    command = [sys.executable, "-m", "chatlstm", "generate", "echo", *arguments, *model]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdout.close()
        process.stdin.write(b"one\ntwo\n")
        process.stdin.close()

        assert (process.stderr.read(), process.wait()) == (b"", 0)


def test_two_chats_at_once_store_every_turn(home: Path) -> None:
    command = [sys.executable, "-m", "tests.interface.chatting", "echo"]
    said = [[f"{name} {number}" for number in range(20)] for name in ("one", "two")]
    pipe = subprocess.PIPE
    chats = [
        subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        for _ in said
    ]
    for chat, lines in zip(chats, said, strict=True):
        assert chat.stdin
        chat.stdin.write("\n".join(lines))
        chat.stdin.flush()
    ended = [chat.communicate() for chat in chats]

    assert [(out.count("\n"), errors) for out, errors in ended] == [(20, ""), (20, "")]
    with open_history(home / "history.db") as history:
        found = [history.read_turns(each.id) for each in history.list_conversations(9)]
    stored = [
        [turn.turn.text for turn in turns if turn.turn.speaker == "person"] for turns in found
    ]
    assert sorted(stored) == said

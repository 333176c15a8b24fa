"""The chat without a terminal: a line in, a line out."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.house.source import ROOT
from tests.interface.chatting import PLUGIN
from tests.interface.terminal import list_stored, read_stored

PROGRAM = (sys.executable, "-m", "tests.interface.chatting")


def chat(engine: str, lines: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Chat through a pipe."""
    command = [*PROGRAM, engine, *arguments]
    return subprocess.run(command, cwd=ROOT, input=lines, capture_output=True, check=False)


@contextmanager
def open_pipes(engine: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a chat, to be written to and read from."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [*PROGRAM, engine], cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_each_line_is_answered_with_a_line_and_both_are_stored() -> None:
    ended = chat("echo", "Hello.\n你好 😀\n".encode())

    assert ended.stdout.decode() == "you said 6: Hello.\nyou said 4: 你好 😀\n"
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert list_stored() == ["Hello.", "you said 6: Hello.", "你好 😀", "you said 4: 你好 😀"]


def test_empty_and_blank_lines_are_skipped() -> None:
    assert chat("echo", b"\n  \nHello.\n\r\n\t\n").stdout == b"you said 6: Hello.\n"


def test_a_last_line_without_its_end_is_answered() -> None:
    assert chat("echo", b"Hello.").stdout == b"you said 6: Hello.\n"


def test_nothing_in_is_nothing_out() -> None:
    ended = chat("echo", b"")

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_bytes_that_are_no_text_are_replaced() -> None:
    ended = chat("echo", b"a\xff\xed\xa0\x80b\0c\n")

    assert ended.stdout.decode() == "you said 8: a" + "\ufffd" * 4 + "b\ufffdc\n"
    assert ended.returncode == 0


def test_control_sequences_are_taken_out_of_what_comes_in() -> None:
    assert chat("echo", b"\x1b]0;title\x07a\x1b[31mb\x9b\n").stdout.startswith(b"you said 3: ab")


def test_control_sequences_are_taken_out_of_the_reply_and_newlines_become_spaces() -> None:
    assert chat("hostile", b"Hello.\n").stdout.decode() == "abcd\ufffde\ufffd new\n"


def test_a_megabyte_in_a_line_is_stored_whole() -> None:
    text = b"0123456789" * 104_858

    ended = chat("echo", text + b"\n")

    assert ended.stdout.startswith(b"you said 8000: ")
    assert b"all 1,048,580 characters are stored" in ended.stderr
    assert list_stored()[0] == text.decode()


def test_no_terminal_library_is_imported() -> None:
    code = (
        "import sys; sys.argv = ['', 'echo'];"
        "from tests.interface.chatting import main; main();"
        "print('prompt_toolkit' in sys.modules, 'torch' in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, cwd=ROOT, input=b"", capture_output=True, check=True)

    assert ended.stdout == b"False False\n"


def test_a_command_speaks_on_standard_error() -> None:
    ended = chat("echo", b"/seed 7\nHello.\n")

    assert ended.stdout == b"you said 6: Hello.\n"
    assert b"The next reply has seed 7" in ended.stderr


def test_quit_ends_it() -> None:
    assert chat("echo", b"/quit\nHello.\n").stdout == b""


def test_a_plugin_that_fails_ends_neither_its_line_nor_the_chat() -> None:
    ended = chat("failing", b"one\ntwo\n")

    assert ended.stdout == b"half of it\nhalf of it\n"
    assert b"RuntimeError: the model broke in two lines; /use another one" in ended.stderr
    assert (ended.returncode, b"Traceback" in ended.stderr) == (1, False)


def test_what_a_plugin_prints_is_told_once_and_never_on_standard_output() -> None:
    ended = chat("printing", b"one\ntwo\n")

    assert ended.stdout == b"fine\nfine\n"
    assert ended.stderr.count(b"printed: noise") == 1


def test_a_model_that_cannot_be_loaded_ends_it_with_the_message_stored() -> None:
    ended = chat("unloadable", b"one\ntwo\n")

    assert (ended.returncode, ended.stderr) == (3, b"Error: en/weights.safetensors: is damaged\n")
    assert list_stored() == ["one"]


def test_a_closed_pipe_ends_it_quietly() -> None:
    with open_pipes("echo") as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdout.close()
        process.stdin.write(b"one\n" * 9)
        process.stdin.close()

        assert (process.stderr.read(), process.wait()) == (b"", 0)


def test_an_interrupt_amid_a_reply_keeps_it_and_ends_with_130() -> None:
    with open_pipes("hanging") as process:
        assert process.stdin and process.stdout
        process.stdin.write(b"one\n")
        process.stdin.flush()
        process.stdout.read(len("one two three "))
        process.send_signal(signal.SIGINT)

        assert process.wait() == 130
    assert (read_stored()[1].turn.text, read_stored()[1].status) == ("one two three ", "stopped")


def test_one_chat_goes_on_where_another_ended() -> None:
    chat("echo", b"one\n")
    chat("echo", b"two\n", "resume=")

    assert list_stored() == ["one", "you said 3: one", "two", "you said 3: two"]


def test_a_read_only_folder_sends_the_chat_to_memory(home: Path) -> None:
    (home / "history.db").mkdir()  # for root, too, nothing can be written there

    ended = chat("echo", b"one\n")

    assert (ended.returncode, ended.stdout) == (0, b"you said 3: one\n")
    assert ended.stderr.count(b"This chat stays in memory and will be lost at its end") == 1


def test_a_damaged_history_is_told_and_left_as_it_is(home: Path) -> None:
    path = home / "history.db"
    path.write_bytes(b"no database at all" * 999)

    ended = chat("echo", b"one\n")

    assert (ended.returncode, ended.stdout) == (0, b"you said 3: one\n")
    assert b"damaged, or not a history of ChatLSTM" in ended.stderr
    assert path.read_bytes() == b"no database at all" * 999


def test_nothing_can_be_resumed_from_a_damaged_history(home: Path) -> None:
    (home / "history.db").write_bytes(b"no database at all" * 999)

    ended = chat("echo", b"one\n", "resume=")

    assert (ended.returncode, ended.stdout) == (1, b"")


def test_a_history_that_another_process_locks_sends_the_chat_to_memory(home: Path) -> None:
    chat("echo", b"one\n")
    with closing(sqlite3.connect(home / "history.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        ended = chat("echo", b"two\nthree\n")

    assert ended.stdout == b"you said 3: two\nyou said 5: three\n"
    assert ended.stderr.count(b"another program keeps it locked") == 1
    assert list_stored() == ["one", "you said 3: one"]


@pytest.mark.parametrize(
    ("argument", "code", "sentence"),
    [
        ("resume=zzz", 2, "no conversation begins with 'zzz'; there is none yet"),
        ("resume=", 2, "there is no conversation to go on with yet"),
        ("plugin=nope", 3, "no domain 'nope'"),
        ("plugin=nope.py", 3, "nope.py is not a Python file"),
    ],
)
def test_what_is_not_there_is_an_error_with_its_code(
    argument: str, code: int, sentence: str
) -> None:
    ended = chat("echo", b"one\n", argument)

    assert (ended.returncode, ended.stdout) == (code, b"")
    assert sentence in ended.stderr.decode()


def test_a_plugin_of_ones_own_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(Path(PLUGIN).read_text().replace('"plain"', '"mine"'))

    assert chat("echo", b"one\n", f"plugin={path}").returncode == 0
    recipe = read_stored()[1].recipe
    assert recipe is not None
    assert recipe.plugin == "mine"


def test_one_seed_gives_each_reply_its_own() -> None:
    chat("echo", b"one\ntwo\n", "seed=7")

    recipes = [stored.recipe for stored in read_stored() if stored.recipe]
    assert [recipe.seed for recipe in recipes] == [7, 8]


def test_a_private_chat_writes_nothing(home: Path) -> None:
    chat("echo", b"one\n", "private=")

    assert os.listdir(home) == []

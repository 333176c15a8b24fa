"""``chatlstm generate``: what it prints, and what it refuses."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from chatlstm.interface.generate import split_options
from tests.interface.conftest import Run, TypedInput

pytestmark = pytest.mark.usefixtures("echo")

FIELDS = [
    "text",
    "plugin",
    "checkpoint",
    "seed",
    "options",
    "tokens",
    "seconds",
    "finish",
    "details",
]


@pytest.fixture
def model(tiny_checkpoint: Path) -> tuple[str, str]:
    """Give the option that names a checkpoint."""
    return "--checkpoint", str(tiny_checkpoint)


def test_json_tells_what_the_text_came_from(run: Run, model: tuple[str, str]) -> None:
    told = json.loads(run("generate", "echo", "hi", "--json", "--seed", "7", *model).out)

    assert list(told) == FIELDS
    assert (told["plugin"], told["seed"], told["finish"] in {"end", "length"}) == ("echo", 7, True)
    assert told["options"] == {"length": 12, "boldness": 0.5}
    assert told["details"] == {"asked": "hi"}


def test_the_plain_text_is_the_text_of_json(run: Run, model: tuple[str, str]) -> None:
    plain = run("generate", "echo", "hi", "--seed", "7", *model).out
    told = json.loads(run("generate", "echo", "hi", "--json", "--seed", "7", *model).out)

    assert plain == told["text"] + "\n"


def test_the_same_seed_gives_the_same_bytes_in_another_process(model: tuple[str, str]) -> None:
    command = [sys.executable, "-m", "chatlstm", "generate", "echo", "hi", "--seed", "7", *model]
    texts = {subprocess.run(command, capture_output=True, check=True).stdout for _ in range(2)}

    assert len(texts) == 1 and texts != {b""}


def test_another_seed_gives_another_text(run: Run, model: tuple[str, str]) -> None:
    texts = {run("generate", "echo", "hi", "--seed", seed, *model).out for seed in "78"}

    assert len(texts) == 2


def test_without_a_seed_one_is_drawn_and_told(run: Run, model: tuple[str, str]) -> None:
    told = json.loads(run("generate", "echo", "hi", "--json", *model).out)
    again = run("generate", "echo", "hi", "--json", "--seed", str(told["seed"]), *model)

    assert json.loads(again.out)["text"] == told["text"]


def test_n_texts_take_the_seeds_that_follow(run: Run, model: tuple[str, str]) -> None:
    lines = run("generate", "echo", "hi", "--jsonl", "-n", "3", "--seed", "7", *model).out

    assert [json.loads(line)["seed"] for line in lines.splitlines()] == [7, 8, 9]


def test_plain_texts_are_parted_by_an_empty_line(run: Run, model: tuple[str, str]) -> None:
    one, two = (run("generate", "echo", "hi", "--seed", seed, *model).out for seed in "78")

    assert run("generate", "echo", "hi", "-n", "2", "--seed", "7", *model).out == f"{one}\n{two}"


def test_an_option_reaches_the_plugin(run: Run, model: tuple[str, str]) -> None:
    told = json.loads(run("generate", "echo", "hi", "--json", "-o", "length=3", *model).out)

    assert told["tokens"] <= 3


def test_the_prompt_is_read_from_a_pipe(run: Run, model: tuple[str, str]) -> None:
    piped = run("generate", "echo", "--json", *model, stdin=io.BytesIO("你好 🙂\n".encode()))

    assert json.loads(piped.out)["details"] == {"asked": "你好 🙂"}


def test_a_plugin_may_be_a_file(run: Run, model: tuple[str, str], echo: Path) -> None:
    assert run("generate", str(echo), "hi", *model).code == 0


def test_a_text_that_misses_its_form_is_told_and_ends_with_the_reason(run: Run, model: tuple[str, str]) -> None:
    ended = run("generate", "echo", "lemon", "-n", "2", *model)

    assert (ended.code, ended.out, ended.err) == (4, "a melon\n\na melon\n", "Error: no rhyme\n")


def test_json_of_a_text_that_misses_its_form_is_whole(run: Run, model: tuple[str, str]) -> None:
    ended = run("generate", "echo", "lemon", "--json", *model)

    assert (ended.code, json.loads(ended.out)["finish"]) == (4, "constraint")


REFUSED = [
    (("generate", "sonnets", "hi"), 3, "no domain 'sonnets'; installed: "),
    (("generate", "nowhere.py", "hi"), 3, "the plugin nowhere.py is broken"),
    (("generate", "echo", "hi", "--checkpoint", "nowhere"), 3, "no checkpoint 'nowhere'"),
    (("generate", "echo", "hi", "-o", "form=sonnet"), 2, "length (1 to 99, 12 if not set)"),
    (("generate", "echo", "hi", "-o", "length=100"), 2, "a whole number from 1 to 99"),
    (("generate", "echo", "hi", "-o", "length"), 2, "-o takes KEY=VALUE, got 'length'"),
    (("generate", "echo", "hi", "--json", "-n", "2"), 2, "take --jsonl"),
    (("generate", "echo", "hi", "--batch", "x"), 2, "leave out PROMPT"),
    (("generate", "echo", "--batch", "x", "-n", "2"), 2, "leave out -n"),
    (("generate", "echo", "--batch", "x", "--json"), 2, "take --jsonl"),
    (("generate", "echo", "hi", "-O", "x"), 2, "--output goes with --batch"),
    (("generate", "echo", "hi", "-n", "0"), 2, "-n"),
]


@pytest.mark.parametrize(("arguments", "code", "sentence"), REFUSED)
def test_what_cannot_be_done_is_refused_before_the_model_is_loaded(
    run: Run, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    ended = run(*arguments)

    assert (ended.code, ended.out) == (code, "")
    assert sentence in ended.err


UNREADABLE = [
    (("   ",), io.BytesIO(), "the prompt is empty"),
    (("caf\udce9",), io.BytesIO(), "not UTF-8"),
    ((), io.BytesIO(b"\n \n"), "the prompt is empty"),
    ((), io.BytesIO(b"caf\xe9"), "standard input is not UTF-8"),
    ((), TypedInput(), "no prompt"),
    (("--batch", "nowhere.txt"), io.BytesIO(), "nowhere.txt: cannot be read: No such file"),
]


@pytest.mark.parametrize(("words", "stdin", "sentence"), UNREADABLE)
def test_a_prompt_that_cannot_be_answered_is_misuse(
    run: Run, model: tuple[str, str], words: tuple[str, ...], stdin: io.BytesIO, sentence: str
) -> None:
    ended = run("generate", "echo", *words, *model, stdin=stdin)

    assert (ended.code, ended.out) == (2, "")
    assert sentence in ended.err


def test_a_form_that_cannot_be_met_ends_with_4(run: Run, model: tuple[str, str]) -> None:
    ended = run("generate", "echo", "orange", *model)

    assert (ended.code, ended.err) == (4, "Error: no rhyme for 'orange'\n")


def test_a_damaged_checkpoint_is_named_with_its_fault(
    run: Run, tiny_checkpoint: Path, home: Path
) -> None:
    folder = home / "checkpoints" / "mine"
    folder.mkdir(parents=True)
    for file in tiny_checkpoint.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    weights = folder / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])

    ended = run("generate", "echo", "hi", "--checkpoint", "mine")

    assert (ended.code, ended.out) == (3, "")
    assert str(weights) in ended.err and "is damaged or was changed" in ended.err


def test_a_broken_plugin_beside_it_does_not_matter(
    run: Run, model: tuple[str, str], home: Path
) -> None:
    (home / "plugins" / "bad.py").write_text("print('hello')\nraise RuntimeError('no')\n")

    ended = run("generate", "echo", "hi", "--json", *model)

    assert (ended.code, json.loads(ended.out)["plugin"]) == (0, "echo")


def test_ctrl_c_ends_with_130_and_tells_what_there_was(run: Run, model: tuple[str, str]) -> None:
    ended = run("generate", "echo", "stop", "--json", *model)

    assert (ended.code, json.loads(ended.out)["finish"]) == (130, "interrupted")


def test_a_terminal_is_shown_no_control_sequence(
    run: Run, model: tuple[str, str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "plugins" / "red.py").write_text(
        "from dataclasses import replace\n"
        "from chatlstm.plugin import Domain\n"
        "def turn_red(draft, engine):\n"
        "    return replace(draft, reply='\\x1b[31mred\\x1b]0;title\\x07 rose')\n"
        "class Red(Domain):\n"
        "    name = 'red'\n"
        "    summary = 'Red.'\n"
        "    def stages(self):\n"
        "        return (turn_red,)\n"
    )
    shown = TypedInput()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="utf-8"))

    run("generate", "red", "hi", *model)

    assert shown.getvalue() == b"red rose\n"


def test_a_value_may_hold_an_equals_sign() -> None:
    assert split_options(("scheme = a=b",)) == {"scheme": "a=b"}

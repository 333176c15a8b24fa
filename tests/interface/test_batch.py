"""``generate --batch``: a line out for a line in, and on from where it stopped."""

import io
import json
from pathlib import Path

import pytest

from tests.interface.conftest import Run

pytestmark = pytest.mark.usefixtures("echo")

PROMPTS = "one\ntwo\n三\n"


@pytest.fixture
def batch(tmp_path: Path, tiny_checkpoint: Path) -> tuple[str, ...]:
    """Give the arguments that answer three prompts."""
    path = tmp_path / "prompts.txt"
    path.write_text(PROMPTS)
    return (
        "generate",
        "echo",
        "--seed",
        "7",
        "--checkpoint",
        str(tiny_checkpoint),
        "--batch",
        str(path),
    )


def without_seconds(lines: str) -> list[dict[str, object]]:
    """Read answers, all but the time they took."""
    objects = [json.loads(line) for line in lines.splitlines()]
    return [{key: value for key, value in one.items() if key != "seconds"} for one in objects]


def test_every_prompt_has_its_line(run: Run, batch: tuple[str, ...]) -> None:
    answers = without_seconds(run(*batch).out)

    assert [one["prompt"] for one in answers] == ["one", "two", "三"]


def test_prompts_come_from_a_pipe_too(run: Run, batch: tuple[str, ...]) -> None:
    piped = run(*batch[:-1], "-", stdin=io.BytesIO(PROMPTS.encode()))

    assert without_seconds(piped.out) == without_seconds(run(*batch).out)


def test_a_bad_line_stops_no_other(run: Run, batch: tuple[str, ...]) -> None:
    ended = run(*batch[:-1], "-", stdin=io.BytesIO(b"one\n\ncaf\xe9\norange\ntwo\n"))

    answers = without_seconds(ended.out)
    assert ["error" in one for one in answers] == [False, True, True, True, False]
    assert answers[3]["error"] == "no rhyme for 'orange'"
    assert (ended.code, ended.err.splitlines()[-1]) == (
        1,
        "Error: 3 of 5 prompts have no answer; see 'error' in their lines",
    )


@pytest.mark.parametrize("kept", [0, 1, 30, 400, 100_000])
def test_a_run_cut_anywhere_goes_on_to_the_same_answers(
    run: Run, batch: tuple[str, ...], tmp_path: Path, kept: int
) -> None:
    answers = tmp_path / "answers.jsonl"
    run(*batch, "-O", str(answers))
    whole = answers.read_bytes()
    answers.write_bytes(whole[:kept])

    run(*batch, "-O", str(answers))

    assert without_seconds(answers.read_text()) == without_seconds(whole.decode())


def test_what_was_answered_is_not_answered_again(
    run: Run, batch: tuple[str, ...], tmp_path: Path
) -> None:
    answers = tmp_path / "answers.jsonl"
    run(*batch, "-O", str(answers))
    first = answers.read_bytes()

    ended = run(*batch, "-O", str(answers))

    assert (ended.err, answers.read_bytes()) == ("3 of 3 prompts were answered before\n", first)


FOREIGN = [b"my notes\n", b"my notes", b'{"prompt": "two", "text": "x"}\n', b"\n"]


@pytest.mark.parametrize("content", FOREIGN)
def test_a_file_of_something_else_is_left_alone(
    run: Run, batch: tuple[str, ...], tmp_path: Path, content: bytes
) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_bytes(content)

    ended = run(*batch, "-O", str(notes))

    assert (ended.code, notes.read_bytes()) == (2, content)
    assert "notes.txt:1: is not the answer to line 1 of the prompts" in ended.err


def test_answers_to_more_prompts_are_left_alone(
    run: Run, batch: tuple[str, ...], tmp_path: Path
) -> None:
    answers = tmp_path / "answers.jsonl"
    run(*batch, "-O", str(answers))

    ended = run(*batch[:-1], "-", "-O", str(answers), stdin=io.BytesIO(b"one\n"))

    assert (ended.code, "answers.jsonl:2" in ended.err) == (2, True)


def test_ctrl_c_keeps_the_lines_before_it(run: Run, batch: tuple[str, ...]) -> None:
    ended = run(*batch[:-1], "-", stdin=io.BytesIO(b"one\nstop\ntwo\n"))

    assert (ended.code, len(ended.out.splitlines())) == (130, 1)

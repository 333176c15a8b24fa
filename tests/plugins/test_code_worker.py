"""What the worker does in its own process, walls apart."""

import json
import os
import sys
import time
from pathlib import Path

import pytest
from chatlstm_code.worker import (
    MAX_ANSWER,
    MODULES,
    Settings,
    import_module,
    listen,
    name_end,
    read_answers,
    run_candidate,
)

CHECKED = Settings(("len", "abs"))


def run(source: str, calls: list[object], settings: Settings = CHECKED) -> list[object]:
    answers: list[object] = []
    run_candidate({"source": source, "name": "f", "calls": calls}, settings, answers.append)
    return answers


def test_each_call_is_answered() -> None:
    assert run("def f(a):\n    return 1 / a", [[2], [0]]) == [{"value": 0.5}, {"fault": "ZeroDivisionError"}]


def test_a_source_that_fails_answers_every_call() -> None:
    assert run("1 / 0", [[2], [0]]) == [{"fault": "ZeroDivisionError"}] * 2


def test_a_source_that_ends_the_program_is_no_more_than_a_fault() -> None:
    assert run("def f():\n    raise SystemExit", [[]], Settings(())) == [{"fault": "SystemExit"}]


def test_only_named_builtins_are_there() -> None:
    assert run("def f(a):\n    return len(a) + sum(a)", [[[1]]]) == [{"fault": "NameError"}]


def test_without_names_all_builtins_are_there() -> None:
    assert run("def f(a):\n    return sum(a)", [[[1]]], Settings(())) == [{"value": 1}]


def test_allowed_modules_can_be_imported() -> None:
    assert run("import math\ndef f():\n    return math.floor(1.5)", [[]]) == [{"value": 1}]


def test_other_modules_cannot_be_imported() -> None:
    with pytest.raises(ImportError, match="no module os"):
        import_module("os")


def test_the_modules_are_the_real_ones() -> None:
    assert all(module is sys.modules[name] for name, module in MODULES.items())


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        (b'{"value": 1}\n{"fault": "E"}\n', [{"value": 1}, {"fault": "E"}]),
        (b'{"value": 1}\n{"val', [{"value": 1}]),
        (b'{"value": {"eval": 1}}\n', [{"fault": "no answer"}]),
        (b"[]\n\xff\n{}\n", [{"fault": "no answer"}] * 3),
        (json.dumps({"fault": "x" * 999}).encode() + b"\n", [{"fault": "x" * 100}]),
        (b"[" * 5000 + b"\n", [{"fault": "no answer"}]),
    ],
)
def test_of_what_a_candidate_sends_only_plain_values_are_kept(text: bytes, answers: list[object]) -> None:
    assert read_answers(text) == answers


def test_what_is_sent_is_heard_to_its_end() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"a line\n")
    os.close(writing)
    assert listen(reading, time.monotonic() + 60) == (b"a line\n", True)


def test_who_does_not_end_is_heard_for_a_while() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"a line\n")
    assert listen(reading, 0.0) == (b"a line\n", False)


def test_who_sends_too_much_has_sent_nothing(tmp_path: Path) -> None:
    path = tmp_path / "answers"
    path.write_bytes(b"x" * (MAX_ANSWER + 1))
    with path.open("rb") as file:
        assert listen(file.fileno(), time.monotonic() + 60) == (b"", False)


@pytest.mark.parametrize(("status", "name"), [(9, "time"), (27, "time"), (24, "time"), (11, "ended"), (256, "ended")])
def test_an_end_by_a_signal_of_the_clock_is_told(status: int, name: str) -> None:
    assert name_end(status) == name

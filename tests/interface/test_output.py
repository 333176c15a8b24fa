"""What is shown on a terminal, and what through a pipe."""

import io
import json
import sys

import pytest

from chatlstm.interface.output import say, show_facts, show_json, show_measures, show_table, tell
from tests.interface.conftest import TypedInput

MEASURES = {"hits_at_1": 0.61234567, "records": 500, "random": {"hits_at_1": 0.05}}


def show_on_terminal(monkeypatch: pytest.MonkeyPatch) -> TypedInput:
    """Make standard output a terminal, and give what it receives."""
    shown = TypedInput()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="utf-8"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    return shown


def read_terminal(shown: TypedInput) -> str:
    sys.stdout.flush()
    return shown.getvalue().decode()


def test_a_pipe_gets_the_text_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    say("a\x1b[31mb")

    assert capsys.readouterr().out == "a\x1b[31mb\n"


def test_a_terminal_gets_it_without_sequences(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = show_on_terminal(monkeypatch)

    say("a\x1b[31mb")

    assert read_terminal(shown) == "ab\n"


def test_a_notice_goes_to_standard_error_without_sequences(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell("a\x1b[31mb")

    assert tuple(capsys.readouterr()) == ("", "ab\n")


def test_columns_align_and_wide_characters_count_twice(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("name", "what"), [("五绝", "x"), ("e\u0301", "two\nlines")])

    assert capsys.readouterr().out == "name  what\n五绝  x\ne\u0301     two lines\n"


def test_a_terminal_gets_the_same_columns_with_bold_heads(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = show_on_terminal(monkeypatch)

    show_table(("name", "what"), [("五绝", "[bold]x\x1b[31m")])

    heads, row = read_terminal(shown).splitlines()
    assert (heads[:8], row) == ("\x1b[1mname", "五绝  [bold]x")


def test_a_dumb_terminal_gets_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = show_on_terminal(monkeypatch)
    monkeypatch.setenv("TERM", "dumb")

    show_table(("name",), [("x",)])

    assert read_terminal(shown).split() == ["name", "x"]


def test_json_keeps_chinese_readable(capsys: pytest.CaptureFixture[str]) -> None:
    show_json({"form": "五绝"}, indent=None)

    assert capsys.readouterr().out == '{"form": "五绝"}\n'


def test_json_stays_whole_where_the_encoding_is_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(narrow, encoding="ascii"))

    show_json("五绝")

    assert json.loads(narrow.getvalue()) == "五绝"


def test_facts_stand_in_one_column(capsys: pytest.CaptureFixture[str]) -> None:
    show_facts({"a": True, "long": ("x", 1.25), "none": None, "table": {"b": 2}})

    assert capsys.readouterr().out == "a      yes\nlong   x, 1.25\nnone\ntable  b 2\n"


def test_measures_are_a_table_with_four_digits(capsys: pytest.CaptureFixture[str]) -> None:
    show_measures("dialogue with en", MEASURES, as_json=False)

    assert capsys.readouterr().out.splitlines() == [
        "dialogue with en",
        "measure           value",
        "hits_at_1         0.6123",
        "records           500",
        "random.hits_at_1  0.05",
    ]


def test_measures_as_json_are_what_was_measured(capsys: pytest.CaptureFixture[str]) -> None:
    show_measures("dialogue with en", MEASURES, as_json=True)

    assert json.loads(capsys.readouterr().out) == MEASURES

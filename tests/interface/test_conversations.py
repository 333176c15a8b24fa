"""``history``: what is listed, shown, found, deleted."""

import io
import json
import os
import re
from pathlib import Path

import pytest

from chatlstm.history.conversation import utc_now
from chatlstm.interface.assemble import assemble_history
from chatlstm.interface.output import clip_line, say_marked
from tests.history.exchanges import answer, begin
from tests.interface.conftest import Run, TypedInput


@pytest.fixture
def ids() -> list[str]:
    """Store two conversations, and give their ids."""
    with assemble_history() as history:
        return [begin(history, "Hello.", "Hi.", "The moon?", "明月光"), begin(history, "你好", "\x1b[31m你好！")]


def list_titles(run: Run) -> list[str]:
    return [one["title"] for one in json.loads(run("history", "--json").out)]


def test_a_list_tells_how_many_turns_there_are(run: Run, ids: list[str]) -> None:
    assert [one["turns"] for one in json.loads(run("history", "--json").out)] == [2, 4]
    assert run("history").out.splitlines()[0].split() == ["id", "updated", "plugin", "turns", "title"]


def test_a_conversation_is_shown_as_it_was_said(run: Run, ids: list[str]) -> None:
    lines = run("history", "show", ids[0]).out.splitlines()

    assert lines[0] == "Hello."
    assert lines[3:] == ["> Hello.", "Hi.", "", "> The moon?", "明月光", ""]


def test_a_conversation_s_tree_is_drawn(run: Run, ids: list[str]) -> None:
    with assemble_history() as history:
        answer(history, history.read_turns(ids[0])[0], "Hey.")

    assert run("history", "show", ids[0], "--tree").out.splitlines() == [
        "1 * > Hello.",
        "2   ├─ Hi.",
        "3   │  > The moon?",
        "4   │  明月光",
        "5 * Hey.",
    ]


def test_a_conversation_is_shown_as_json(run: Run, ids: list[str]) -> None:
    shown = json.loads(run("history", "show", ids[1], "--json").out)

    assert (shown["id"], [turn["speaker"] for turn in shown["turns"]]) == (ids[1], ["person", "reply"])


def test_showing_what_is_not_there_ends_with_2_and_makes_no_file(run: Run, home: Path) -> None:
    ended = run("history", "show", "26")

    assert (ended.code, "there is none yet" in ended.err) == (2, True)
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("words", [["moon"], ["MOON", "the"], ['"the moon"'], ["mo*"]])
def test_what_was_said_is_found(run: Run, ids: list[str], words: list[str]) -> None:
    first, second = run("history", "search", *words).out.splitlines()

    assert re.fullmatch(rf"{ids[0]}  \d{{4}}-\d\d-\d\d  Hello\.", first)
    assert second == "  > The moon?"


def test_a_match_is_json_with_the_places_that_were_meant(run: Run, ids: list[str]) -> None:
    (match,) = json.loads(run("history", "search", "明月", "--json").out)

    assert (match["id"], match["speaker"], match["excerpt"], match["spans"]) == (ids[0], "reply", "明月光", [[0, 2]])


def test_no_more_is_found_than_was_asked_for(run: Run, ids: list[str]) -> None:
    assert len(json.loads(run("history", "search", "你好", "--limit", "1", "--json").out)) == 1


def test_finding_nothing_says_so(run: Run, home: Path) -> None:
    ended = run("history", "search", "moon")

    assert (ended.code, ended.out, "nothing was found" in ended.err) == (0, "", True)
    assert list(home.iterdir()) == []


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("no_color", "shown"), [(None, "a \x1b[1mmoon\x1b[22m!\n"), ("1", "a moon!\n")])
def test_on_a_terminal_the_places_are_bold_unless_colour_is_unwanted(
    monkeypatch: pytest.MonkeyPatch, no_color: str | None, shown: str
) -> None:
    if no_color is not None:
        monkeypatch.setenv("NO_COLOR", no_color)
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    say_marked("a \x1b[31mmoon!", [(7, 11)])

    assert terminal.getvalue() == shown


@pytest.mark.parametrize(
    ("text", "cells", "line"),
    [("ab", 2, "ab"), ("abc", 2, "a…"), ("明月光", 4, "明…"), ("a" * 99, 3, "aa…"), (" " * 99, 3, "…"), ("", 1, "")],
)
def test_a_line_is_clipped_by_columns(text: str, cells: int, line: str) -> None:
    assert clip_line(text, cells) == line


def test_yes_deletes_for_good(run: Run, ids: list[str], home: Path) -> None:
    ended = run("history", "delete", ids[0], "--yes")

    assert (ended.code, ended.err) == (0, "deleted 1 conversation for good\n")
    assert list_titles(run) == ["你好"]
    assert [file.name for file in home.iterdir() if b"moon" in file.read_bytes()] == []


def test_all_are_deleted(run: Run, ids: list[str]) -> None:
    assert run("history", "delete", "--all", "--yes").err == "deleted 2 conversations for good\n"
    assert list_titles(run) == []


def test_those_that_were_not_spoken_in_for_long_are_deleted(run: Run, ids: list[str]) -> None:
    with assemble_history() as history, history._database.write() as connection:
        old = int((utc_now().timestamp() - 31 * 24 * 3600) * 1_000_000)
        connection.exec_driver_sql("UPDATE conversation SET updated = ? WHERE id = ?", (old, ids[1]))

    assert run("history", "delete", "--older-than", "5w", "--yes").err == "no conversation to delete\n"
    assert run("history", "delete", "--older-than", "30d", "--yes").code == 0
    assert list_titles(run) == ["Hello."]


def test_an_id_given_twice_is_deleted_once(run: Run, ids: list[str]) -> None:
    assert run("history", "delete", ids[0], ids[0].upper(), "--yes").err == "deleted 1 conversation for good\n"


def test_several_are_deleted_or_none(run: Run, ids: list[str]) -> None:
    assert run("history", "delete", ids[0], "99", "--yes").code == 2
    assert len(list_titles(run)) == 2


def test_off_a_terminal_nothing_is_deleted_without_yes(run: Run, ids: list[str]) -> None:
    ended = run("history", "delete", "--all")

    assert (ended.code, "2 conversations: add --yes" in ended.err) == (2, True)
    assert len(list_titles(run)) == 2


@pytest.mark.parametrize(("typed", "code", "left"), [(b"y\n", 0, 0), (b"n\n", 130, 2), (b"", 130, 2)])
def test_on_a_terminal_it_asks_first(run: Run, ids: list[str], typed: bytes, code: int, left: int) -> None:
    ended = run("history", "delete", "--all", stdin=TypedInput(typed))

    assert (ended.code, len(list_titles(run))) == (code, left)
    assert "你好" in ended.out and "Delete 2 for good?" in ended.err


def test_of_many_to_delete_some_are_shown(run: Run) -> None:
    with assemble_history() as history:
        for number in range(12):
            begin(history, f"number {number}", "x")
    ended = run("history", "delete", "--all", stdin=TypedInput(b"n\n"))

    assert len(ended.out.splitlines()) == 11
    assert "(2 more are not shown)" in ended.err


@pytest.mark.parametrize(
    "arguments", [[], ["26", "--all"], ["--all", "--older-than", "1d"], ["--older-than", "soon"], ["--older-than", "d"]]
)
def test_what_is_to_be_deleted_must_be_clear(run: Run, ids: list[str], arguments: list[str]) -> None:
    assert run("history", "delete", *arguments, "--yes").code == 2
    assert len(list_titles(run)) == 2


def test_what_could_not_be_wiped_is_told_and_ends_with_1(run: Run, ids: list[str], home: Path) -> None:
    os.mkdir(home / "history.db.v1")
    ended = run("history", "delete", "--all", "--yes")

    assert (ended.code, "that is made good when the history is next opened" in ended.err) == (1, True)

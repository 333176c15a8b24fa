"""``history export`` and ``history import``."""

import io
import json
import sys
from pathlib import Path

import pytest

from chatlstm.interface.assemble import assemble_history
from chatlstm.interface.exchange import run_export
from tests.history.exchanges import begin
from tests.interface.conftest import Run


@pytest.fixture
def ids() -> list[str]:
    """Store two conversations, and give their ids."""
    with assemble_history() as history:
        return [begin(history, "Hello.", "Hi."), begin(history, "你好", "你好！")]


def test_an_export_is_imported_into_another_home_and_exported_the_same(
    run: Run, ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    told = run("history", "export", "--all", "-o", str(first)).err
    monkeypatch.setenv("CHATLSTM_HOME", str(tmp_path / "other"))
    imported = run("history", "import", str(first))
    run("history", "export", "--all", "-o", str(second))

    assert told == f"2 conversations in {first}\n"
    assert imported.out.splitlines() == [f"{ids[0]}  Hello.", f"{ids[1]}  你好"]
    assert imported.err == f"imported 2 conversations from {first}\n"
    assert first.read_bytes() == second.read_bytes()


def test_one_conversation_goes_to_standard_output(run: Run, ids: list[str]) -> None:
    (conversation,) = json.loads(run("history", "export", ids[1]).out)["conversations"]

    assert [turn["text"] for turn in conversation["turns"]] == ["你好", "你好！"]


def test_where_standard_output_is_narrow_json_is_ascii(
    ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", narrow)
    run_export(ids[1], "json", None)
    narrow.seek(0)

    assert json.loads(narrow.read())["conversations"][0]["title"] == "你好"


@pytest.mark.parametrize(("form", "line"), [("markdown", "# Hello."), ("text", "> Hello.")])
def test_all_are_written_for_a_person_to_read(run: Run, ids: list[str], form: str, line: str) -> None:
    lines = run("history", "export", "--all", "--format", form).out.splitlines()

    assert line in lines and "你好！" in lines


@pytest.mark.parametrize("arguments", [[], ["26", "--all"]])
def test_what_is_to_be_exported_must_be_clear(run: Run, arguments: list[str]) -> None:
    assert run("history", "export", *arguments).code == 2


def test_exporting_nothing_makes_no_file(run: Run, home: Path) -> None:
    assert json.loads(run("history", "export", "--all").out)["conversations"] == []
    assert list(home.iterdir()) == []


def test_another_chat_s_conversations_are_taken_in(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "conversations.json"
    file.write_text('[{"title": "Moon", "messages": [{"role": "user", "content": "明月"}]}]', encoding="utf-8")

    assert run("history", "import", str(file)).err == f"imported 1 conversation from {file}\n"
    assert [one["title"] for one in json.loads(run("history", "search", "明月", "--json").out)] == ["Moon"]


def test_of_a_file_with_a_fault_nothing_is_taken_in(run: Run, tmp_path: Path, home: Path) -> None:
    file = tmp_path / "conversations.json"
    file.write_text('[{"messages": [{"role": "user", "content": "a"}]}, {"messages": 3}]')
    ended = run("history", "import", str(file))

    assert (ended.code, ended.err) == (1, f"Error: {file}: $[1].messages: needs a list\n")
    assert list(home.iterdir()) == []


def test_a_file_that_is_not_there_ends_with_2(run: Run) -> None:
    assert run("history", "import", "nowhere.json").code == 2

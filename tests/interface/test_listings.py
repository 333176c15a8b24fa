"""``plugins``, ``corpora`` and ``history``: lists, single entries, and their JSON."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chatlstm.interface.assemble import assemble_history, assemble_plugin
from chatlstm.interface.corpora import describe_source, find_source, is_present
from chatlstm.pipeline.catalogue import Filters, Source
from tests.interface.conftest import Run


@pytest.fixture
def own() -> Source:
    """Give an entry of the catalogue whose text is the project's own."""
    return find_source("own_en")


def test_a_plugin_is_listed_with_its_options(run: Run, echo: Path) -> None:
    listed = {one["name"]: one for one in json.loads(run("plugins", "--json").out)}

    assert listed["echo"]["state"] == "working"
    assert listed["echo"]["options"][0] == {
        "name": "length",
        "default": 12,
        "low": 1,
        "high": 99,
        "help": "tokens at most",
    }


def test_a_broken_plugin_is_listed_with_its_reason(run: Run, echo: Path) -> None:
    echo.with_name("bad.py").write_text("raise RuntimeError('no rhymes')\n")

    ended = run("plugins", "list")

    lines = {line.split()[0]: line.split(maxsplit=2)[1:] for line in ended.out.splitlines()}
    assert ended.code == 0
    assert lines["bad.py"] == ["broken", "RuntimeError: no rhymes"]
    assert lines["echo"] == ["working", "Goes on with what you say."]


def test_a_plugin_is_shown_with_the_bounds_of_its_options(run: Run, echo: Path) -> None:
    out = run("plugins", "show", "echo").out

    assert "cues     go on\n" in out
    assert "length (1 to 99, 12 if not set)        tokens at most\n" in out


def test_a_plugin_without_options_is_shown_without_a_table(run: Run, echo: Path) -> None:
    echo.write_text(
        "from chatlstm.plugin import Domain\n"
        "class Bare(Domain):\n    name = 'bare'\n    summary = 'Bare.'\n"
    )

    assert "option" not in run("plugins", "show", str(echo)).out


def test_a_plugin_is_shown_as_json(run: Run, echo: Path) -> None:
    assert json.loads(run("plugins", "show", "echo", "--json").out)["cues"] == ["go on"]


def test_showing_a_broken_plugin_tells_why_and_ends_with_3(run: Run, echo: Path) -> None:
    echo.write_text("raise RuntimeError('no rhymes')\n")

    ended = run("plugins", "show", "echo.py")

    assert (ended.code, "no rhymes" in ended.err) == (3, True)


def test_a_file_comes_before_an_installed_plugin_of_its_name(echo: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text(echo.read_text().replace("Goes on with what you say.", "Mine."))

    registry, domain = assemble_plugin(str(mine))

    assert (domain.summary, registry.domains["echo"]) == ("Mine.", domain)


def test_the_catalogue_is_listed_with_what_is_here(run: Run) -> None:
    listed = {one["name"]: one for one in json.loads(run("corpora", "--json").out)}

    assert (listed["own_en"]["state"], listed["own_en"]["remedy"]) == ("own text", "")
    assert listed["grimm"]["state"] == "missing"
    assert listed["grimm"]["remedy"].startswith("the original is at https://")


def test_the_catalogue_is_a_table(run: Run) -> None:
    lines = run("corpora").out.splitlines()

    assert lines[0].split() == ["name", "domain", "language", "licence", "state"]
    assert [line.endswith("  own text") for line in lines if line.startswith("own_en ")] == [True]


def test_a_corpus_that_was_downloaded_is_present(run: Run, home: Path) -> None:
    (home / "corpora").mkdir()
    (home / "corpora" / find_source("grimm").file).write_bytes(b"")

    assert json.loads(run("corpora", "show", "grimm", "--json").out)["state"] == "present"


@pytest.mark.parametrize("name", ["grimm", "story/grimm"])
def test_a_corpus_is_shown_with_its_licence_and_filters(run: Run, name: str) -> None:
    out = run("corpora", "show", name).out

    assert "licence        public domain\n" in out
    assert "chunk_characters  2500\n" in out


def test_of_a_corpus_of_books_the_titles_are_shown(run: Run) -> None:
    assert "books             The Secret Garden, " in run("corpora", "show", "classics").out


def test_a_corpus_without_filters_is_shown_without_them(
    run: Run, own: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = replace(own, filters=Filters())
    monkeypatch.setattr("chatlstm.interface.corpora.list_sources", lambda: [bare])

    assert "filters" not in run("corpora", "show", "own_en").out


def test_a_package_that_is_missing_is_got_by_pip(own: Source, tmp_path: Path) -> None:
    missing = replace(own, own="", package="nowhere==1.0")

    assert describe_source(missing, tmp_path)["remedy"] == "python -m pip install nowhere==1.0"


def test_an_unknown_corpus_ends_with_3(run: Run) -> None:
    ended = run("corpora", "show", "nowhere")

    assert (ended.code, "no corpus 'nowhere'; the catalogue has" in ended.err) == (3, True)


def test_a_package_counts_in_the_version_asked_for(own: Source, tmp_path: Path) -> None:
    asked = ["pytest==" + pytest.__version__, "pytest==0.0", "no-such-package==1.0"]
    sources = [replace(own, own="", package=package) for package in asked]

    assert [is_present(source, tmp_path) for source in sources] == [True, False, False]


def test_own_text_is_present_as_a_file_and_as_a_folder(tmp_path: Path) -> None:
    assert [is_present(find_source(name), tmp_path) for name in ("own_en", "families")] == [True, True]


def test_the_history_path_is_in_the_home(run: Run, home: Path) -> None:
    assert run("history", "path").out == f"{home / 'history.db'}\n"


def test_listing_an_empty_history_makes_no_file(run: Run, home: Path) -> None:
    ended = run("history")

    assert (ended.code, ended.out) == (0, "")
    assert "no conversation yet" in ended.err
    assert list(home.iterdir()) == []


def test_an_empty_history_is_an_empty_json_list(run: Run) -> None:
    assert json.loads(run("history", "--json").out) == []


@pytest.fixture
def two_conversations() -> None:
    """Store two conversations."""
    with assemble_history() as history:
        for text in ("Hello.", "你好。"):
            conversation = history.start_conversation("dialogue")
            history.add_person_turn(conversation.id, text)


@pytest.mark.usefixtures("two_conversations")
def test_conversations_are_listed_the_latest_first(run: Run) -> None:
    listed = json.loads(run("history", "--json").out)

    assert [one["title"] for one in listed] == ["你好。", "Hello."]


@pytest.mark.usefixtures("two_conversations")
def test_conversations_are_a_table_of_so_many_rows(run: Run) -> None:
    lines = run("history", "list", "--limit", "1").out.splitlines()

    assert [line.split()[-1] for line in lines] == ["title", "你好。"]


def test_a_damaged_history_ends_with_1_and_its_remedy(run: Run, home: Path) -> None:
    (home / "history.db").write_bytes(b"nonsense" * 1000)

    ended = run("history", "list")

    assert (ended.code, "Move it aside: mkdir" in ended.err) == (1, True)

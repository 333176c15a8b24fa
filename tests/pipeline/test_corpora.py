"""Training text, from where it lies to records."""

import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from chatlstm.errors import ChatLSTMError, MissingError, MisuseError
from chatlstm.pipeline.catalogue import Source, catalogue_folder, read_catalogue
from chatlstm.pipeline.corpora import read_domain, read_source
from chatlstm.records import Record

SOURCE = Source(
    name="tales",
    domain="story",
    language="en",
    licence="CC0-1.0",
    licence_class="A",
    attribution="Nobody",
    address="https://example.org/tales",
    reader="tale",
    weight=2.0,
)
FAMILIES = next(source for source in read_catalogue("code") if source.name == "families")
OWN = next(source for source in read_catalogue("dialogue", language="en") if source.own)


def write_tales(folder: Path, text: str) -> Source:
    (folder / "tales.jsonl").write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return replace(SOURCE, file="tales.jsonl", sha256=digest)


def install(folder: Path, members: dict[str, str]) -> Source:
    """Lay out a package as pip would."""
    files = {"tales-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tales\nVersion: 1.0\n"}
    for name, text in (files | members).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return replace(SOURCE, package="tales==1.0", members=tuple(members), reader="dialogue")


def test_a_file_becomes_records_of_its_source(tmp_path: Path) -> None:
    source = write_tales(tmp_path, '{"text": "Once."}\n')

    assert list(read_source(source, tmp_path)) == [Record("story", ("Once.",), "tales", 2.0)]


def test_a_missing_file_names_source_folder_and_what_to_do(tmp_path: Path) -> None:
    source = replace(SOURCE, file="tales.jsonl", sha256="00")

    with pytest.raises(MissingError) as error:
        list(read_source(source, tmp_path))

    assert str(error.value) == (
        f"tales: no tales.jsonl in {tmp_path}; chatlstm corpora fetch tales"
    )


def test_another_file_of_that_name_is_refused(tmp_path: Path) -> None:
    source = replace(write_tales(tmp_path, '{"text": "Once."}\n'), sha256="0" * 64)

    with pytest.raises(MisuseError, match="the catalogue has 000000000000"):
        list(read_source(source, tmp_path))


def test_an_unknown_reader_is_refused(tmp_path: Path) -> None:
    source = replace(SOURCE, file="tales.jsonl", reader="tail")

    with pytest.raises(MisuseError, match="no reader 'tail'; known: chapters, chitchat"):
        list(read_source(source, tmp_path))


def test_a_row_that_cannot_be_read_names_its_source(tmp_path: Path) -> None:
    source = write_tales(tmp_path, '{"title": "Once."}\n')

    with pytest.raises(MisuseError, match="tales: needs the string 'text'"):
        list(read_source(source, tmp_path))


def test_a_package_gives_its_json_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = install(tmp_path, {"tales/talks.json": '{"a": {"turns": ["Hi.", "Hello."]}}'})
    monkeypatch.syspath_prepend(tmp_path)

    assert [record.turns for record in read_source(source, tmp_path)] == [("Hi.", "Hello.")]


def test_a_package_gives_its_yaml_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "conversations:\n- - Favourite number?\n  - 42\n"
    source = install(tmp_path, {"tales/talks.yml": text})
    monkeypatch.syspath_prepend(tmp_path)

    assert [record.turns for record in read_source(source, tmp_path)] == [
        ("Favourite number?", "42.")
    ]


def test_a_package_gives_the_python_files_of_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = 'def f(a):\n    """Do."""\n'
    record = "tales/b.py,,\ntales/a.py,,\ntales/a.txt,,\nother/c.py,,\n"
    source = install(tmp_path, {"tales/b.py": text, "tales/a.py": text, "tales-1.0.dist-info/RECORD": record})
    monkeypatch.syspath_prepend(tmp_path)

    found = read_source(replace(source, members=("tales/",), reader="functions"), tmp_path)
    assert [record.document for record in found] == ["tales/a.py", "tales/b.py"]


def test_yaml_files_need_a_yaml_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = install(tmp_path, {"tales/talks.yml": "conversations: []\n"})
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "yaml", None)

    with pytest.raises(MissingError, match="pip install PyYAML"):
        list(read_source(source, tmp_path))


def test_a_package_that_is_not_installed_is_missing(tmp_path: Path) -> None:
    source = replace(SOURCE, package="no-such-tales==1.0")

    with pytest.raises(MissingError, match=r"pip install no-such-tales==1\.0"):
        list(read_source(source, tmp_path))


def test_another_version_of_a_package_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = replace(install(tmp_path, {}), package="tales==2.0")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(MissingError, match=r"needs tales==2\.0, installed is 1\.0"):
        list(read_source(source, tmp_path))


def test_a_package_without_the_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = replace(install(tmp_path, {}), members=("tales/lost.json",))
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(MissingError, match=r"no tales/lost\.json in tales 1\.0"):
        list(read_source(source, tmp_path))


def test_the_projects_own_text_is_read_as_written(tmp_path: Path) -> None:
    text = (catalogue_folder() / "dialogue" / "own_en.jsonl").read_text(encoding="utf-8")
    written = [tuple(json.loads(line)["turns"]) for line in text.splitlines()]

    assert [record.turns for record in read_source(OWN, tmp_path)] == written


def test_a_domain_reads_its_sources_in_the_order_of_their_names(tmp_path: Path) -> None:
    first = read_catalogue("story", language="en")[0]

    with pytest.raises(ChatLSTMError, match=f"^{first.name}: no {first.file}"):
        list(read_domain("story", tmp_path, language="en"))


def test_a_domain_without_sources_has_no_records(tmp_path: Path) -> None:
    assert list(read_domain("sonnets", tmp_path, language="en")) == []


def test_own_text_may_be_a_folder_of_tables() -> None:
    turns = [record.turns[0] for record in read_source(FAMILIES, Path("nowhere"))]

    assert sum('"id": "gcd"' in turn for turn in turns) == 1

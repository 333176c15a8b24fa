"""``chatlstm corpora fetch`` and ``build``."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chatlstm.interface.corpora import find_source
from chatlstm.pipeline.catalogue import Source
from chatlstm.pipeline.download import Fetched
from tests.interface.conftest import Run

TALE = b'{"text": "Once."}\n'
SHA256 = hashlib.sha256(TALE).hexdigest()
Have = Callable[..., Source]


@pytest.fixture
def have(monkeypatch: pytest.MonkeyPatch, home: Path) -> Have:
    """Put one entry into the catalogue: a file of tales, changed as asked."""

    def install(text: bytes | None = None, **changes: str) -> Source:
        tales = replace(find_source("grimm"), name="tales", file="tales.jsonl", sha256=SHA256, weight=1.0)
        source = replace(tales, **changes)  # type: ignore[arg-type]  # the changed fields are strings
        monkeypatch.setattr("chatlstm.interface.corpora.list_sources", lambda: [source])
        (home / "corpora").mkdir()
        if text is not None:
            (home / "corpora" / "tales.jsonl").write_bytes(text)
        return source

    return install


def test_what_is_part_of_the_program_is_not_fetched(run: Run) -> None:
    ended = run("corpora", "fetch", "own_en")

    assert (ended.code, ended.err) == (0, "own_en is part of the program; there is nothing to fetch.\n")


def test_what_is_here_is_not_fetched_again(run: Run, have: Have) -> None:
    have(TALE, download="https://nowhere.invalid/tales.jsonl")

    assert run("corpora", "fetch", "tales").err == "tales is here already.\n"


def test_a_source_without_a_file_to_fetch_tells_where_it_is_and_ends_with_3(run: Run, have: Have, home: Path) -> None:
    source = have()
    ended = run("corpora", "fetch", "tales")

    assert (ended.code, source.address in ended.err) == (3, True)
    assert f"belongs at {home / 'corpora' / 'tales.jsonl'}, sha256 {SHA256}" in ended.err
    assert "for: chatlstm train story --corpus FILE" in ended.err


def test_a_package_is_left_to_pip(run: Run, have: Have) -> None:
    have(file="", sha256="", package="nowhere==1.0")
    ended = run("corpora", "fetch", "tales")

    assert ended.err == "Error: tales: cannot be fetched; python -m pip install nowhere==1.0\n"
    assert ended.code == 3


@pytest.mark.parametrize("text", [None, b"another"])
def test_a_file_that_is_missing_or_another_is_fetched(
    run: Run, have: Have, home: Path, monkeypatch: pytest.MonkeyPatch, text: bytes | None
) -> None:
    def fetch(address: str, path: Path, *, sha256: str) -> Iterator[Fetched]:
        assert (address, sha256) == ("https://nowhere.invalid/tales.jsonl", SHA256)
        yield Fetched(len(TALE), len(TALE))
        path.write_bytes(TALE)

    monkeypatch.setattr("chatlstm.pipeline.download.fetch_file", fetch)
    have(text, download="https://nowhere.invalid/tales.jsonl")
    ended = run("corpora", "fetch", "tales")

    path = home / "corpora" / "tales.jsonl"
    assert (ended.err, path.read_bytes()) == (f"tales is at {path}, and its sha256 is right.\n", TALE)


def test_a_source_that_can_be_fetched_says_so(run: Run, have: Have) -> None:
    have(download="https://nowhere.invalid/tales.jsonl")

    assert json.loads(run("corpora", "show", "tales", "--json").out)["remedy"] == "chatlstm corpora fetch tales"


def test_a_source_is_built_into_records(run: Run, have: Have) -> None:
    have(TALE)
    record = {"domain": "story", "turns": ["Once."], "source": "tales", "weight": 1.0, "document": "Once."}

    assert [json.loads(line) for line in run("corpora", "build", "tales").out.splitlines()] == [record]


def test_records_are_the_same_bytes_each_time(run: Run, tmp_path: Path) -> None:
    built = []
    for name in ("one", "two"):
        run("corpora", "build", "own_zh", "--output", str(tmp_path / name))
        built.append((tmp_path / name).read_bytes())

    assert built[0] == built[1] and built[0].decode() == run("corpora", "build", "own_zh").out


def test_a_built_file_says_what_is_in_it(run: Run, have: Have, tmp_path: Path) -> None:
    have(TALE)
    path = tmp_path / "out"

    assert run("corpora", "build", "story", "--output", str(path)).err == f"{path} holds the records of tales: 1.\n"


def test_a_language_without_text_ends_with_3(run: Run, have: Have) -> None:
    have(TALE)
    ended = run("corpora", "build", "story", "--language", "zh")

    assert (ended.code, "'story' has no text in zh" in ended.err) == (3, True)


def test_a_source_that_is_missing_ends_with_3(run: Run) -> None:
    assert run("corpora", "build", "grimm").code == 3

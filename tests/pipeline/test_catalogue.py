"""The catalogue's entries: what is in them and what is refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chatlstm.errors import MissingError, MisuseError
from chatlstm.pipeline.catalogue import (
    Source,
    catalogue_folder,
    find_catalogue,
    read_catalogue,
    read_entry,
    tell_origin,
)
from chatlstm.pipeline.cleaning_zh import fits_chinese_chat, tidy_chinese
from chatlstm.pipeline.readers import READERS

ENTRY = """
name = "tales"
domain = "story"
language = "en"
licence = "CC0-1.0"
licence_class = "A"
attribution = "Nobody"
address = "https://example.org/tales"
file = "tales.jsonl"
sha256 = "00"
reader = "tale"
weight = 2
"""

SHIPPED = [source for domain in ("code", "dialogue", "news", "poetry", "story") for source in read_catalogue(domain)]


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    folder = tmp_path / "story"
    folder.mkdir()
    path = folder / "tales.toml"
    path.write_text(ENTRY, encoding="utf-8")
    return path


def test_an_entry_is_read_as_it_stands(entry: Path) -> None:
    assert read_entry(entry) == Source(
        name="tales",
        domain="story",
        language="en",
        licence="CC0-1.0",
        licence_class="A",
        attribution="Nobody",
        address="https://example.org/tales",
        reader="tale",
        weight=2.0,
        file="tales.jsonl",
        sha256="00",
    )


def test_a_list_of_words_is_read_from_the_file_it_names(entry: Path) -> None:
    entry.write_text(ENTRY + '[filters]\ndrop_words = "words.txt"\n', encoding="utf-8")
    (entry.parent / "words.txt").write_text("# rude\ndarn*\n\nheck\n", encoding="utf-8")

    assert read_entry(entry).filters.drop_words == ("darn*", "heck")


def test_a_table_of_books_is_read(entry: Path) -> None:
    entry.write_text(ENTRY + '[filters.books]\n"A Tale" = "Once"\n', encoding="utf-8")

    assert read_entry(entry).filters.books == {"A Tale": "Once"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("weight = 2", "wieght = 2", "unknown key 'wieght'; known: address"),
        ("weight = 2", "[filters]\nmax = 3", "unknown key 'max'; known: books"),
        ('licence = "CC0-1.0"\n', "", "needs the key 'licence'"),
        ("weight = 2", 'weight = "2"', "weight: needs a number, got '2'"),
        ("weight = 2", "weight = true", "weight: needs a number, got True"),
        ("weight = 2", "weight = 0", "weight must be positive, got 0.0"),
        ("weight = 2", "members = [1]", "members: needs a list of strings"),
        ("weight = 2", "[filters]\nmax_words = 1.5", "max_words: needs a whole number, got 1.5"),
        ("weight = 2", "[filters.books]\na = 1", "books: needs a table of strings"),
        ("weight = 2", "filters = 3", "filters: needs a table, got 3"),
        ("weight = 2", '[filters]\ndrop_words = "no.txt"', "drop_words names it"),
        ('name = "tales"', 'name = "tale"', "must be 'tales' and 'story', got 'tale'"),
        ('domain = "story"', 'domain = "news"', "got 'tales' and 'news'"),
        ('licence_class = "A"', 'licence_class = "C"', "must be 'A' or 'B', got 'C'"),
        ('sha256 = "00"\n', "", "needs the key 'sha256' beside 'file'"),
        ("weight = 2", 'download = "file:///etc/passwd"', "'download' needs the key 'file' and an address of http"),
        ('file = "tales.jsonl"', 'download = "https://a.b/c"\nown = "a"', "'download' needs the key 'file'"),
        ("weight = 2", 'package = "a==1"', "exactly one of the keys 'own', 'file' and 'package'"),
        ("weight = 2", "weight = = 2", "tales.toml"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_reason(
    entry: Path, old: str, new: str, says: str
) -> None:
    entry.write_text(ENTRY.replace(old, new), encoding="utf-8")

    with pytest.raises(MisuseError) as error:
        read_entry(entry)

    assert says in str(error.value)


def test_a_refusal_names_the_file(entry: Path) -> None:
    entry.write_text(ENTRY + "typo = 1\n", encoding="utf-8")

    with pytest.raises(MisuseError, match=r"story.tales\.toml: unknown key 'typo'"):
        read_entry(entry)


def test_the_catalogue_inside_the_package_comes_first(tmp_path: Path) -> None:
    package = tmp_path / "chatlstm"
    (package / "corpora").mkdir(parents=True)
    (tmp_path / "corpora").mkdir()

    assert find_catalogue(package) == package / "corpora"


def test_a_checkout_has_its_catalogue_beside_the_package(tmp_path: Path) -> None:
    (tmp_path / "corpora").mkdir()

    assert find_catalogue(tmp_path / "chatlstm") == tmp_path / "corpora"


def test_no_catalogue_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="install chatlstm again"):
        find_catalogue(tmp_path / "chatlstm")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "the original is at https://example.org/tales"),
        ({"original": "a.txt and b.txt"}, "the original is a.txt and b.txt, at https://example.org/tales"),
        ({"address": ""}, "no lasting address of the original is known"),
    ],
)
def test_an_entry_tells_where_its_original_is(entry: Path, changes: dict[str, str], told: str) -> None:
    assert tell_origin(replace(read_entry(entry), **changes)) == told  # type: ignore[arg-type]  # strings all


def test_entries_come_by_name() -> None:
    names = [source.name for source in read_catalogue("dialogue")]

    assert names == sorted(names)


def test_a_language_keeps_its_own_entries_only() -> None:
    assert {source.language for source in read_catalogue("dialogue", language="en")} == {"en"}


def test_an_unknown_domain_has_no_entries() -> None:
    assert read_catalogue("sonnets") == []


@pytest.mark.parametrize("source", SHIPPED, ids=lambda source: source.name)
def test_every_shipped_entry_names_a_reader_that_exists(source: Source) -> None:
    assert source.reader in READERS


LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


def own_dialogues(language: str) -> list[list[str]]:
    text = (catalogue_folder() / "dialogue" / f"own_{language}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line)["turns"] for line in text.splitlines()]


@LANGUAGES
def test_the_projects_own_dialogues_end_with_a_reply(language: str) -> None:
    assert {len(turns) for turns in own_dialogues(language)} <= {2, 4, 6, 8}


@LANGUAGES
def test_no_own_dialogue_opens_like_another(language: str) -> None:
    openings = [turns[0].lower() for turns in own_dialogues(language)]

    assert len(set(openings)) == len(openings)


CLAIMS = ["I'm human", "I am human", "I'm a human", "I am a human", "我是人", "我是真人", "我是一个人"]


@pytest.mark.parametrize("claim", CLAIMS)
def test_no_own_reply_claims_to_be_human(claim: str) -> None:
    dialogues = own_dialogues("en") + own_dialogues("zh")

    assert [turns for turns in dialogues if any(claim in reply for reply in turns[1::2])] == []


def test_the_projects_own_chinese_is_written_as_the_readers_leave_it() -> None:
    turns = [turn for turns in own_dialogues("zh") for turn in turns]

    assert [turn for turn in turns if tidy_chinese(turn) != turn or not fits_chinese_chat(turn)] == []

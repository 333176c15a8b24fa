"""A person's own text, from files to records."""

import gzip
import lzma
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.engine.corpus import choose_split
from chatlstm.errors import MissingError, MisuseError
from chatlstm.pipeline.own_text import OwnText, list_files, read_records
from chatlstm.records import Record


def own_turns(path: Path, domain: str = "dialogue") -> list[tuple[str, ...]]:
    return [record.turns for record in read_records(path, domain=domain)]


@pytest.mark.parametrize(
    ("line", "turns"),
    [
        ('{"prompt": "Hi.", "reply": "Hello."}', ("Hi.", "Hello.")),
        ('{"turns": ["A.", "B.", "C."]}', ("A.", "B.", "C.")),
        ('{"text": " Once. "}', ("Once.",)),
        ('\ufeff{"text": "Once."}', ("Once.",)),
    ],
)
def test_a_line_of_a_persons_own_file_becomes_a_record(
    tmp_path: Path, line: str, turns: tuple[str, ...]
) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text(f"{line}\n\n", encoding="utf-8")

    assert list(read_records(path, domain="dialogue")) == [Record("dialogue", turns, "notes.jsonl")]


@pytest.mark.parametrize(
    "line",
    [
        '{"prompt": "Hi."}',
        '{"prompt": "Hi.", "reply": " "}',
        '{"prompt": "Hi.", "reply": 3}',
        '{"turns": []}',
        '{"turns": ["A.", null]}',
        '{"text": ""}',
    ],
)
def test_a_line_without_its_strings_is_named_by_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text(f'{{"text": "Once."}}\n{line}\n', encoding="utf-8")

    with pytest.raises(
        MisuseError, match=r"^notes\.jsonl:2: needs the strings 'prompt' and 'reply'"
    ):
        own_turns(path)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", r"notes\.jsonl:1: is not JSON"),
        ("[1]", r"notes\.jsonl:1: needs a JSON object"),
        (r'{"text": "\ud83d"}', r"notes\.jsonl:1: holds half a character"),
    ],
)
def test_a_line_that_is_no_text_object_is_named_by_number(
    tmp_path: Path, line: str, says: str
) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text(line, encoding="utf-8")

    with pytest.raises(MisuseError, match=says):
        own_turns(path)


def test_lines_of_plain_text_are_turns_of_a_dialogue(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Hi.\nHello.\n\n\nBye.\nSee you.\n", encoding="utf-8")

    assert own_turns(path) == [("Hi.", "Hello."), ("Bye.", "See you.")]


def test_paragraphs_of_plain_text_are_tales(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("One\nday.\n\nThen.\n\n", encoding="utf-8")

    assert own_turns(path, "story") == [("One\nday.",), ("Then.",)]


def test_a_compressed_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt.xz"
    path.write_bytes(lzma.compress(b"Once.\n"))

    assert own_turns(path, "story") == [("Once.",)]


def test_a_truncated_compressed_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt.xz"
    path.write_bytes(lzma.compress(b"Once.\n")[:-8])

    with pytest.raises(MisuseError, match=r"notes\.txt\.xz: is not a whole \.xz file"):
        own_turns(path)


def test_a_file_compressed_by_gzip_is_read(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"text": "Once."}\n'))

    assert own_turns(path, "story") == [("Once.",)]


@pytest.mark.parametrize("content", [gzip.compress(b"Once.\n")[:-8], b"Once.\n"], ids=["short", "plain"])
def test_what_is_no_whole_gzip_file_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt.gz"
    path.write_bytes(content)

    with pytest.raises(MisuseError, match=r"notes\.txt\.gz: is not a whole \.gz file"):
        own_turns(path, "story")


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes("caf\u00e9".encode("latin-1"))

    with pytest.raises(MisuseError, match=r"notes\.txt: is not UTF-8 text; save it as UTF-8"):
        own_turns(path)


def test_a_file_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no file"):
        own_turns(tmp_path / "notes.jsonl")


def test_an_overlong_text_becomes_records_of_one_document(tmp_path: Path) -> None:
    path = tmp_path / "book.jsonl"
    path.write_text('{"text": "' + "It rained and rained. " * 2000 + '"}\n')

    records = list(read_records(path, domain="story"))

    assert len(records) == 3
    assert len({choose_split(record) for record in records}) == len({record.document for record in records}) == 1


def test_lines_without_an_empty_one_become_dialogues_of_bounded_length(tmp_path: Path) -> None:
    path = tmp_path / "talk.txt"
    path.write_text("Is it so?\nIt is.\n" * 4000)

    records = list(read_records(path, domain="dialogue"))

    assert [turn for record in records for turn in record.turns] == ["Is it so?", "It is."] * 4000
    assert max(sum(map(len, record.turns)) for record in records) <= 16_384


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    for name in ("b.jsonl", "a.txt", "c.jsonl.xz", "d.txt.gz", "README.md", ".a.jsonl.swp", ".git/x.txt", "in/e.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("Once.")
    return tmp_path


def list_names(folder: Path, *named: str) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in list_files([folder / one for one in named])]


def test_a_folder_stands_for_the_texts_in_and_below_it(texts: Path) -> None:
    assert list_names(texts, "") == ["a.txt", "b.jsonl", "c.jsonl.xz", "d.txt.gz", "in/e.txt"]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.txt", ["a.txt"]),
        ("**/*.txt", ["a.txt", "in/e.txt"]),
        ("[bc].jsonl*", ["b.jsonl", "c.jsonl.xz"]),
        ("i*/*", ["in/e.txt"]),
        ("*", ["README.md", "a.txt", "b.jsonl", "c.jsonl.xz", "d.txt.gz"]),
    ],
)
def test_a_pattern_stands_for_the_files_it_matches(pattern: str, names: list[str], texts: Path) -> None:
    assert list_names(texts, pattern) == names


def test_what_is_named_first_comes_first_and_what_is_named_twice_comes_once(texts: Path) -> None:
    assert list_names(texts, "b.jsonl", "*.txt", "in", "a.txt", "") == [
        "b.jsonl",
        "a.txt",
        "in/e.txt",
        "c.jsonl.xz",
        "d.txt.gz",
    ]


def test_a_file_whose_name_is_a_pattern_is_itself(texts: Path) -> None:
    (texts / "[ab].txt").write_text("Once.")

    assert list_names(texts, "[ab].txt") == ["[ab].txt"]


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ("x.txt", "no file {}/x.txt"),
        ("*.json", "no file matches {}/*.json"),
        ("empty", "no .jsonl and no .txt file in the folder {}/empty"),
    ],
)
def test_what_names_no_file_is_told(named: str, sentence: str, texts: Path) -> None:
    (texts / "empty").mkdir()

    with pytest.raises(MissingError) as error:
        list_files([texts / named])

    assert str(error.value) == sentence.format(texts)


@given(names=st.permutations(["1.txt", "2.txt", "10.txt", "é.txt", "A.txt", "a.txt"]))
def test_the_order_does_not_depend_on_how_the_files_came_about(
    names: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("shards")
    for name in names:
        (folder / name).write_text("Once.")

    assert list_names(folder, "*.txt") == ["1.txt", "10.txt", "2.txt", "A.txt", "a.txt", "é.txt"]


@given(sizes=st.lists(st.integers(0, 3000), max_size=4), ending=st.sampled_from(["txt", "txt.xz", "txt.gz"]))
def test_reading_rises_from_nothing_to_all_bytes(
    sizes: list[int], ending: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("text")
    for number, size in enumerate(sizes):
        content = b"Once upon a time.\n\n" * size
        packed = {"txt": content, "txt.xz": lzma.compress(content), "txt.gz": gzip.compress(content)}
        (folder / f"{number}.{ending}").write_bytes(packed[ending])
    text = OwnText(tuple(sorted(folder.iterdir())), "story")

    seen = [text.bytes_read for _ in text.read()]

    assert text.bytes_read == text.size == sum(path.stat().st_size for path in folder.iterdir())
    assert seen == sorted(seen)
    assert len(seen) == sum(sizes)


def test_reading_anew_begins_at_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Once.\n\nTwice.")
    text = OwnText((tmp_path / "a.txt",), "story")

    assert list(text.read()) == list(text.read())
    assert (text.bytes_read, text.size) == (13, 13)

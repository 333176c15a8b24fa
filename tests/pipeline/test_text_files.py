"""Reading text files piece by piece."""

import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.errors import MisuseError
from chatlstm.pipeline.text_files import read_paragraphs, read_rows, read_tables

lines = st.text(st.sampled_from("ab. é春\U0001f431\t"), max_size=40)


def paragraphs_of(text: str, most: int) -> list[list[str]]:
    return list(read_paragraphs(io.BytesIO(text.encode()), "notes.txt", most=most))


def rows_of(text: str, most: int) -> list[tuple[int, object]]:
    return list(read_rows(io.BytesIO(text.encode()), "notes.jsonl", most=most))


@given(st.lists(lines, max_size=12), st.integers(4, 40))
def test_paragraphs_lose_nothing_but_blanks_and_are_bounded(given_lines: list[str], most: int) -> None:
    text = "\n".join(given_lines)

    found = paragraphs_of(text, most)

    assert re.sub(r"\s", "", "".join(line for lines in found for line in lines)) == re.sub(r"\s", "", text)
    assert all(1 <= len("\n".join(lines)) <= most for lines in found)
    assert all(line == line.strip() != "" for lines in found for line in lines)


@given(st.lists(lines, max_size=12))
def test_what_fits_is_parted_at_empty_lines_alone(given_lines: list[str]) -> None:
    text = "\n".join(line.strip() for line in given_lines)

    expected = [block.split("\n") for block in re.split(r"\n{2,}", text.strip("\n")) if block]

    assert paragraphs_of(text, 10_000) == expected


def test_a_line_without_end_is_parted_at_sentences() -> None:
    found = paragraphs_of("It rains again. " * 50, most=40)

    assert found == [["It rains again. It rains again."]] * 25


def test_a_line_too_long_is_refused_by_its_number() -> None:
    text = json.dumps({"text": "a"}) + "\n" + json.dumps({"text": "a" * 40}) + "\n"

    with pytest.raises(MisuseError, match=r"^notes\.jsonl:2: is longer than 30 characters; give each record a line$"):
        rows_of(text, 30)


def test_a_line_as_long_as_may_be_is_read() -> None:
    assert rows_of('{"text": 1}\n\n{"text": 2}', 12) == [(1, {"text": 1}), (3, {"text": 2})]


def test_tables_of_a_folder_come_by_file_and_carry_their_names(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text('[gcd]\ntakes = "a"\n', encoding="utf-8")
    (tmp_path / "a.toml").write_text("[sum]\n[lcm]\n", encoding="utf-8")

    assert list(read_tables(tmp_path)) == [{"id": "sum"}, {"id": "lcm"}, {"id": "gcd", "takes": "a"}]


@pytest.mark.parametrize(
    ("text", "message"), [("[sum", "a.toml: Expected"), ("sum = 3", "a.toml: 'sum' stands outside a table")]
)
def test_a_file_of_anything_but_tables_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")

    with pytest.raises(MisuseError, match=message):
        list(read_tables(tmp_path))

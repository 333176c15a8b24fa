"""The filter of known lines: nothing that went in comes out as new."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from chatlstm_poetry.known_lines import KnownLines, fill_table, read_known_lines, write_known_lines
from hypothesis import given
from hypothesis import strategies as st

LINES = st.lists(st.text(min_size=3, max_size=9), max_size=30)


def make_lines(count: int, start: int) -> list[str]:
    steps = (1, 7, 31, 101, 311)
    return ["".join(chr(0x4E00 + number * step % 5003) for step in steps) for number in range(start, start + count)]


@given(LINES)
def test_a_line_that_went_in_is_known(lines: list[str]) -> None:
    known = KnownLines(fill_table(lines))

    assert all(line in known for line in lines)


@given(LINES)
def test_the_order_of_the_lines_does_not_matter(lines: list[str]) -> None:
    assert fill_table(lines).tobytes() == fill_table(lines[::-1]).tobytes()


def test_one_new_line_in_a_hundred_is_taken_for_known() -> None:
    # theory for 10 bits and 7 probes a line: (1 - exp(-0.7))^7 = 0.0082
    known = KnownLines(fill_table(make_lines(4000, 0)))
    wrong = sum(line in known for line in make_lines(900, 4001))

    assert wrong <= 20


def test_short_lines_are_never_known() -> None:
    assert "知否" not in KnownLines(fill_table(["知否"]))


def test_an_empty_table_knows_nothing() -> None:
    assert "白日依山尽" not in KnownLines(fill_table([]))


def test_endings_are_told_all_at_once() -> None:
    known = KnownLines(fill_table(["白日依山尽"]))
    characters = np.array([ord(one) for one in "来尽"], np.uint64)

    assert known.find_endings("白日依山", characters).tolist() == [False, True]


def test_a_written_table_is_that_of_its_lines(tmp_path: Path) -> None:
    write_known_lines(["白日依山尽"], tmp_path / "known.bin")

    assert (tmp_path / "known.bin").read_bytes() == fill_table(["白日依山尽"]).tobytes()


def test_the_shipped_table_knows_a_famous_line() -> None:
    assert "白日依山尽" in read_known_lines("zh")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_shipped_tables_are_small(language: str) -> None:
    table = files("chatlstm_poetry").joinpath("data", f"known_lines_{language}.bin")
    assert len(table.read_bytes()) < 1_500_000

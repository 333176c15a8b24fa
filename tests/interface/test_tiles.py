"""Tiles: how wide they are, where lines break, and their colours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.utils import get_cwidth

from chatlstm.interface.output import count_cells
from chatlstm.interface.tiles import (
    Line,
    Tile,
    count_columns,
    is_light,
    make_tiles,
    name_color,
    paint_lines,
    wrap_tiles,
)

READ = ("sea", "海", "海鸥，飞。", "🐟🐬", "é", "e\u0301", "⚓\ufe0f", "a\u200db", "「」", "ｆ", "한글", "")


@pytest.mark.parametrize("text", READ)
def test_a_text_is_as_wide_as_prompt_toolkit_holds_it(text: str) -> None:
    assert count_cells(text) == get_cwidth(text)


def wrap(*texts: str, columns: int) -> list[str]:
    tiles = [tile for place, text in enumerate(texts) for tile in make_tiles(text, None, place)]
    return ["".join(tile.text for tile in line) for line in wrap_tiles(tiles, columns)]


def test_lines_break_between_words() -> None:
    assert wrap("The", " fish", "er", " sails", columns=10) == ["The fisher", "sails"]


def test_lines_break_between_wide_characters() -> None:
    assert wrap("海", "上", "有", "船", "。", columns=5) == ["海上", "有船", "。"]


def test_a_word_wider_than_a_line_is_cut() -> None:
    assert wrap("a", " bcdef", "ghi", columns=4) == ["a", "bcde", "fghi"]


def test_a_line_feed_is_seen_and_breaks_the_line() -> None:
    assert wrap("one", ".\n", "two\n\nthree", columns=20) == ["one.↵", "two↵", "↵", "three"]


def test_a_text_that_ends_with_a_line_feed_has_no_line_behind_it() -> None:
    assert wrap("one\n", columns=20) == ["one↵"]


def test_the_end_is_a_word_of_its_own() -> None:
    assert wrap("one", "", columns=20) == ["one [end]"]


def test_what_cannot_be_shown_is_a_question_mark() -> None:
    assert wrap("a", "\x07", "\t", columns=20) == ["a? "]


def test_blanks_alone_are_not_lost_where_a_line_begins() -> None:
    assert wrap("abcd", "  ", columns=4) == ["abcd", " "]


def measure(line: Line) -> int:
    return sum(get_cwidth(tile.text) for tile in line)


@given(st.lists(st.text("ab 海🐟\n\t", min_size=1, max_size=6), max_size=12), st.integers(2, 12))
def test_no_line_is_too_long_and_no_token_is_lost(texts: list[str], columns: int) -> None:
    tiles = [tile for place, text in enumerate(texts) for tile in make_tiles(text, None, place)]
    lines = wrap_tiles(tiles, columns)

    assert all(measure(line) <= columns for line in lines)
    assert sorted({tile.place for line in lines for tile in line}) == list(range(len(texts)))


def test_lines_are_painted_in_the_colours_of_256() -> None:
    lines = [[Tile("a"), Tile("b", (5, 2, 0))], [Tile("c", (0, 1, 4))]]

    assert paint_lines(lines) == "a\x1b[38;5;16;48;5;208mb\x1b[0m\n\x1b[38;5;231;48;5;26mc\x1b[0m"


def test_colours_are_named_as_xterm_has_them() -> None:
    assert [name_color(ground) for ground in ((0, 0, 0), (1, 2, 3), (4, 5, 5))] == ["#000000", "#5f87af", "#d7ffff"]


def luminance(name: str) -> float:
    """Relative luminance, as WCAG 2.1 defines it."""
    parts = [int(name[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@given(st.tuples(*[st.integers(0, 5)] * 3))
def test_the_ink_is_read_on_every_ground(ground: tuple[int, int, int]) -> None:
    light = luminance(name_color(ground))
    contrast = (light + 0.05) / 0.05 if is_light(ground) else 1.05 / (light + 0.05)

    assert contrast >= 4.5  # what WCAG 2.1 asks for


def test_columns_are_those_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")

    assert count_columns() == 40

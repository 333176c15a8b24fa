"""/look: which cells are chosen, and how their activity is drawn."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.utils import get_cwidth

from chatlstm.engine.api import Reading
from chatlstm.errors import MisuseError
from chatlstm.interface.activity import (
    RAMP,
    choose_cells,
    cut_blocks,
    draw_activity,
    make_tile,
    read_cell,
)
from tests.interface.test_confidence import ask


def read(text: str, *cells: float) -> Reading:
    return Reading(text, 0.5, (), np.array([cells], np.float32))


READINGS = [read("old", 0.9, 0.0, -0.1), read(" sea", -0.9, 0.5, -0.1), read(".\n", 0.9, 0.0, 0.1)]


def draw(columns: int, readings: list[Reading] = READINGS, *, color: bool = False) -> list[str]:
    lines = draw_activity(readings, [(0, 0), (0, 1)], columns, color=color)
    return ["".join(tile.text for tile in line) for line in lines]


def test_a_cell_is_a_row_and_a_token_a_column() -> None:
    assert draw(20)[:3] == [
        "0.0 ###====##",
        "0.1 ...++++..",
        "    old sea.↵",
    ]


def test_a_row_is_broken_between_tokens() -> None:
    assert draw(12) == [
        "0.0 ###====",
        "0.1 ...++++",
        "    old sea",
        "",
        "0.0 ##",
        "0.1 ..",
        "    .↵",
        "",
        "-1 == -0.6 -- -0.2 .. 0.2 ++ 0.6 ## 1",
    ]


def test_in_colour_blanks_stand_on_the_ground_of_the_activity() -> None:
    (cell, *_) = draw_activity(READINGS, [(0, 0)], 20, color=True)

    assert [(tile.text, tile.ground) for tile in cell[1:]] == [
        ("   ", (4, 0, 0)),
        ("    ", (0, 1, 4)),
        ("  ", (4, 0, 0)),
    ]
    assert draw(20, color=True)[-1].split() == ["-1", "1"]


@pytest.mark.parametrize(("activity", "ground"), [(-1.0, RAMP[0]), (0.0, (4, 4, 4)), (1.0, RAMP[-1])])
def test_the_ramp_goes_from_blue_to_red(activity: float, ground: tuple[int, int, int]) -> None:
    assert make_tile(activity, 1, color=True).ground == ground


@pytest.mark.parametrize(
    ("activity", "sign"), [(-1.0, "="), (-0.61, "="), (-0.59, "-"), (0.0, "."), (0.21, "+"), (0.61, "#"), (1.0, "#")]
)
def test_without_colour_a_sign_tells_the_activity(activity: float, sign: str) -> None:
    assert make_tile(activity, 2, color=False).text == sign * 2


@pytest.mark.parametrize("columns", [40, 80])
def test_lines_fit_in_chinese_too(columns: int) -> None:
    readings = [read(text, 0.1, 0.2) for text in "一只海鸥在船上飞来飞去，叫个不停。" * 5 + "🐟"]

    assert max(map(get_cwidth, draw(columns, readings))) <= columns


def test_a_token_wider_than_a_line_is_cut() -> None:
    assert draw(12, [read("-" * 40, 0.9, 0.0)])[:3] == ["0.0 ########", "0.1 ........", "    --------"]


def test_the_cells_that_vary_most_are_chosen() -> None:
    assert choose_cells(READINGS, 2) == [(0, 0), (0, 1)]


def test_cells_that_vary_alike_keep_their_order() -> None:
    assert choose_cells([Reading("a", 0.5, (), np.zeros((2, 3), np.float32))], 4) == [(0, 0), (0, 1), (0, 2), (1, 0)]


@pytest.mark.parametrize("word", ["3.0", "0.8", "1", "1.x", "-1.0", "1.-1", "٣.1x", "9999999999.0", ".", "1.2.3"])
def test_a_cell_that_is_not_there_is_refused(word: str) -> None:
    with pytest.raises(MisuseError, match=r"there are 0\.0 to 2\.7, layer\.cell"):
        read_cell(word, (3, 8))


@given(st.lists(st.integers(0, 9), min_size=1), st.integers(9, 30))
def test_blocks_fit_and_leave_nothing_out(widths: list[int], room: int) -> None:
    blocks = cut_blocks(widths, room)

    assert [place for start, end in blocks for place in range(start, end)] == list(range(len(widths)))
    assert all(sum(widths[start:end]) <= room for start, end in blocks)


def test_the_chosen_cells_are_drawn_over_the_last_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")

    assert ask("/look 1.0 0.2")[1].splitlines() == [
        "1.0 +++++++",
        "0.2 ...++++",
        "    old sea",
        "",
        "-1 == -0.6 -- -0.2 .. 0.2 ++ 0.6 ## 1",
        "tanh(c) of the cells layer.cell, read by canned@0123abcd",
    ]


def test_json_holds_tokens_and_cells() -> None:
    found = json.loads(ask("/look 0.0 1.1 --json")[1])

    assert found == {
        "plugin": "dialogue",
        "checkpoint": "canned@0123abcd",
        "skipped": 0,
        "tokens": ["old", " sea"],
        "cells": [
            {"cell": "0.0", "activity": [-0.3333, 0.6667]},
            {"cell": "1.1", "activity": [0.3333, -0.6667]},
        ],
    }


def test_without_cells_those_that_vary_most_are_told() -> None:
    found = json.loads(ask("/look --json")[1])

    assert [one["cell"] for one in found["cells"]] == ["0.0", "1.1", "0.2", "0.1", "1.0", "1.2"]


def test_a_picture_is_written_in_colour(tmp_path: Path) -> None:
    ask(f"/look --png {tmp_path / 'a.png'}")

    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_colour_is_used_where_there_is_some() -> None:
    assert "\x1b[38;5;" in ask("/look", color=True)[1]

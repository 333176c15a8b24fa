"""Tiles as a picture."""

import io
from pathlib import Path

import numpy as np
import pytest
from matplotlib.font_manager import FontEntry, findfont, fontManager
from matplotlib.image import imread
from numpy.typing import NDArray

from chatlstm.interface.picture import FONT, choose_fonts, draw_tiles, list_fonts
from chatlstm.interface.tiles import Line, Tile

ONLY_STIX = "\u2a5e"  # logical and with double overbar: DejaVu Sans Mono has not, STIX has


def draw(lines: list[Line], folder: Path) -> NDArray[np.float32]:
    assert draw_tiles(lines, folder / "a.png") == set()
    return np.asarray(imread(io.BytesIO((folder / "a.png").read_bytes())))[..., :3]


def test_a_ground_is_drawn_in_its_colour(tmp_path: Path) -> None:
    found = draw([[Tile(" " * 20, (5, 2, 0))]], tmp_path)

    assert (np.array([255, 135, 0]) == np.round(found[found.shape[0] // 2, found.shape[1] // 2] * 255)).all()


def test_a_wide_character_takes_two_cells(tmp_path: Path) -> None:
    for name, text in (("wide", "海鸥a"), ("latin", "aaaaa")):
        draw_tiles([[Tile(text)]], tmp_path / f"{name}.png")

    assert imread(tmp_path / "wide.png").shape == imread(tmp_path / "latin.png").shape


def test_an_empty_picture_is_a_picture(tmp_path: Path) -> None:
    assert draw([], tmp_path).min() == 1


def test_a_character_is_drawn_and_a_formula_is_text(tmp_path: Path) -> None:
    assert draw([[Tile("$x^2$")]], tmp_path).min() < 0.5


def find_fonts(name: str) -> list[FontEntry]:
    return [font for font in fontManager.ttflist if font.name == name]


def test_matplotlib_s_own_font_is_enough_for_latin() -> None:
    assert choose_fonts("sea é↵", []) == ([FONT], set())


def test_what_it_lacks_another_font_draws() -> None:
    assert choose_fonts({"a", ONLY_STIX}, find_fonts("STIXGeneral")) == ([FONT, "STIXGeneral"], set())


def test_what_no_font_has_is_told() -> None:
    assert choose_fonts(["海", "a"], find_fonts("STIXGeneral")) == ([FONT], {"海"})


def test_what_no_font_has_is_drawn_as_a_box(tmp_path: Path) -> None:
    missing = draw_tiles([[Tile("\U0010fffd")]], tmp_path / "one.png")
    draw_tiles([[Tile("□")]], tmp_path / "other.png")

    assert missing == {"\U0010fffd"}
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "other.png").read_bytes()


def test_the_font_comes_with_matplotlib() -> None:
    assert "matplotlib" in findfont(FONT)


def test_a_font_installed_since_is_found_and_a_damaged_one_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged, new, old = tmp_path / "damaged.ttf", tmp_path / "new.ttf", findfont(FONT)
    damaged.write_bytes(b"no font")
    new.write_bytes(Path(findfont("STIXGeneral")).read_bytes())
    monkeypatch.setattr(fontManager, "ttflist", find_fonts(FONT))
    monkeypatch.setattr("chatlstm.interface.picture.findSystemFonts", lambda: [str(damaged), str(new), old])

    assert [font.name for font in list_fonts() if font.name != FONT] == ["STIXGeneral"]

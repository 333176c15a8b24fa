from pathlib import Path

import pytest

from chatlstm.engine.benchmarks.pictures import Panel, draw_panels

LINES = {"ours": [[(1.0, 2.0), (10.0, 20.0)], [(1.0, 3.0)]], "theirs": [[(1.0, 5.0)]]}


@pytest.mark.parametrize("logarithmic", [True, False])
def test_the_picture_is_a_png_in_a_folder_that_is_made(logarithmic: bool, tmp_path: Path) -> None:
    path = tmp_path / "new" / "lines.png"

    draw_panels([Panel("s", "m", LINES, logarithmic), Panel("s", "kg", LINES)], path)

    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")

"""/confidence: shades, the table, JSON, a picture."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from prompt_toolkit.utils import get_cwidth

from chatlstm.engine.api import Reading
from chatlstm.interface.commands import take_line
from chatlstm.interface.confidence import list_improbable, make_legend, shade_readings
from chatlstm.interface.talk import Talk
from chatlstm.interface.tiles import Tile
from tests.interface.talks import make_talk, read_shown


def read(text: str, probability: float, *alternatives: tuple[str, float]) -> Reading:
    return Reading(text, probability, alternatives, np.zeros((1, 2), np.float32))


def ask(line: str, reply: str = "old sea", *, color: bool = False) -> tuple[Talk, str]:
    """Have a message answered, then ask for something, and give what that shows."""
    talk = make_talk([reply])
    take_line(talk, "Hi.")
    read_shown(talk)
    talk.screen.color = color
    take_line(talk, line)
    return talk, read_shown(talk)


def test_without_colour_the_least_probable_tokens_are_listed() -> None:
    assert ask("/confidence")[1].splitlines() == [
        "the least probable tokens, and what was likelier:",
        ' 12.5%  [end]   "sea" 50.0%',
        ' 25.0%  " sea"  "sea" 50.0%',
        ' 50.0%  "old"',
        "3 tokens, 2.0 bits each, to canned@0123abcd alone; /why tells the plugin's choice",
    ]


def test_with_colour_each_token_is_shaded() -> None:
    shown = ask("/confidence", color=True)[1].splitlines()

    assert shown[0] == "old\x1b[38;5;16;48;5;153m sea\x1b[0m\x1b[38;5;16;48;5;75m [end]\x1b[0m"
    assert shown[2].startswith("probability  50%+ \x1b[38;5;16;48;5;153m 20%+ \x1b[0m")


def test_where_there_are_keys_the_person_moves_over_the_tokens_first() -> None:
    browsed: list[Sequence[Reading]] = []
    talk, _ = ask("/why")
    talk.screen.color, talk.screen.browse = True, browsed.append
    take_line(talk, "/confidence")

    assert [reading.text for reading in browsed[0]] == ["old", " sea", ""]


def test_the_improbable_are_ten_at_most_and_the_least_probable_first() -> None:
    readings = [read(f"t{n}", n / 20) for n in range(12, 0, -1)]
    names = [line.split()[1] for line in list_improbable(readings, 80).splitlines()[1:]]

    assert names == [f'"t{n}"' for n in range(1, 11)]


@pytest.mark.parametrize("columns", [40, 80])
def test_a_row_fits_its_line_in_chinese_too(columns: int) -> None:
    readings = [read("海鸥" * n, 0.01, ("船" * 9, 0.3), ("水" * 9, 0.2), ("\n", 0.1)) for n in (1, 3)]

    assert all(get_cwidth(line) <= max(columns, 49) for line in list_improbable(readings, columns).splitlines()[1:])
    assert len(make_line(make_legend())) <= 40


def make_line(line: Sequence[Tile]) -> str:
    return "".join(tile.text for tile in line)


def test_the_legend_stands_below_the_text() -> None:
    lines = shade_readings([read("海", 0.9), read("鸥", 0.001)], 40)

    assert [make_line(line) for line in lines] == ["海鸥", "", "probability  50%+  20%+  5%+  1%+  <1% "]


def test_json_tells_every_token_and_its_alternatives_on_one_line() -> None:
    _, shown = ask("/confidence --json", reply="海\x9b31m\u202e鸥")
    found = json.loads(shown)

    assert shown.count("\n") == 1 and shown.rstrip("\n").isprintable() and "海" in shown
    assert (found["plugin"], found["checkpoint"], found["skipped"]) == ("dialogue", "canned@0123abcd", 0)
    assert found["tokens"] == [
        {"text": "海\x9b31m\u202e鸥", "probability": 0.5, "alternatives": found["tokens"][0]["alternatives"]},
        {
            "text": "",
            "probability": 0.25,
            "alternatives": [{"text": "sea", "probability": 0.5}, {"text": "", "probability": 0.25}],
        },
    ]


def test_a_picture_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "my picture.PNG"
    _, shown = ask(f"/confidence --png {path}")

    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert shown.startswith(f"Drawn in {path}\n")


def test_characters_that_no_font_has_are_named(tmp_path: Path) -> None:
    _, shown = ask(f"/confidence --png {tmp_path / 'a.png'}", reply="a\U0010fffdb")

    assert "no font here has \U0010fffd: such characters are drawn as boxes; install a font" in shown


@pytest.mark.parametrize(
    ("argument", "reason"),
    [
        ("--png", "--png needs the name of a file that ends with .png, got ''"),
        ("--png notes.txt", "got 'notes.txt'"),
        ("--pgn a.png", "no option --pgn; there is --json and --png FILE"),
        ("--json --png a.png", "--json or --png: give one of them"),
        ("--png nowhere/a.png", "cannot be written: No such file or directory"),
    ],
)
@pytest.mark.parametrize("command", ["confidence", "look"])
def test_what_cannot_be_taken_is_told(
    command: str, argument: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = ask(f"/{command} {argument}")[1]

    assert shown.startswith("Error: ") and reason in shown


@pytest.mark.parametrize("command", ["confidence", "look"])
def test_without_a_reply_there_is_nothing_to_show(command: str) -> None:
    talk = make_talk()
    take_line(talk, f"/{command}")

    assert read_shown(talk) == "Error: this conversation has no reply yet; say something first\n"


@pytest.mark.parametrize("command", ["confidence", "look"])
def test_what_is_left_out_of_a_long_reply_is_told(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatlstm.session.inspection.READ_TOKENS", 1)
    monkeypatch.setattr("tests.doubles.CannedGenerator.token_bytes", [b""] * 16 + [b"old"])

    assert ask(f"/{command}")[1].endswith("the first 1 tokens of this reply are not shown\n")

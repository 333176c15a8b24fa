"""/origin: passages, their sources, the share, and what is not sure."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from prompt_toolkit.utils import get_cwidth

from chatlstm.engine.checkpoint import WEIGHTS, add_origins, dump_config, read_config
from chatlstm.interface.commands import take_line
from chatlstm.pipeline.origins import OriginIndex, build_index, pack_index
from tests.doubles import CannedGenerator
from tests.interface.talks import make_talk, read_shown

LINES = [f"This is line {number} of the letters." for number in ["one", "two", "three", "four", "five", "six", "seven"]]
TEXTS = [("dialogue/own_en", "I am called ChatLSTM."), *(("dialogue/letters.txt", line) for line in LINES)]
OWN = "dialogue/own_en (ChatLSTM contributors, CC0-1.0)"


class Shown:
    """What the screen shows of a reply by a checkpoint of the home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.identity = read_config(folder).identity

    def give_index(self, index: OriginIndex, *, sources: list[str] | None = None) -> None:
        add_origins(self.folder, pack_index(index))
        config = read_config(self.folder)
        (self.folder / "config.json").write_bytes(dump_config(replace(config, facts={"sources": sources or []})))

    def ask(self, reply: str, line: str = "/origin") -> str:
        generator = CannedGenerator([reply])
        generator.checkpoint = self.identity
        talk = make_talk(generator=generator)
        take_line(talk, "Hi.")
        read_shown(talk)
        take_line(talk, line)
        return read_shown(talk)


@pytest.fixture
def shown(home: Path, tiny_checkpoint: Path) -> Shown:
    shown = Shown(shutil.copytree(tiny_checkpoint, home / "checkpoints" / "mine"))
    shown.give_index(build_index(TEXTS, "en"))
    return shown


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")


@pytest.mark.usefixtures("wide")
def test_a_passage_its_source_and_the_share_are_told(shown: Shown) -> None:
    first, second, share, limits = shown.ask("Oh, hello.\nI am called ChatLSTM!").splitlines()

    assert (first, second) == ("I am called ChatLSTM", f"  matches {OWN}, 4 words")
    assert share == (
        f"At least 4 of the reply's 6 words (67%) stand in passages that match the training text of {shown.identity}."
    )
    assert limits == (
        "Sure to be found: 12 words in a row and equal lines of 3 or more; shorter passages often are not. Runs are "
        "compared by hash: the chance of a false match here is <0.1%."
    )


@pytest.mark.usefixtures("wide")
def test_a_reply_that_matches_as_a_whole_is_told_as_such(shown: Shown) -> None:
    assert f"\nAll 7 words of the reply stand in passages that match the training text of {shown.identity}.\n" in (
        shown.ask(LINES[0])
    )


@pytest.mark.usefixtures("wide")
def test_of_many_sources_two_are_named(shown: Shown) -> None:
    shown.give_index(build_index([(f"dialogue/{name}.txt", LINES[0]) for name in "abcd"], "en"))

    assert "matches dialogue/a.txt (your own text) and dialogue/b.txt (your own text) and 2 more, 7 words" in (
        shown.ask(LINES[0])
    )


@pytest.mark.usefixtures("wide")
def test_an_own_text_is_told_as_such(shown: Shown) -> None:
    assert "  matches dialogue/letters.txt (your own text), 7 words\n" in shown.ask(LINES[0])


@pytest.mark.usefixtures("wide")
def test_where_nothing_matches_one_sentence_says_so(shown: Shown) -> None:
    first, limits = shown.ask("Who knows?").splitlines()

    assert first == f"No passage of this reply was found in the training text of {shown.identity}."
    assert limits.startswith("Sure to be found: 12 words")


@pytest.mark.usefixtures("wide")
def test_five_passages_are_shown_and_the_others_counted(shown: Shown) -> None:
    told = shown.ask("\n".join(LINES))

    assert told.count("  matches ") == 5
    assert "and 2 shorter ones; --json has them all\n" in told


@pytest.mark.usefixtures("wide")
def test_a_text_too_long_for_its_index_is_told(shown: Shown) -> None:
    shown.give_index(replace(build_index(TEXTS, "en"), halvings=2))

    assert "The text was too long: of its runs one in 4 is kept, and passages are missed." in shown.ask(LINES[0])


@pytest.mark.usefixtures("wide")
def test_sources_that_the_index_lacks_are_named(shown: Shown) -> None:
    shown.give_index(build_index(TEXTS, "en"), sources=["dialogue/own_en", "story/grimm"])

    assert shown.ask(LINES[0]).endswith("Not in the index: story/grimm.\n")


@pytest.mark.usefixtures("wide")
def test_in_chinese_characters_are_counted(shown: Shown) -> None:
    shown.give_index(build_index([("dialogue/letters.txt", "床前明月光")], "zh"))
    told = shown.ask("床前明月光，\n低头思故乡。")

    assert "At least 5 of the reply's 10 characters (50%)" in told
    assert "Sure to be found: 14 characters in a row and equal lines of 4 or more" in told


@pytest.mark.usefixtures("wide")
def test_of_code_no_line_is_promised(shown: Shown) -> None:
    shown.give_index(build_index([("code/letters.txt", "a = b + c * d - e")], "code"))

    assert "Sure to be found: 9 tokens in a row; shorter passages often are not. Runs" in shown.ask("a = b + c * d - e")


@pytest.mark.parametrize("columns", [40, 80])
def test_lines_fit_the_terminal_in_chinese_too(shown: Shown, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    poem = "床前明月光疑是地上霜举头望明月低头思故乡" * 3
    shown.give_index(build_index([("dialogue/letters.txt", poem), ("dialogue/own_en", LINES[1])], "zh"))
    lines = shown.ask(f"{poem}\n{LINES[1]}").splitlines()

    assert len(lines) > 8 and all(get_cwidth(line) <= columns for line in lines)


def test_json_tells_all_on_one_line(shown: Shown) -> None:
    told = shown.ask(f"{LINES[0]}\nI am called ChatLSTM.", "/origin --json")
    found = json.loads(told)

    assert told.count("\n") == 1
    assert found == {
        "plugin": "dialogue",
        "checkpoint": shown.identity,
        "unit": "words",
        "length": 11,
        "copied": 11,
        "share": 1.0,
        "passages": [
            {
                "text": LINES[0][:-1],
                "length": 7,
                "matches": [{"source": "dialogue/letters.txt", "attribution": "", "licence": "", "address": ""}],
            },
            {
                "text": "I am called ChatLSTM",
                "length": 4,
                "matches": [found["passages"][1]["matches"][0]],
            },
        ],
        "found_from": 12,
        "halvings": 0,
        "chance": found["chance"],
        "not_indexed": [],
    }
    assert found["passages"][1]["matches"][0]["licence"] == "CC0-1.0"
    assert 0 < found["chance"] < 0.001


def test_a_control_sequence_is_not_shown(shown: Shown) -> None:
    told = shown.ask("I am \x1b[31mcalled ChatLSTM.\n" + LINES[0].replace("of", "\x9b31mof"))

    assert "\x1b" not in told and "\x9b" not in told


def test_without_an_index_the_command_that_builds_it_is_told(home: Path, tiny_checkpoint: Path) -> None:
    shown = Shown(shutil.copytree(tiny_checkpoint, home / "checkpoints" / "mine"))

    assert shown.ask("Hello.") == (
        f"Error: {shown.identity} has no index of its training text; 'chatlstm checkpoints index mine --corpora "
        "FOLDER' builds it\n"
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"damaged", "is damaged or was changed; 'chatlstm checkpoints index mine"), (None, "cannot be read: No such")],
)
def test_a_damaged_index_is_told(shown: Shown, content: bytes | None, reason: str) -> None:
    path = shown.folder / "origins.safetensors"
    path.unlink()
    if content is not None:
        path.write_bytes(content)

    assert reason in shown.ask("Hello.")


def test_another_checkpoint_of_that_name_is_not_asked(shown: Shown) -> None:
    config = read_config(shown.folder)
    other = replace(config, sha256={**config.sha256, WEIGHTS: "00" * 32})
    (shown.folder / "config.json").write_bytes(dump_config(other))

    assert shown.ask("Hello.") == (
        f"Error: {shown.identity} wrote this reply, and what is here of that name now is mine@00000000\n"
    )


def test_a_checkpoint_that_is_gone_is_told(shown: Shown) -> None:
    shutil.rmtree(shown.folder)

    assert "no checkpoint 'mine'" in shown.ask("Hello.")


def test_what_cannot_be_taken_is_told(shown: Shown) -> None:
    assert shown.ask("Hello.", "/origin story") == "Error: /origin takes --json or nothing, got 'story'\n"


def test_without_a_reply_there_is_nothing_to_show() -> None:
    talk = make_talk()
    take_line(talk, "/origin")

    assert read_shown(talk) == "Error: this conversation has no reply yet; say something first\n"

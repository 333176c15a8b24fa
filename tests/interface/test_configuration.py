"""The settings in a file: what is taken, and what is told of the rest."""

import sys
import tomllib
from pathlib import Path

import pytest

from chatlstm.interface.configuration import (
    COMMENTED,
    Values,
    begin_configuration,
    read_configuration,
)

WHOLE = """
theme = "dark"
keys = "vi"
checkpoint = "zh"
plugin = "story"
seed = 7
private = true
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "config.toml"


def list_faults(path: Path, text: str) -> list[str]:
    """Read a file, and give what is wrong with it, without its path."""
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    return [fault.removeprefix(str(path)) for fault in read_configuration(path).faults]


def test_a_file_that_is_not_there_sets_nothing(path: Path) -> None:
    configuration = read_configuration(path)

    assert (configuration.values, configuration.faults) == ({}, ())


def test_every_setting_is_taken(path: Path) -> None:
    assert list_faults(path, WHOLE) == []
    assert read_configuration(path).values == {
        "theme": "dark",
        "keys": "vi",
        "checkpoint": "zh",
        "plugin": "story",
        "seed": 7,
        "private": True,
    }


def test_the_file_that_is_written_sets_nothing(path: Path) -> None:
    assert begin_configuration(path)
    assert path.read_text("utf-8") == COMMENTED
    assert read_configuration(path).values == {}


def test_the_file_that_is_written_offers_every_setting(path: Path) -> None:
    offered = "\n".join(line.removeprefix("# ") for line in COMMENTED.splitlines()[3:])

    assert tuple(tomllib.loads(offered)) == tuple(Values.__annotations__)
    assert list_faults(path, offered) == []


def test_a_file_that_is_there_stays(path: Path) -> None:
    list_faults(path, WHOLE)

    assert not begin_configuration(path)
    assert path.read_text("utf-8") == WHOLE


def test_a_file_that_cannot_be_written_is_told(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.parent.write_text("a file where a folder should be")

    assert not begin_configuration(path)
    assert caplog.messages[0].startswith(f"{path}: cannot be written (")


@pytest.mark.skipif(sys.platform == "win32", reason="there a mode means nothing")
def test_its_folder_is_the_persons_alone(path: Path) -> None:
    begin_configuration(path)

    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('them = "dark"', "no setting 'them'; did you mean 'theme'?"),
        ("x = 1", "no setting 'x'; there is theme, keys, checkpoint, plugin, seed, private"),
        ('theme = "blue"', "theme must be one of auto, light, dark, none, got 'blue'"),
        ("keys = [1]", "keys must be one of emacs, vi, got [1]"),
        ("seed = -1", "seed must be a whole number from 0 to 4294967295, got -1"),
        ("seed = true", "seed must be a whole number from 0 to 4294967295, got True"),
        ("private = 1", "private must be true or false, got 1"),
        ("plugin = 3", "plugin must be a name in quotation marks, got 3"),
        ('checkpoint = " "', "checkpoint must be a name in quotation marks, got ' '"),
        ("[theme]\na = 1", "theme must be one of auto, light, dark, none, got {'a': 1}"),
        ('"key s" = 1', "no setting 'key s'; did you mean 'keys'?"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(path: Path, line: str, fault: str) -> None:
    assert list_faults(path, f"# mine\n\n{line}\n") == [f":3: {fault}; the setting is left out"]


def test_what_is_right_beside_a_fault_holds(path: Path) -> None:
    list_faults(path, 'theme = "blue"\nkeys = "vi"\n')

    assert read_configuration(path).values == {"keys": "vi"}


@pytest.mark.parametrize(("text", "line"), [("a = 1\nb =\n", 2), ('a = 1\nb = """x\n\n', 3)])
def test_a_file_that_is_no_toml_is_told_with_the_line(path: Path, text: str, line: int) -> None:
    (fault,) = list_faults(path, text)

    assert fault.startswith(f":{line}: ")
    assert fault.endswith("; no setting is taken from it")


def test_a_file_in_another_encoding_is_told(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes('plugin = "诗歌"'.encode("gbk"))

    assert read_configuration(path).faults == (f"{path}: is not UTF-8; no setting is taken from it",)


def test_a_file_that_cannot_be_read_is_told(path: Path) -> None:
    path.mkdir(parents=True)

    (fault,) = read_configuration(path).faults
    assert fault.startswith(f"{path}: cannot be read (")

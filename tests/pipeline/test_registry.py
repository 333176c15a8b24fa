"""Plugins are found, broken ones are told and harm nobody."""

import logging
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from chatlstm.errors import MissingError
from chatlstm.pipeline.domain import Domain
from chatlstm.pipeline.registry import (
    GROUP,
    Broken,
    Registry,
    installed_plugins,
    load_registry,
    quiet,
)

LIMERICKS = """
from chatlstm.plugin import Domain

class Limericks(Domain):
    name = "limericks"
    summary = "Five lines of comic verse."
"""


def write_plugin(folder: Path, code: str, name: str = "limericks.py") -> Path:
    path = folder / name
    path.write_text(code, encoding="utf-8")
    return path


def load_broken(path: Path) -> str:
    """Load one file and give the reason it is left out."""
    registry = load_registry((), (path,))
    assert registry.domains == {}
    ((name, reason),) = [(broken.name, broken.reason) for broken in registry.broken]
    assert name == path.name
    return reason


def test_a_file_holds_a_plugin(tmp_path: Path) -> None:
    registry = load_registry((), (write_plugin(tmp_path, LIMERICKS),))

    assert (registry.find("limericks").summary, registry.broken) == ("Five lines of comic verse.", ())


def test_an_entry_point_names_a_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_plugin(tmp_path, LIMERICKS, "strangers_limericks.py")
    monkeypatch.syspath_prepend(tmp_path)
    entry = EntryPoint("limericks", "strangers_limericks:Limericks", GROUP)

    assert list(load_registry((entry,), ()).domains) == ["limericks"]


MISSING = {
    "no module": ("there_is_no_such_module:Limericks", "ModuleNotFoundError: No module named"),
    "no attribute": ("chatlstm.records:Limericks", "AttributeError: "),
    "no class": ("chatlstm.pipeline.registry:GROUP", "TypeError: 'chatlstm.plugins' is not a subclass of"),
    "another class": ("chatlstm.records:Record", "TypeError: .*Record.* is not a subclass of chatlstm.plugin.Domain"),
}


@pytest.mark.parametrize(("value", "reason"), MISSING.values(), ids=MISSING)
def test_an_entry_point_that_leads_nowhere_is_broken(value: str, reason: str) -> None:
    registry = load_registry((EntryPoint("limericks", value, GROUP),), ())

    with pytest.raises(MissingError, match=f"the plugin 'limericks' is broken: {reason}"):
        registry.find("limericks")


def test_the_installed_plugins_come_in_the_order_of_their_names() -> None:
    names = [entry.name for entry in installed_plugins()]

    assert names == sorted(names)


def test_a_broken_plugin_leaves_the_others_working(tmp_path: Path) -> None:
    files = [write_plugin(tmp_path, "1 / 0", "broken.py"), write_plugin(tmp_path, LIMERICKS)]

    registry = load_registry((), files)

    assert (list(registry.domains), registry.broken) == (
        ["limericks"],
        (Broken("broken.py", "ZeroDivisionError: division by zero"),),
    )


def test_a_broken_plugin_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    load_registry((), (write_plugin(tmp_path, "1 / 0", "broken.py"),))

    assert caplog.messages == ["plugin broken.py is left out: ZeroDivisionError: division by zero"]


RAISES = {
    "exit": ("import sys\nsys.exit('enough')", "SystemExit: enough"),
    "syntax": ("def", "SyntaxError: "),
    "a panic": ("class Panic(BaseException): ...\nraise Panic('oh')", "Panic: oh"),
    "endless recursion": ("def f(): f()\nf()", "RecursionError: "),
    "not made": (LIMERICKS + "    def __init__(self): raise OSError('no disk')", "OSError: no disk"),
}


@pytest.mark.parametrize(("code", "reason"), RAISES.values(), ids=RAISES)
def test_whatever_a_file_raises_is_told(tmp_path: Path, code: str, reason: str) -> None:
    assert load_broken(write_plugin(tmp_path, code)).startswith(reason)


def test_an_interrupt_while_plugins_load_goes_through(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        load_registry((), (write_plugin(tmp_path, "raise KeyboardInterrupt"),))


FAULTS = {
    "no domain": ("", "must define one subclass of Domain, it has 0"),
    "an imported domain": ("from chatlstm.plugin import Domain", "it has 0"),
    "two domains": (LIMERICKS + LIMERICKS.replace("Limericks", "Sonnets"), "it has 2"),
    "no name": (LIMERICKS.replace("name =", "title ="), "Limericks needs the string 'name'"),
    "no summary": (LIMERICKS.replace("summary =", "about ="), "Limericks needs the string 'summary'"),
    "a name that is no text": (LIMERICKS.replace('"limericks"', "5"), "Limericks needs the string 'name'"),
    "a name of many words": (LIMERICKS.replace('"limericks"', '"my limericks"'), "got 'my limericks'"),
    "an empty name": (LIMERICKS.replace('"limericks"', '""'), "got ''"),
    "cues that are one text": (LIMERICKS + '    cues = ("limerick")', "cues must be a tuple of str"),
    "an empty cue": (LIMERICKS + '    cues = ("limerick", "")', "cues must be a tuple of str"),
    "options that are names": (
        LIMERICKS + '    options = ("lines",)',
        "options must be a tuple of Option, Choice or Words",
    ),
}


@pytest.mark.parametrize(("code", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_file_that_holds_no_plugin_is_told(tmp_path: Path, code: str, fault: str) -> None:
    assert load_broken(write_plugin(tmp_path, code)).endswith((fault, f"{fault}, none empty"))


@pytest.mark.parametrize("name", ["missing.py", "limericks.txt", "folder.py"])
def test_what_is_no_python_file_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.py").mkdir()
    write_plugin(tmp_path, LIMERICKS, "limericks.txt")

    assert name in load_broken(tmp_path / name)


def test_a_plugin_with_anothers_name_is_left_out(tmp_path: Path) -> None:
    first, second = (
        write_plugin(tmp_path, LIMERICKS.replace("Five", number), f"{number}.py") for number in ("five", "six")
    )

    registry = load_registry((), (first, second))

    assert registry.find("limericks").summary == "five lines of comic verse."
    assert registry.broken == (Broken("six.py", "another plugin is already called 'limericks'"),)


def test_a_second_name_of_one_plugin_is_no_second_plugin(tmp_path: Path) -> None:
    registry = load_registry((), (write_plugin(tmp_path, LIMERICKS + "\nFiveLines = Limericks"),))

    assert list(registry.domains) == ["limericks"]


WITH_DATACLASS = f"""from __future__ import annotations
from dataclasses import dataclass
{LIMERICKS}

@dataclass
class Line:
    text: str
"""


def test_a_file_may_hold_dataclasses(tmp_path: Path) -> None:
    assert load_registry((), (write_plugin(tmp_path, WITH_DATACLASS),)).broken == ()


def test_what_a_plugin_prints_at_import_is_logged_and_not_printed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    load_registry((), (write_plugin(tmp_path, LIMERICKS + "\nprint('Hello from a plugin')"),))

    assert (capsys.readouterr().out, caplog.messages) == (
        "",
        ["plugin limericks.py printed: Hello from a plugin"],
    )


def test_what_stays_quiet_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with quiet("limericks"):
        pass

    assert caplog.messages == []


def test_standard_output_is_back_after_an_error() -> None:
    before = sys.stdout
    with pytest.raises(KeyError), quiet("limericks"):
        raise KeyError

    assert sys.stdout is before


def test_an_unknown_plugin_is_told_with_those_there_are() -> None:
    registry = Registry({"poetry": Domain(), "news": Domain()})

    with pytest.raises(MissingError, match="no domain 'sonnets'; installed: news, poetry"):
        registry.find("sonnets")


def test_where_there_is_no_plugin_it_is_told() -> None:
    with pytest.raises(MissingError, match="no domain 'sonnets'; installed: none"):
        Registry({}, (Broken("limericks.py", "empty"),)).find("sonnets")

"""``chatlstm bench`` on sections of a few rows."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatlstm.engine.benchmarks.row import Aim, Row, Section
from chatlstm.errors import ChatLSTMError
from chatlstm.interface import bench
from chatlstm.interface.bench import BenchSettings
from chatlstm.records import Record
from tests.doubles import write_tiny_checkpoint
from tests.interface.conftest import Run

ALL_SECTIONS = tuple(bench.SECTIONS)  # as they are before the tests put theirs in their place
GOOD = Row("speed", "tokens/s", 5000.0, 200.0, Aim("at least", 20, of="ratio"), "the reference is slow")
BAD = Row("loss", "nats", 1.5, aim=Aim("at most", 1.45), note="mean of the seeds")
MISSING = Row("memory", "MB", None, aim=Aim("at most", 300), note="this system does not tell it")


def measure_all(settings: BenchSettings) -> Section:
    yield "warming up"
    yield GOOD
    yield BAD
    yield MISSING


def measure_in_vain(settings: BenchSettings) -> Section:
    yield GOOD
    raise ChatLSTMError("the disk is full")


def measure_until_stopped(settings: BenchSettings) -> Section:
    yield GOOD
    raise KeyboardInterrupt


def measure_settings(settings: BenchSettings) -> Section:
    yield Row(f"{settings.corpora} {settings.pictures} {settings.checkpoint}", "", settings.minutes, settings.seeds)


@pytest.fixture(autouse=True)
def sections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put sections that take no time in the place of the real ones."""
    measured = {
        "all": measure_all,
        "vain": measure_in_vain,
        "stopped": measure_until_stopped,
        "settings": measure_settings,
    }
    monkeypatch.setattr(bench, "SECTIONS", measured)


def read_rows(run: Run, *arguments: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(run("bench", *arguments, "--json").out)["rows"]
    return rows


def test_json_holds_each_row_with_aim_and_verdict(run: Run) -> None:
    first, second, third = read_rows(run, "all")

    assert first == {
        "section": "all",
        "name": "speed",
        "unit": "tokens/s",
        "reached": 5000.0,
        "reference": 200.0,
        "ratio": 25.0,
        "aim": {"bound": "at least", "value": 20, "of": "ratio"},
        "ok": True,
        "note": "the reference is slow",
    }
    assert (second["ok"], second["ratio"]) == (False, None)
    assert (third["reached"], third["ok"], third["note"]) == (None, None, "this system does not tell it")


def test_json_holds_the_machine(run: Run) -> None:
    told = json.loads(run("bench", "all", "--json").out)

    assert set(told) == {"machine", "interrupted", "rows"}
    known = {"cpu", "cores", "threads", "memory", "torch", "date", "load_at_begin", "load_at_end"}
    assert known <= set(told["machine"])
    assert told["interrupted"] is False


def test_the_table_is_one_a_person_reads(run: Run) -> None:
    lines = run("bench", "all").out.splitlines()

    place = lines.index("all")
    assert lines[place + 1].split() == ["measure", "reached", "reference", "ratio", "aim", "ok"]
    assert lines[place + 2].split("  ")[0] == "speed"
    assert lines[place + 2].endswith("ratio at least 20  yes")
    assert "5,000 tokens/s" in lines[place + 2]
    assert lines[place + 3].endswith("at most 1.45       no")
    assert "not measured" in lines[place + 4]
    assert lines[place + 5 : place + 8] == [
        "speed: the reference is slow",
        "loss: mean of the seeds",
        "memory: this system does not tell it",
    ]


def test_a_note_on_all_rows_is_told_without_their_names(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bench.SECTIONS, "all", lambda settings: iter([GOOD, GOOD]))

    assert "the reference is slow" in run("bench", "all").out.splitlines()


def test_what_was_measured_before_a_failure_stands_with_its_reason(run: Run) -> None:
    ended = run("bench", "vain", "all", "--json")
    rows = json.loads(ended.out)["rows"]

    assert ended.code == 0
    assert [row["section"] for row in rows] == ["vain", "vain", "all", "all", "all"]
    assert (rows[1]["name"], rows[1]["reached"]) == ("vain", None)
    assert rows[1]["note"] == "ChatLSTMError: the disk is full"


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_ctrl_c_keeps_what_was_measured(run: Run, arguments: tuple[str, ...]) -> None:
    ended = run("bench", "stopped", "all", *arguments)

    assert ended.code == 130
    assert "speed" in ended.out
    assert "loss" not in ended.out


def test_json_says_that_it_was_interrupted(run: Run) -> None:
    assert json.loads(run("bench", "stopped", "--json").out)["interrupted"] is True


def test_all_sections_are_measured_if_none_is_named(run: Run) -> None:
    # the third is stopped by Ctrl-C, and none comes after
    assert [row["section"] for row in read_rows(run)] == ["all"] * 3 + ["vain"] * 2 + ["stopped"]


def test_a_section_named_twice_is_measured_once(run: Run) -> None:
    assert len(read_rows(run, "vain", "vain")) == 2


def test_an_unknown_section_is_misuse(run: Run) -> None:
    ended = run("bench", "speed")

    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "Error: no section 'speed'; there is all, vain, stopped, settings\n"


@pytest.mark.parametrize("arguments", [("--seeds", "0"), ("--minutes", "0"), ("--minutes", "long")])
def test_a_size_outside_its_range_is_misuse(run: Run, arguments: tuple[str, str]) -> None:
    assert run("bench", *arguments).code == 2


def test_options_reach_the_sections(run: Run) -> None:
    given = ("--corpora", "texts", "--pictures", "plots", "--checkpoint", "mine", "--minutes", "0.5", "--seeds", "2")
    (row,) = read_rows(run, "settings", *given)

    assert (row["name"], row["reached"], row["reference"]) == ("texts plots mine", 0.5, 2)


def test_a_row_without_a_note_stands_alone(run: Run) -> None:
    lines = run("bench", "settings").out.splitlines()

    assert [line.split("  ")[0] for line in lines[lines.index("settings") :]][3:] == ["", "load_at_end"]


def test_corpora_lie_in_the_home_if_not_named(run: Run, home: Path) -> None:
    (row,) = read_rows(run, "settings")

    assert str(row["name"]).startswith(f"{home / 'corpora'} ")


def test_no_terminal_is_told_no_progress(run: Run) -> None:
    assert run("bench", "all").err == ""


def test_a_terminal_is_told_what_is_measured(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr(bench, "tell", told.append)

    run("bench", "all")

    assert told == ["all: warming up"]


def list_first(section: str, settings: BenchSettings) -> Iterator[Row | str]:
    """Start a real section, as far as its first words."""
    yield next(iter(REAL[section](settings)))


REAL = dict(bench.SECTIONS)
EXPECTED = {
    "turns": "storing 2,000 exchanges",
    "training": "9 times 12,288 tokens, and as many by the plain recipe",
    "growth": "parameters: 528,128",
}


@pytest.mark.parametrize("section", REAL)
def test_every_section_begins(section: str, tmp_path: Path, tiny_checkpoint: Path) -> None:
    settings = BenchSettings((section,), str(tiny_checkpoint), tmp_path, tmp_path, minutes=1.0, seeds=1)

    (told,) = list_first(section, settings)

    assert isinstance(told, Row) or told.startswith(EXPECTED.get(section, ""))


def test_the_engine_of_the_turns_is_the_checkpoint_s(tiny_checkpoint: Path) -> None:
    assert bench._load_engine(str(tiny_checkpoint)).checkpoint.startswith("tiny@")


def test_the_help_names_every_section(run: Run) -> None:
    told = " ".join(run("bench", "--help").out.split())

    assert f"named: {', '.join(ALL_SECTIONS)}." in told


TALES = """
from chatlstm.plugin import Domain, Record


class Tales(Domain):
    name = "tales"
    summary = "Tells."

    def records(self, corpora):
        return [Record("", (f"Once there were {n} foxes.",), "mine") for n in range(60)]
"""


def test_creativity_sets_another_checkpoint_beside_the_one_measured(home: Path, tiny_checkpoint: Path) -> None:
    (home / "plugins").mkdir()
    (home / "plugins" / "tales.py").write_text(TALES)
    mine = write_tiny_checkpoint(home / "checkpoints" / "mine", domains=("tales",))
    settings = BenchSettings(("creativity",), str(mine), home, home, minutes=1.0, seeds=1, before=str(tiny_checkpoint))

    rows = [row for row in REAL["creativity"](settings) if isinstance(row, Row)]

    assert {row.name.partition(",")[0] for row in rows} == {"tales"}
    assert all(row.reached == row.reference for row in rows)  # their weights are the same
    assert rows[0].note.startswith("the reference is tiny@")


def run_coherence(records: list[Record], settings: BenchSettings, monkeypatch: pytest.MonkeyPatch) -> list[Row]:
    monkeypatch.setattr(bench, "hold_out", lambda config, corpora: records)
    monkeypatch.setitem(bench.SECTIONS, "coherence", REAL["coherence"])
    return list(bench.measure_section("coherence", settings))


def test_coherence_is_measured_on_stories_alone(
    tiny_checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = BenchSettings(("coherence",), str(tiny_checkpoint), tmp_path, tmp_path, minutes=1.0, seeds=1)
    records = [Record(domain, ("Once there was a fox.",)) for domain in ("dialogue", "story")]
    first, *_, last = run_coherence(records, settings, monkeypatch)

    assert first.note.startswith("1 held-out stories")
    assert last.reached is not None


def test_coherence_needs_a_story(tiny_checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = BenchSettings(("coherence",), str(tiny_checkpoint), tmp_path, tmp_path, minutes=1.0, seeds=1)
    (told,) = run_coherence([Record("dialogue", ("Hi.",))], settings, monkeypatch)

    assert told.note == "MissingError: tiny has learned no story, or none is held out"

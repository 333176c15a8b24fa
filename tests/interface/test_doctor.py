"""``chatlstm doctor``: each fault with what mends it."""

import io
import json
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from chatlstm.errors import MissingError
from chatlstm.history.opening import open_memory_history
from chatlstm.interface import assemble, doctor
from chatlstm.interface.assemble import assemble_history
from chatlstm.interface.corpora import find_source
from chatlstm.pipeline.catalogue import Source
from tests.interface.conftest import Run, TypedInput

pytestmark = pytest.mark.usefixtures("echo")


@pytest.fixture(autouse=True)
def starter(tmp_path: Path, tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ship the same checkpoint under each name, and give that of ``en``."""
    folder = tmp_path / "shipped"
    monkeypatch.setattr(assemble, "SHIPPED_CHECKPOINTS", folder)
    monkeypatch.setattr(doctor, "SHIPPED_CHECKPOINTS", folder)
    for name in ("zh", "code"):
        shutil.copytree(tiny_checkpoint, folder / name)
    return shutil.copytree(tiny_checkpoint, folder / "en")


def find_faults() -> dict[str, tuple[str, str]]:
    """Give what is faulty, and the remedy of each."""
    return {one.name: (one.finding, one.remedy) for one in doctor.examine() if one.state == "fault"}


def test_a_healthy_machine_ends_with_0(run: Run) -> None:
    ended = run("doctor", "--json")

    told = json.loads(ended.out)
    assert (ended.code, told["healthy"]) == (0, True)
    assert {one["name"] for one in told["findings"]} == {
        "chatlstm",
        "torch",
        "onnxruntime",
        "checkpoint en",
        "checkpoint zh",
        "checkpoint code",
        "plugins",
        "data folder",
        "history",
        "configuration",
        "terminal",
        "corpora",
    }


def test_a_fault_ends_with_1_and_the_command_that_mends_it(run: Run, starter: Path) -> None:
    shutil.rmtree(starter)

    ended = run("doctor")

    assert ended.code == 1
    assert "\ncheckpoint en: python -m pip install --force-reinstall chatlstm; or" in ended.out


def test_a_damaged_starter_is_installed_again(starter: Path) -> None:
    (starter / "weights.safetensors").write_bytes(b"")

    finding, remedy = find_faults()["checkpoint en"]
    assert "weights.safetensors: is damaged" in finding
    assert remedy == "python -m pip install --force-reinstall chatlstm"


def test_a_damaged_checkpoint_of_ones_own_is_deleted(starter: Path, home: Path) -> None:
    mine = shutil.copytree(starter, home / "checkpoints" / "mine")
    (mine / "weights.safetensors").unlink()

    assert find_faults()["checkpoint mine"][1].startswith("chatlstm checkpoints delete mine")


def test_a_broken_plugin_is_named_with_its_file(echo: Path) -> None:
    bad = echo.with_name("bad.py")
    bad.write_text("raise RuntimeError('no rhymes')\n")

    assert find_faults() == {"plugin bad.py": ("RuntimeError: no rhymes", f"mend or remove {bad}")}


def test_a_program_without_plugins_is_broken(echo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    echo.unlink()
    monkeypatch.setattr(assemble, "installed_plugins", lambda: ())

    assert find_faults()["plugins"][0] == "none is installed"


def test_a_folder_that_cannot_be_written_is_found(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()  # in a file nobody can make a file, not even root

    found = doctor.examine_data_folder(file / "home")

    assert (found.state, found.finding) == ("fault", f"{file}: Not a directory")
    assert "CHATLSTM_HOME" in found.remedy


def test_looking_leaves_no_trace(home: Path) -> None:
    before = sorted(home.rglob("*.*"))

    find_faults()

    assert sorted(path for path in home.rglob("*.*") if "__pycache__" not in path.parts) == before


def test_a_sound_history_is_found(home: Path) -> None:
    assemble_history().close()

    assert doctor.examine_history(home / "history.db").state == "ok"


def test_a_history_that_is_none_is_moved_aside(home: Path) -> None:
    (home / "history.db").write_bytes(b"nonsense" * 1000)

    finding, remedy = find_faults()["history"]
    assert "damaged, or not a history of ChatLSTM" in finding
    assert remedy.startswith("Move it aside: mkdir -p ")


def damage_page(path: Path, name: str) -> None:
    """Overwrite the first page of a table or an index of a closed database."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        (page,) = connection.execute(query, (name,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


def test_a_damaged_page_is_found(home: Path) -> None:
    with assemble_history() as history:
        history.add_person_turn(history.start_conversation("dialogue").id, "Hello.")
    damage_page(home / "history.db", "turn")

    assert "damaged" in find_faults()["history"][0]


def test_another_programs_database_is_moved_aside(home: Path) -> None:
    with closing(sqlite3.connect(home / "history.db", isolation_level=None)) as other:
        other.execute("CREATE TABLE x (y)")

    assert find_faults()["history"][1].startswith("Move it aside")


def test_a_history_that_is_damaged_while_it_is_read_is_found(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "history.db").write_bytes(b"nonsense" * 1000)
    monkeypatch.setattr(doctor, "assemble_history", open_memory_history)

    assert "file is not a database" in find_faults()["history"][0]


def find_configuration() -> list[tuple[str, str]]:
    """Give what is found of the person's file, and the state of each."""
    return [(one.state, one.finding) for one in doctor.examine() if one.name == "configuration"]


def test_the_file_of_the_settings_is_named(home: Path) -> None:
    assert find_configuration() == [("ok", f"{home / 'config.toml'}; the first chat writes it")]

    (home / "config.toml").write_text("plugin = 'echo'\ncheckpoint = 'en'\n")
    assert find_configuration() == [("ok", str(home / "config.toml"))]


def test_settings_that_cannot_be_taken_are_told_with_their_lines(home: Path) -> None:
    path = home / "config.toml"
    path.write_text("plugin = 'sonnets'\ncheckpoint = 'none-such'\nkeys = 'vim'\n")
    faults = [finding.removeprefix(str(path)) for state, finding in find_configuration() if state == "fault"]

    assert [fault[:20] for fault in faults] == [":3: keys must be one", ":2: no checkpoint 'n", ":1: no domain 'sonne"]


def test_onnxruntime_that_cannot_be_imported_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise ImportError("no shared library")

    monkeypatch.setattr(doctor, "find_onnxruntime", fail)

    finding, remedy = find_faults()["onnxruntime"]
    assert finding == "cannot be imported: no shared library"
    assert remedy == "python -m pip install 'onnxruntime>=1.20'"


def test_torch_that_cannot_be_imported_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> tuple[str, ...]:
        raise ImportError("no libgomp")

    monkeypatch.setattr(doctor, "list_torch_devices", fail)

    finding, remedy = find_faults()["torch"]
    assert finding == "cannot be imported: no libgomp"
    assert remedy.startswith("python -m pip install 'torch")


def test_a_narrow_encoding_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="latin-1"))

    assert doctor.examine_terminal().remedy == "export PYTHONUTF8=1"


def test_a_terminal_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(TypedInput(), encoding="utf-8"))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")

    assert doctor.examine_terminal().finding == "terminal xterm, utf-8, no colour"


def test_missing_corpora_are_no_fault() -> None:
    assert doctor.examine_corpora().state == "note"


def test_corpora_that_are_all_here_are_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "list_sources", lambda: [find_source("own_en")])

    assert doctor.examine_corpora().finding == "1 of 1 present"


def test_a_catalogue_that_cannot_be_read_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> list[Source]:
        raise MissingError("no catalogue")

    monkeypatch.setattr(doctor, "list_sources", fail)

    assert find_faults()["corpora"][0] == "no catalogue"

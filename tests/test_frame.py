"""The frame: linters, packaging, the two commands of the README."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.house.source import ROOT, read_modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def run(*command: str, cwd: Path = ROOT, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program to its end and keep what it says."""
    return subprocess.run(
        command, cwd=cwd, input=text, capture_output=True, encoding="utf-8", check=False
    )


def run_ruff(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run the linter with the project's own settings."""
    command = (sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise")
    return run(*command, *arguments, text=text)


def test_ruff_finds_nothing() -> None:
    found = run_ruff(".")

    assert found.returncode == 0, found.stdout + found.stderr


BREACHES = [
    ("S101", "def f() -> None:\n    assert True\n"),
    ("E722", "try:\n    f()\nexcept:\n    pass\n"),
    ("T201", "print(1)\n"),
    ("TID252", "from .api import Prompt\n"),
    ("TID251", "import random\n\nrandom.choice([1])\n"),
    ("TID251", "import torch\n\ntorch.load('x')\n"),
    ("TID251", "import pickle\n"),
    ("C901", "def f(a) -> None:\n" + "    if a:\n        a = 1\n" * 8),
    ("PLR0913", "def f(a, b, c, d, e, *, g) -> None: ...\n"),
    ("D103", "def f() -> None: ...\n"),
    ("D417", 'def f(a, b) -> None:\n    """Say.\n\n    Args:\n        a: One.\n    """\n'),
    ("FIX002", "# TODO: more\n"),
    ("B904", "try:\n    f()\nexcept KeyError:\n    raise ValueError('x')\n"),
    ("PGH003", "x = f()  # type: ignore\n"),
    ("PLC0415", "def f() -> None:\n    import os\n"),
]


@pytest.mark.parametrize(("code", "text"), BREACHES)
def test_ruff_finds_a_breach(code: str, text: str) -> None:
    found = run_ruff("--stdin-filename", "chatlstm/engine/breach.py", "-", text=text)

    assert f" {code} " in found.stdout


def test_mypy_finds_nothing() -> None:
    found = run(sys.executable, "-m", "mypy")

    assert found.returncode == 0, found.stdout + found.stderr


def test_mypy_finds_an_untyped_function(tmp_path: Path) -> None:
    source = tmp_path / "breach.py"
    source.write_text("def f(x): return x\n")

    found = run(sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path), str(source))

    assert "no-untyped-def" in found.stdout


TORCHLESS = ["chatlstm.interface.main", "chatlstm.plugin", "chatlstm.engine.api"]


@pytest.mark.parametrize("name", TORCHLESS)
def test_importing_it_pulls_in_no_torch(name: str) -> None:
    found = run(sys.executable, "-c", f"import {name}, sys; print('torch' in sys.modules)")

    assert (found.stdout.strip(), found.stderr) == ("False", "")


@pytest.mark.parametrize("target", PROJECT["entry-points"]["chatlstm.plugins"].values())
def test_a_plugin_entry_point_names_a_class_that_is_there(target: str) -> None:
    module_name, class_name = target.split(":")
    modules = [module for module in read_modules("plugins") if module.name == module_name]

    assert class_name in [node.name for module in modules for node in module.classes()]


def list_files(folder: str) -> set[str]:
    """List what a folder must bring to the wheel, relative to it."""
    paths = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    made = {"__pycache__", "downloads"}
    return {str(path.relative_to(ROOT / folder)) for path in paths if not made & set(path.parts)}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    (path,) = WheelBuilder(str(ROOT)).build(directory=str(folder))
    return zipfile.ZipFile(path)


def list_packed(wheel: zipfile.ZipFile) -> set[str]:
    return {name for name in wheel.namelist() if ".dist-info/" not in name}


def test_the_wheel_holds_program_plugins_and_corpora_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    plugins = {name for name in list_files("plugins") if "/" in name}
    corpora = {f"chatlstm/corpora/{name}" for name in list_files("corpora")}

    assert list_packed(wheel) == {f"chatlstm/{name}" for name in list_files("chatlstm")} | plugins | corpora


def test_the_wheel_says_that_it_is_typed(wheel: zipfile.ZipFile) -> None:
    assert "chatlstm/py.typed" in wheel.namelist()


def test_the_wheel_holds_the_starter_checkpoint(wheel: zipfile.ZipFile) -> None:
    assert "chatlstm/checkpoints/en/weights.safetensors" in wheel.namelist()


def read_commands() -> list[str]:
    block = re.search(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.M | re.S)
    return block[1].splitlines() if block else []


def test_the_readme_begins_with_two_commands() -> None:
    install, test = read_commands()

    assert "pip install" in install and install.endswith("chatlstm")
    assert "pip install" in test and "pytest" in test


@pytest.mark.skipif(sys.platform == "win32", reason="the script is for a POSIX shell")
def test_ci_runs_the_second_command_alone_and_ends_with_its_code(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci")
    commands = "echo the first\necho the second && python -c 'import sys; sys.exit(7)'"
    (tmp_path / "README.md").write_text(f"# It\n\n```sh\n{commands}\n```\n\n```sh\necho later\n```\n")

    ended = run("bash", ".ci/run", cwd=tmp_path)

    assert (ended.returncode, ended.stdout.splitlines()[1:]) == (7, ["the second"])

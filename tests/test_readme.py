"""The manuals keep their word: every command and every snippet in them runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from chatlstm.pipeline.pipeline import answer
from chatlstm.pipeline.registry import load_registry
from chatlstm.plugin import Domain, Request
from tests.doubles import CannedGenerator

TOP = Path(__file__).parents[1]
README = (TOP / "README.md").read_text(encoding="utf-8")
MANUAL = (TOP / "plugins" / "README.md").read_text(encoding="utf-8")


def list_commands(text: str) -> list[str]:
    """List the commands in the ``sh`` blocks; the first block installs and tests, and CI runs it."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [line for block in blocks[1:] for line in block.splitlines()]


def list_snippets(text: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


@pytest.mark.timeout(600)
def test_every_command_of_the_readme_runs_as_written(tmp_path: Path) -> None:
    lines = [f'{{"prompt": "What is {n} and one?", "reply": "It is {n + 1}."}}\n' for n in range(80)]
    (tmp_path / "notes.jsonl").write_text("".join(lines), encoding="utf-8")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    # something was said before, and three minutes of training are cut short; all else stands
    for command in ["echo Hello. | chatlstm", *list_commands(README.replace("--minutes 3", "--tokens 2000"))]:
        result = subprocess.run(
            command, shell=True, cwd=tmp_path, env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert result.returncode == 0, f"{command}\n{result.stderr}"
        assert result.stdout or "chat" in command or "--continue" in command, command


@pytest.mark.parametrize("snippet", list_snippets(README) + list_snippets(MANUAL))
def test_every_plugin_in_the_manuals_loads_and_answers(snippet: str, tmp_path: Path) -> None:
    file = tmp_path / "snippet.py"
    file.write_text(snippet, encoding="utf-8")
    registry = load_registry((), (file,))
    assert registry.broken == ()
    (domain,) = registry.domains.values()
    pieces = list(answer(domain, Request("About a cat."), CannedGenerator(["A cat sat there.", "A cat."])))
    assert pieces[-1].finish == "end"


def test_the_manual_names_every_member_of_a_plugin() -> None:
    members = {name for name in vars(Domain) if not name.startswith("_")} | {"name", "summary"}
    told = set(re.findall(r"^\| `(\w+)", MANUAL, re.MULTILINE))
    assert told == members

"""Programs that show a prompt on a terminal, and one that does not."""

import os
import sys

import pytest

from chatlstm.engine.benchmarks.prompt import measure_prompt, time_prompt
from chatlstm.engine.benchmarks.row import Row

PROMPTS = [sys.executable, "-c", "input('> ')"]
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")


@posix
def test_the_wait_for_the_prompt_is_measured() -> None:
    *told, row = measure_prompt(PROMPTS, repeats=2)

    assert told == ["prompt 1 of 3", "prompt 2 of 3", "prompt 3 of 3"]
    assert isinstance(row, Row)
    assert (row.unit, str(row.aim)) == ("s", "at most 0.7")
    assert row.reached and 0 < row.reached < 100


@posix
def test_the_program_has_a_home_of_its_own() -> None:
    program = "import os; assert not os.listdir(os.environ['CHATLSTM_HOME']); input('> ')"
    *_, row = measure_prompt([sys.executable, "-c", program], repeats=1)

    assert isinstance(row, Row)
    assert row.reached is not None


@posix
def test_a_program_that_ends_without_a_prompt_is_told() -> None:
    with pytest.raises(RuntimeError, match=r"-c print\('no'\) ended without a prompt"):
        time_prompt([sys.executable, "-c", "print('no')"], os.environ)


def test_a_system_without_such_terminals_gives_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    (row,) = measure_prompt(PROMPTS)

    assert isinstance(row, Row)
    assert (row.reached, row.note) == (None, "needs a POSIX terminal")

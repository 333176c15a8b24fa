"""Histories to test sessions with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatlstm.history.history import History
from chatlstm.history.opening import open_memory_history


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a history file will lie."""
    return tmp_path / "history.db"


@pytest.fixture
def history() -> Iterator[History]:
    """A history in memory."""
    with open_memory_history() as opened:
        yield opened

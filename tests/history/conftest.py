"""Histories to test with."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatlstm.history.history import History
from chatlstm.history.opening import open_memory_history
from tests.history.ticking import Clock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a history file will lie."""
    return tmp_path / "data" / "history.db"


@pytest.fixture
def history() -> Iterator[History]:
    """A history in memory, a second passing at every call."""
    with open_memory_history(clock=Clock()) as opened:
        yield opened


@pytest.fixture
def plain_folder() -> Iterator[Path]:
    """A folder of one who is not root, the test running as that one: root may write anywhere."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.getuid() != 0:
            yield folder
        else:
            nobody = 65534
            os.chown(folder, nobody, nobody)
            os.setresuid(nobody, nobody, 0)
            yield folder
            os.setresuid(0, 0, 0)
        folder.chmod(0o700)

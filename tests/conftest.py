"""What every test stands on: one thread, a home of its own, no network."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import settings

from tests.doubles import write_tiny_checkpoint

# Before any test imports torch: the tests run side by side, a core each.
os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile("reproducible", derandomize=True, deadline=None, database=None)
settings.load_profile("reproducible")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test, and every program it starts, an empty home instead of the person's."""
    path = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("CHATLSTM_HOME", str(path))
    for name in ("NO_COLOR", "FORCE_COLOR", "EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    return path


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test that opens a connection."""

    def refuse(_: socket.socket, address: object) -> None:
        raise AssertionError(f"a test tried to connect to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a checkpoint that loads in milliseconds; copy it to change it."""
    return write_tiny_checkpoint(tmp_path_factory.mktemp("checkpoints") / "tiny")

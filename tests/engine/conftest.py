"""The engine as plugins see it, in every way a network is run."""

import pytest

from chatlstm.engine.api import Generator
from tests.engine.small_model import ENGINES


@pytest.fixture(params=ENGINES)
def ran_by(request: pytest.FixtureRequest) -> str:
    """Name what runs the small model: a key of ``ENGINES`` and ``STEPPERS``."""
    return str(request.param)


@pytest.fixture
def engine(ran_by: str) -> Generator:
    """Give the engine that is run so."""
    return ENGINES[ran_by]

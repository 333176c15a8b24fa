"""The exit codes that scripts rely on."""

import pytest

from chatlstm.errors import (
    ChatLSTMError,
    CheckpointError,
    ConstraintError,
    MissingError,
    MisuseError,
)

EXIT_CODES = [(ChatLSTMError, 1), (MisuseError, 2), (MissingError, 3), (CheckpointError, 3), (ConstraintError, 4)]


@pytest.mark.parametrize(("kind", "exit_code"), EXIT_CODES)
def test_an_error_ends_with_its_exit_code(kind: type[ChatLSTMError], exit_code: int) -> None:
    assert kind.exit_code == exit_code


@pytest.mark.parametrize("kind", [kind for kind, _ in EXIT_CODES])
def test_an_error_is_its_sentence(kind: type[ChatLSTMError]) -> None:
    assert str(kind("en: is damaged")) == "en: is damaged"


@pytest.mark.parametrize("kind", [kind for kind, _ in EXIT_CODES])
def test_every_error_is_a_chatlstm_error(kind: type[ChatLSTMError]) -> None:
    assert issubclass(kind, ChatLSTMError)


def test_a_damaged_checkpoint_is_a_missing_one() -> None:
    assert issubclass(CheckpointError, MissingError)

"""How a chat begins and ends; what lies between is told where it is typed or piped."""

import io
import logging
import sys
import threading
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Literal

import pytest

from chatlstm.errors import ChatLSTMError, CheckpointError
from chatlstm.history.failure import HistoryError
from chatlstm.interface.chat import (
    ChatSettings,
    draw_seeds,
    end_quietly,
    make_screen,
    name_failure,
    open_chat_history,
    open_session,
    prepare_engine,
    shorten_home,
    tell_unheard_failure,
)
from chatlstm.interface.loading import Loading
from chatlstm.interface.screen import Screen
from chatlstm.interface.talk import Engine
from tests.doubles import CannedGenerator


def raise_error(error: BaseException) -> int:
    raise error


@pytest.fixture
def damaged(home: Path) -> Path:
    """Give a history that cannot be opened."""
    path = home / "history.db"
    path.mkdir()
    return path


@pytest.mark.parametrize(
    ("color", "variables", "wanted"),
    [
        ("auto", {"TERM": "xterm"}, True),
        ("auto", {"TERM": "xterm", "NO_COLOR": ""}, False),
        ("auto", {"TERM": "dumb"}, False),
        ("always", {"TERM": "xterm", "NO_COLOR": "1"}, True),
        ("never", {"TERM": "xterm"}, False),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="there TERM means nothing")
def test_a_terminal_has_the_colour_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
    color: Literal["auto", "always", "never"],
    variables: dict[str, str],
    wanted: bool,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert make_screen(ChatSettings(color=color), terminal=True).color == wanted


def test_a_pipe_has_no_colour() -> None:
    assert not make_screen(ChatSettings(color="always"), terminal=False).color


def test_a_path_in_ones_own_folder_is_shortened() -> None:
    assert shorten_home(Path.home() / "notes" / "history.db") == "~/notes/history.db"


def test_another_path_is_written_whole() -> None:
    assert shorten_home(Path("/elsewhere/history.db")) == "/elsewhere/history.db"


def test_whatever_a_load_raises_becomes_a_sentence_with_the_next_command() -> None:
    def load() -> Engine:
        raise MemoryError("too big")

    with pytest.raises(ChatLSTMError, match=r"\(MemoryError: too big\); see chatlstm doctor"):
        name_failure(load)()


def test_a_sentence_that_a_load_raises_stays_as_it_is() -> None:
    error = CheckpointError("en: is damaged")

    def load() -> Engine:
        raise error

    with pytest.raises(CheckpointError) as caught:
        name_failure(load)()

    assert caught.value is error


def test_a_model_that_loads_is_given_on() -> None:
    engine = Engine(CannedGenerator(["-"]), "cpu")

    assert name_failure(lambda: engine)() is engine


def test_a_checkpoint_becomes_an_engine_on_its_device(tiny_checkpoint: Path) -> None:
    engine = prepare_engine(ChatSettings(checkpoint=str(tiny_checkpoint), device="cpu"))()

    assert (engine.generator.checkpoint.partition("@")[0], engine.device) == ("tiny", "cpu")


def test_drawn_seeds_differ_and_have_32_bits() -> None:
    seeds = list(islice(draw_seeds(), 8))

    assert len(set(seeds)) > 1
    assert all(0 <= seed < 2**32 for seed in seeds)


def test_ctrl_c_before_the_prompt_ends_with_130() -> None:
    assert end_quietly(lambda: raise_error(KeyboardInterrupt())) == 130


def test_a_fault_of_the_disk_is_not_taken_for_a_closed_pipe() -> None:
    with pytest.raises(OSError, match="No space left"):
        end_quietly(lambda: raise_error(OSError(28, "No space left on device")))


def test_a_failure_that_nobody_waits_for_is_told() -> None:
    shown, told = io.StringIO(), threading.Event()
    screen = Screen(shown, shown)
    engine = Loading(name_failure(lambda: Engine(CannedGenerator([]), str(1 // 0))))
    engine.when_ended(lambda: tell_unheard_failure(engine, screen))
    engine.when_ended(told.set)
    engine.start()

    assert told.wait(10)
    assert shown.getvalue().startswith("Error: the model cannot be loaded (ZeroDivisionError")


def test_a_history_that_cannot_be_opened_is_told_and_replaced_by_memory(
    damaged: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        history, stored = open_chat_history(ChatSettings())
    with history:
        history.start_conversation("dialogue")

    assert f"{damaged}: cannot be written (it is not a file)" in caplog.messages[0]
    assert caplog.messages[1:] == ["This chat stays in memory and will be lost at its end"]
    assert stored == "Nothing is stored"


@pytest.mark.usefixtures("damaged")
def test_what_shall_be_resumed_must_be_readable() -> None:
    with pytest.raises(HistoryError, match="it is not a file"):
        open_chat_history(ChatSettings(resume=""))


def test_a_private_chat_opens_no_file(home: Path) -> None:
    history, stored = open_chat_history(ChatSettings(private=True))
    history.close()

    assert (stored, list(home.iterdir())) == ("Private: nothing is stored", [])


def test_a_session_takes_the_seeds_that_follow_the_one_given() -> None:
    settings = ChatSettings(seed=7, private=True)
    session, _ = open_session(settings, lambda language: CannedGenerator(["-"]))
    with closing(session):
        assert list(islice(session.seeds, 2)) == [7, 8]

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
    fill_settings,
    make_screen,
    name_failure,
    open_chat_history,
    open_session,
    prefer_plugin,
    prepare_engine,
    tell_unheard_failure,
)
from chatlstm.interface.configuration import Configuration, Values, read_configuration
from chatlstm.interface.loading import Loading
from chatlstm.interface.screen import Screen
from chatlstm.interface.talk import Engine
from chatlstm.interface.themes import choose_theme
from tests.doubles import CannedGenerator
from tests.interface.talks import make_talk


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

    assert make_screen(ChatSettings(color=color), "auto", terminal=True).color == wanted


def test_a_pipe_has_no_colour() -> None:
    assert not make_screen(ChatSettings(color="always"), "auto", terminal=False).color


@pytest.mark.parametrize(("color", "wanted"), [("auto", False), ("always", True)])
def test_a_theme_may_be_none(
    monkeypatch: pytest.MonkeyPatch, color: Literal["auto", "always"], wanted: bool
) -> None:
    monkeypatch.setenv("TERM", "xterm")

    assert make_screen(ChatSettings(color=color), "none", terminal=True).color == wanted


def test_a_terminal_has_the_theme_that_was_asked_for() -> None:
    assert make_screen(ChatSettings(), "dark", terminal=True).theme == choose_theme("dark", "")


@pytest.fixture
def configuration(home: Path, tiny_checkpoint: Path) -> Configuration:
    """Give a person's file that sets everything."""
    path = home / "config.toml"
    path.write_text(f"plugin = 'story'\ncheckpoint = '{tiny_checkpoint}'\nseed = 7\nprivate = true\n")
    return read_configuration(path)


def test_the_file_says_what_the_command_line_does_not(configuration: Configuration, tiny_checkpoint: Path) -> None:
    filled = fill_settings(ChatSettings(), configuration)

    assert filled == ChatSettings(checkpoint=str(tiny_checkpoint), seed=7, private=True)


def test_the_command_line_wins_over_the_file(configuration: Configuration) -> None:
    settings = ChatSettings(checkpoint="zh", seed=0, private=False)

    assert fill_settings(settings, configuration) == settings


def test_a_checkpoint_of_the_file_that_is_not_there_is_told_and_left_out(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = home / "config.toml"
    path.write_text("# mine\ncheckpoint = 'none-such'\nkeys = 'vim'\n")

    assert fill_settings(ChatSettings(), read_configuration(path)) == ChatSettings()
    assert caplog.messages[0].startswith(f"{path}:3: keys must be one of emacs, vi")
    assert caplog.messages[1].startswith(f"{path}:2: no checkpoint 'none-such'; installed: ")


def test_the_plugin_of_the_file_answers(configuration: Configuration) -> None:
    session = make_talk().session
    prefer_plugin(session, configuration)

    assert session.plugin == "story"


def test_a_plugin_of_the_file_that_is_not_there_is_told_and_left_out(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    session = make_talk().session
    prefer_plugin(session, Configuration(home / "config.toml", Values(plugin="sonnets")))

    assert session.plugin is None
    assert "config.toml:1: no domain 'sonnets'; installed: dialogue, story" in caplog.text


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

"""The chat: a conversation in a terminal, or through a pipe."""

import errno
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from random import SystemRandom
from typing import Literal

from chatlstm.engine.api import Generator
from chatlstm.engine.checkpoint import find_checkpoint
from chatlstm.errors import ChatLSTMError, MissingError
from chatlstm.history.failure import HistoryError
from chatlstm.history.history import History
from chatlstm.history.opening import open_memory_history
from chatlstm.interface import assemble
from chatlstm.interface.configuration import Configuration, begin_configuration, read_configuration
from chatlstm.interface.greeting import choose_greeting_language, greet, shorten_home, welcome
from chatlstm.interface.interrupts import Hangup, end_on_signals
from chatlstm.interface.loading import Loading
from chatlstm.interface.loop import answer_lines, run_plain_terminal
from chatlstm.interface.notices import shorten_line, show_notices
from chatlstm.interface.screen import Screen
from chatlstm.interface.talk import Engine, Talk
from chatlstm.interface.themes import choose_theme
from chatlstm.session.session import Session

INTERRUPTED = 130
HUNG_UP = 129  # as a shell tells a program that SIGHUP ended
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ChatSettings:
    """What a chat is started with; what the command line does not say, the person's file may.

    Args:
        plugin: Name of a plugin, or path of a ``.py`` file that holds one; None lets the
            router choose for each message.
        resume: First characters of a conversation's id; ``""`` is the latest; None begins anew.
        private: Write nothing to the disk; None is not said, and false.
        seed: Seed of the first reply, each later one takes the next; None is random.
        checkpoint: Name or path of the checkpoint; None is the starter of each message's language.
        device: ``"cuda"``, ``"mps"`` or ``"cpu"``; None is the CPU.
        color: When to use colour.
        debug: Show tracebacks.
    """

    plugin: str | None = None
    resume: str | None = None
    private: bool | None = None
    seed: int | None = None
    checkpoint: str | None = None
    device: str | None = None
    color: Literal["auto", "always", "never"] = "auto"
    debug: bool = False


def prepare_engine(settings: ChatSettings) -> Callable[[], Engine]:
    """Look the checkpoint up, and give a function that loads it.

    Raises:
        MissingError: There is no such checkpoint.
    """
    load = assemble.engine_loader(settings.checkpoint or assemble.STARTER, settings.device)
    load_other = cache(lambda language: assemble.engine_loader(language, settings.device)())

    def load_engine() -> Engine:
        device = str(assemble.choose_torch_device(settings.device))
        return Engine(load(), device, None if settings.checkpoint else load_other)

    return load_engine


def run_chat(
    settings: ChatSettings,
    prepare: Callable[[ChatSettings], Callable[[], Engine]] = prepare_engine,
) -> int:
    """Talk until the person leaves.

    On a terminal this is a prompt; otherwise standard input is read a message a line, and each is
    answered with a line on standard output.

    Args:
        settings: How to start.
        prepare: Gives the function that loads the model.

    Returns:
        The exit code.

    Raises:
        ChatLSTMError: The chat could not begin.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # the program's own are text files
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    configuration = read_configuration(assemble.configuration_path())
    screen = make_screen(settings, configuration.values.get("theme", "auto"), terminal=terminal)
    with show_notices(screen.tell, debug=settings.debug):
        settings = fill_settings(settings, configuration)
        engine = Loading(name_failure(prepare(settings)))
        code = end_quietly(lambda: open_and_talk(settings, configuration, screen, engine, terminal=terminal))
    if engine.running:
        leave_at_once(code)
    return code


def end_quietly(run: Callable[[], int]) -> int:
    """Run a chat to its exit code, whoever ends it: the person, a signal, or a closed stream."""
    try:
        with end_on_signals():
            return run()
    except Hangup as hangup:
        silence_streams()  # nobody may be there to read
        return hangup.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        if error.errno not in (errno.EIO, errno.EPIPE):
            raise
        silence_streams()
        return 0 if error.errno == errno.EPIPE else HUNG_UP


def fill_settings(settings: ChatSettings, configuration: Configuration) -> ChatSettings:
    """Take from the person's file what the command line does not say; what is wrong there is told."""
    for fault in configuration.faults:
        _logger.warning("%s", fault)
    values = configuration.values
    checkpoint = settings.checkpoint or values.get("checkpoint")
    if settings.checkpoint is None and checkpoint is not None:
        try:
            find_checkpoint(checkpoint, assemble.checkpoint_folders())
        except MissingError as error:
            _logger.warning("%s", configuration.blame("checkpoint", error))
            checkpoint = None
    seed = values.get("seed") if settings.seed is None else settings.seed
    private = values.get("private") if settings.private is None else settings.private
    return replace(settings, checkpoint=checkpoint, seed=seed, private=private)


def make_screen(settings: ChatSettings, theme: str, *, terminal: bool) -> Screen:
    """Choose the streams, and whether there is colour.

    Args:
        settings: What the command line says.
        theme: A theme's name; ``"none"`` is no colour.
        terminal: Whether the streams are one.
    """
    if not terminal:
        return Screen(sys.stdout, sys.stderr, one_line=True)
    wanted = "NO_COLOR" not in os.environ and theme != "none" and not is_dumb()
    color = settings.color == "always" or (settings.color == "auto" and wanted)
    colors = choose_theme(theme, os.environ.get("COLORFGBG", ""))
    return Screen(sys.stdout, sys.stdout, color=color, theme=colors)


def is_dumb() -> bool:
    """Tell whether the terminal knows no control sequences."""
    return os.environ.get("TERM", "dumb") == "dumb" and sys.platform != "win32"


def open_and_talk(
    settings: ChatSettings, configuration: Configuration, screen: Screen, engine: Loading[Engine], *, terminal: bool
) -> int:
    """Open what a chat needs, and run the loop that fits the streams."""
    load = engine.wait
    if terminal:
        load = wait_aloud(engine, screen)
        engine.when_ended(lambda: tell_unheard_failure(engine, screen))
    session, stored = open_session(settings, lambda language: load().choose(language))
    with closing(session):
        if settings.plugin is None:
            prefer_plugin(session, configuration)
        talk = Talk(session, engine, screen, debug=settings.debug)
        if not terminal:
            return answer_lines(talk, sys.stdin)
        if not settings.private and begin_configuration(configuration.path):
            welcome(talk, stored, configuration.path, choose_greeting_language(os.environ))
        else:
            greet(talk, stored)
        if is_dumb():
            return run_plain_terminal(talk)
        from chatlstm.interface.repl import run_terminal

        return run_terminal(talk, vi=configuration.values.get("keys") == "vi")


def prefer_plugin(session: Session, configuration: Configuration) -> None:
    """Choose the plugin of the person's file; one that is not there is told."""
    try:
        session.choose_plugin(configuration.values.get("plugin"))
    except MissingError as error:
        _logger.warning("%s", configuration.blame("plugin", error))


def name_failure(load: Callable[[], Engine]) -> Callable[[], Engine]:
    """Make whatever a load raises an error with a sentence."""

    def run() -> Engine:
        try:
            return load()
        except ChatLSTMError:
            raise
        except Exception as error:  # torch itself may be broken, or memory too small
            fault = f"{type(error).__name__}: {error}"
            raise ChatLSTMError(
                f"the model cannot be loaded ({fault}); see chatlstm doctor"
            ) from error

    return run


def tell_unheard_failure(engine: Loading[Engine], screen: Screen) -> None:
    """Tell that there is no model, unless a message waits and will tell."""
    if engine.failure is not None and not engine.awaited:
        screen.tell(f"Error: {shorten_line(str(engine.failure))}")


def wait_aloud(engine: Loading[Engine], screen: Screen) -> Callable[[], Engine]:
    """Give a function that waits for the model, and says so where it is not there yet."""

    def wait() -> Engine:
        if not engine.ended:
            screen.tell("the model is still loading; your message waits for it")
        return engine.wait()

    return wait


def open_session(settings: ChatSettings, choose: Callable[[str], Generator]) -> tuple[Session, str]:
    """Open the history and the plugins, and go on with the conversation that was asked for.

    Returns:
        The session, and where it is stored, in a few words.

    Raises:
        MissingError: There is no such plugin.
        NoConversationError: There is no such conversation.
        HistoryError: A conversation was asked for, and the history cannot be read.
    """
    plugin: str | None = None
    if settings.plugin is None:
        registry = assemble.assemble_registry()
    else:
        registry, domain = assemble.assemble_plugin(settings.plugin)
        plugin = domain.name
    seeds = count(settings.seed) if settings.seed is not None else draw_seeds()
    history, stored = open_chat_history(settings)
    session = Session(history, registry, choose_engine=choose, seeds=seeds)
    session.choose_plugin(plugin)
    try:
        if settings.resume is not None:
            session.resume(settings.resume)
    except ChatLSTMError:
        session.close()
        raise
    return session, stored


def open_chat_history(settings: ChatSettings) -> tuple[History, str]:
    """Open the history, in memory where the file fails, and say in a few words where it is."""
    if settings.private:
        return open_memory_history(), "Private: nothing is stored"
    try:
        return assemble.assemble_history(), f"Stored in {shorten_home(assemble.history_path())}"
    except HistoryError as error:
        if settings.resume is not None:
            raise
        _logger.warning("%s", error)
        _logger.warning("This chat stays in memory and will be lost at its end")
        return open_memory_history(), "Nothing is stored"


def draw_seeds() -> Iterator[int]:
    """Draw seeds without end."""
    random = SystemRandom()
    while True:
        yield random.getrandbits(32)


def leave_at_once(code: int) -> None:
    """End the process while a thread still imports torch: Python would crash tearing that down."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def silence_streams() -> None:
    """Send what is still to come nowhere: the pipe or the terminal is gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())

"""Chats to test with: a session in memory, and a screen that is kept."""

import io
from collections.abc import Callable, Sequence
from itertools import count

from chatlstm.history.opening import open_memory_history
from chatlstm.interface.loading import Loading
from chatlstm.interface.screen import Screen
from chatlstm.interface.talk import Engine, Talk
from chatlstm.pipeline.domain import Domain
from chatlstm.pipeline.registry import Broken, Registry
from chatlstm.plugin import Option
from chatlstm.session.session import Session
from tests.doubles import CannedGenerator


class Chatter(Domain):
    """Answers what has no cue of another."""

    name = "dialogue"
    summary = "Small talk."
    options = (Option("warmth", 5, 1, 9, "how kind"),)


class Teller(Domain):
    """Answers where the message says tale."""

    name = "story"
    summary = "Tales."
    cues = ("tale",)


REGISTRY = Registry({"dialogue": Chatter(), "story": Teller()}, (Broken("poems", "SyntaxError"),))


def make_talk(replies: Sequence[str] = ("hi",), generator: CannedGenerator | None = None) -> Talk:
    """Make a chat whose screen is a ``StringIO``, replies and notices on it."""
    return make_talk_with(lambda: Engine(generator or CannedGenerator(replies), "cpu"))


def make_talk_with(load: Callable[[], Engine], *, debug: bool = False) -> Talk:
    """Make such a chat with a model that is loaded so."""
    engine = Loading(load)
    session = Session(
        open_memory_history(),
        REGISTRY,
        choose_engine=lambda language: engine.wait().choose(language),
        seeds=count(1),
    )
    shown = io.StringIO()
    return Talk(session, engine, Screen(shown, shown), debug=debug)


def read_shown(talk: Talk) -> str:
    """Give what the screen has shown since it was last read."""
    stream = talk.screen.replies
    assert isinstance(stream, io.StringIO)
    text = stream.getvalue()
    stream.seek(0)
    stream.truncate()
    return text

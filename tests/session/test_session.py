"""A conversation: what is stored, and when."""

from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

import pytest

from chatlstm.engine.api import Generator, Piece
from chatlstm.errors import CheckpointError, MissingError
from chatlstm.history.failure import NoConversationError
from chatlstm.history.history import History
from chatlstm.history.opening import open_history
from chatlstm.pipeline.domain import Domain
from chatlstm.pipeline.pipeline import PluginError
from chatlstm.pipeline.registry import Registry
from chatlstm.records import Turn
from chatlstm.session.session import Session
from tests.doubles import CannedGenerator
from tests.session.sessions import Chatter, Stranger, list_texts, open_session, read_turns, tell


class Gone(KeyboardInterrupt):
    """Raised where the terminal is gone."""


def test_both_turns_are_stored(history: History) -> None:
    tell(open_session(history), "Hi.")

    said, reply = read_turns(history)
    assert (said.turn, reply.turn) == (Turn("person", "Hi."), Turn("reply", "Hello."))
    assert (reply.status, reply.tokens) == ("done", 1)
    assert reply.recipe is not None
    assert (reply.recipe.plugin, reply.recipe.checkpoint) == ("dialogue", "canned@0123abcd")


def test_the_persons_turn_is_stored_before_the_engine_is_asked_for(history: History) -> None:
    def load(language: str) -> Generator:
        assert list_texts(history) == ["Hi."]
        raise CheckpointError("damaged")

    registry = Registry({"dialogue": Chatter()})
    session = Session(history, registry, choose_engine=load, seeds=count(1))

    with pytest.raises(CheckpointError):
        tell(session, "Hi.")


def test_a_pending_reply_is_stored_before_its_first_piece(history: History) -> None:
    with closing(open_session(history, ["one two"]).reply("Hi.")) as pieces:  # type: ignore[type-var]  # a generator
        next(pieces)

        assert read_turns(history)[1].status == "pending"


def test_a_reply_that_is_closed_keeps_what_was_said(history: History) -> None:
    with closing(open_session(history, ["one two three"]).reply("Hi.")) as pieces:  # type: ignore[type-var]  # a generator
        next(pieces), next(pieces)

    reply = read_turns(history)[1]
    assert (reply.turn.text, reply.status, reply.tokens) == ("one two", "stopped", 2)


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt(), Gone()])
def test_a_reply_that_is_interrupted_keeps_what_was_said(
    history: History, interrupt: BaseException
) -> None:
    class Interrupted(CannedGenerator):
        def stream(self, *arguments: object, **options: object) -> Iterator[Piece]:
            yield Piece("half", 1)
            raise interrupt

    registry = Registry({"dialogue": Chatter()})
    session = Session(history, registry, choose_engine=lambda language: Interrupted(["-"]), seeds=count(1))

    with pytest.raises(type(interrupt)):
        tell(session, "Hi.")

    reply = read_turns(history)[1]
    assert (reply.turn.text, reply.status) == ("half", "stopped")


def test_a_plugin_that_fails_leaves_what_was_said_and_why(history: History) -> None:
    engine = CannedGenerator(["half of it"], error=RuntimeError("broke \ud800"))
    registry = Registry({"dialogue": Chatter()})
    session = Session(history, registry, choose_engine=lambda language: engine, seeds=count(1))

    with pytest.raises(PluginError, match="the plugin 'dialogue' failed: RuntimeError"):
        tell(session, "Hi.")

    reply = read_turns(history)[1]
    assert (reply.turn.text, reply.status) == ("half of it", "failed")
    assert "broke \ufffd" in str(reply.details["error"])


def test_the_chat_goes_on_after_a_failure(history: History) -> None:
    engine = CannedGenerator(["half"], error=RuntimeError("broke"))
    registry = Registry({"dialogue": Chatter()})
    session = Session(history, registry, choose_engine=lambda language: engine, seeds=count(1))
    for text in ("one", "two"):
        with suppress(PluginError):
            tell(session, text)

    assert list_texts(history) == ["one", "half", "two", "half"]


def test_a_reply_is_stored_as_it_grows(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatlstm.session.session.SECONDS_BETWEEN_UPDATES", -1.0)
    with closing(open_session(history, ["one two three"]).reply("Hi.")) as pieces:  # type: ignore[type-var]  # a generator
        next(pieces), next(pieces)

        assert list_texts(history) == ["Hi.", "one two"]


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_a_blank_message_is_refused_and_not_stored(history: History, text: str) -> None:
    with pytest.raises(ValueError, match="not blank"):
        tell(open_session(history), text)

    assert history.latest_conversation() is None


def test_a_lone_surrogate_from_the_model_is_replaced(history: History) -> None:
    assert tell(open_session(history, ["a\ud800b"]), "Hi.") == "a\ufffdb"
    assert list_texts(history)[1] == "a\ufffdb"


def test_characters_beyond_the_first_plane_survive(history: History) -> None:
    assert tell(open_session(history, ["你好😀"]), "😀") == "你好😀"


def test_details_that_are_no_json_do_not_cost_the_reply(history: History) -> None:
    tell(open_session(history, domain=Stranger()), "Hi.")

    reply = read_turns(history)[1]
    assert (reply.turn.text, reply.status) == ("fine", "done")
    assert "cannot be stored" in str(reply.details["error"])


def test_the_next_request_has_the_turns_before_it(history: History) -> None:
    domain = Chatter()
    session = open_session(history, ["Hello."], domain)

    tell(session, "one")
    tell(session, "two")

    assert domain.requests[1].context == (Turn("person", "one"), Turn("reply", "Hello."))


def test_seeds_come_one_a_reply(history: History) -> None:
    session = open_session(history)
    tell(session, "one")
    tell(session, "two")

    recipes = [stored.recipe for stored in read_turns(history) if stored.recipe]
    assert [recipe.seed for recipe in recipes] == [1, 2]


def test_a_plugin_that_is_not_there_cannot_be_chosen(history: History) -> None:
    with pytest.raises(MissingError, match="no domain 'poetry'"):
        open_session(history).choose_plugin("poetry")


def test_a_new_conversation_begins_with_the_next_message(history: History) -> None:
    session = open_session(history)
    tell(session, "one")
    session.begin_anew()
    tell(session, "two")

    assert list_texts(history) == ["two", "Hello."]
    assert len(history.list_conversations(9)) == 2


def test_the_latest_conversation_is_resumed(path: Path) -> None:
    with closing(open_session(open_history(path))) as session:
        tell(session, "one")
    with closing(open_session(open_history(path))) as session:
        session.resume("")
        tell(session, "two")

    with open_history(path) as history:
        assert list_texts(history) == ["one", "Hello.", "two", "Hello."]


def test_a_conversation_is_resumed_by_the_beginning_of_its_id(history: History) -> None:
    session = open_session(history)
    tell(session, "one")
    assert session.conversation is not None
    first = session.conversation.id
    session.begin_anew()
    tell(session, "two")

    assert session.resume(first.upper()).id == first


def test_there_may_be_nothing_to_resume(history: History) -> None:
    with pytest.raises(NoConversationError, match="no conversation to go on with yet"):
        open_session(history).resume("")


def test_last_turns_are_those_of_this_conversation(history: History) -> None:
    session = open_session(history)
    assert session.read_last_turns(4) == ()
    tell(session, "one")

    assert session.read_last_turns(4) == (Turn("person", "one"), Turn("reply", "Hello."))


def test_messages_are_listed_the_newest_first(history: History) -> None:
    session = open_session(history)
    tell(session, "one")
    tell(session, "two")
    session.begin_anew()
    tell(session, "three")

    assert session.list_messages(9) == ["three", "two", "one"]


class Bilingual(Domain):
    name = "dialogue"
    summary = "Two languages."
    languages = ("en", "zh")


@pytest.mark.parametrize(
    ("said", "languages"), [(["你好。", "3 + 4?"], ["zh", "zh"]), (["Hi.", "你好吗？"], ["en", "zh"])]
)
def test_the_model_is_chosen_by_the_language_spoken(history: History, said: list[str], languages: list[str]) -> None:
    asked = []

    def choose(language: str) -> Generator:
        asked.append(language)
        return CannedGenerator(["好。"])

    session = Session(history, Registry({"dialogue": Bilingual()}), choose_engine=choose, seeds=count(1))
    for text in said:
        tell(session, text)

    assert asked == languages


class Poems(Chatter):
    name = "poetry"
    cues = ("poem",)
    follow_ups = ("^another one",)


def open_pair(history: History) -> Session:
    registry = Registry({"dialogue": Chatter(), "poetry": Poems()})
    engine = CannedGenerator(["Hello."])
    return Session(history, registry, choose_engine=lambda language: engine, seeds=count(1))


def routes(session: Session, *texts: str) -> list[str]:
    found = []
    for text in texts:
        tell(session, text)
        assert session.route is not None
        found.append(session.route.domain)
    return found


def test_a_follow_up_goes_to_the_plugin_that_answered_last(history: History) -> None:
    session = open_pair(history)
    found = routes(session, "poem", "another one", "hello", "another one")
    assert found == ["poetry", "poetry", "dialogue", "dialogue"]


def test_nothing_follows_up_in_a_new_conversation(history: History) -> None:
    session = open_pair(history)
    tell(session, "poem")
    session.begin_anew()
    assert routes(session, "another one") == ["dialogue"]


def test_a_resumed_conversation_knows_the_plugin_that_answered_last(path: Path) -> None:
    with open_history(path) as history:
        tell(open_pair(history), "poem")
    with open_history(path) as history:
        session = open_pair(history)
        session.resume("")
        assert routes(session, "another one") == ["poetry"]

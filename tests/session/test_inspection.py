"""The last reply, read again: behind what, and how much of it."""

from itertools import count

import pytest

from chatlstm.engine.api import Prompt
from chatlstm.errors import MissingError, MisuseError
from chatlstm.history.history import History
from chatlstm.pipeline.domain import Domain, Draft
from chatlstm.pipeline.registry import Registry
from chatlstm.records import Request
from chatlstm.session.session import Session
from tests.doubles import CannedGenerator
from tests.session.sessions import Chatter, open_session, tell


class Talker(Domain):
    """Asks the model behind all that was said."""

    name = "dialogue"
    summary = "Small talk."
    languages = ("en", "zh")

    def begin(self, request: Request) -> Draft:
        turns = (*(turn.text for turn in request.context), request.text)
        return Draft(request, Prompt(self.name, turns, request.options.get("beginning", "")))


def open_with(history: History, engine: CannedGenerator, domain: Domain | None = None) -> Session:
    chosen = domain or Talker()
    registry = Registry({chosen.name: chosen})
    return Session(history, registry, choose_engine=lambda language: engine, seeds=count(1))


def test_the_last_reply_is_read_token_by_token(history: History) -> None:
    session = open_session(history, ["old sea"])
    tell(session, "Hi.")
    inspection = session.inspect_reply()

    assert [reading.text for reading in inspection.readings] == ["old", " sea", ""]
    assert (inspection.plugin, inspection.checkpoint, inspection.skipped) == ("dialogue", "canned@0123abcd", 0)


def test_it_is_read_behind_what_its_plugin_asked(history: History) -> None:
    engine = CannedGenerator(["Hello.", "Fine."])
    session = open_with(history, engine)
    tell(session, "one")
    tell(session, "two")
    session.inspect_reply()

    assert engine.prompts[-1] == engine.prompts[-2] == Prompt("dialogue", ("one", "Hello.", "two"))


def test_a_resumed_conversation_is_read_as_it_was_answered(history: History) -> None:
    engine = CannedGenerator(["Hello."])
    session = open_with(history, engine)
    session.options["beginning"] = "Well"
    tell(session, "one")
    session.begin_anew()
    session.options.clear()
    session.resume("")
    session.inspect_reply()

    assert engine.prompts[-1] == Prompt("dialogue", ("one",), "Well")


def test_words_that_the_prompt_begins_with_are_not_read_twice(history: History) -> None:
    session = open_with(history, CannedGenerator(["Well, yes"]))
    session.options["beginning"] = "Well,"
    tell(session, "one")

    assert [reading.text for reading in session.inspect_reply().readings] == [" yes", ""]


def test_a_reply_of_nothing_but_that_beginning_is_refused(history: History) -> None:
    session = open_with(history, CannedGenerator(["Well"]))
    session.options["beginning"] = "Well"
    tell(session, "one")

    with pytest.raises(MisuseError, match="no word of the model's own"):
        session.inspect_reply()


def test_a_reply_without_a_word_is_passed_over(history: History) -> None:
    session = open_with(history, CannedGenerator(["Hello.", " "]))
    tell(session, "one")
    tell(session, "two")

    assert [reading.text for reading in session.inspect_reply().readings] == ["Hello.", ""]


@pytest.mark.parametrize("answered", [False, True])
def test_without_a_reply_there_is_nothing_to_read(history: History, answered: bool) -> None:
    session = open_with(history, CannedGenerator([" "]))
    if answered:
        tell(session, "one")

    with pytest.raises(MisuseError, match="no reply yet"):
        session.inspect_reply()


def test_the_model_of_the_language_spoken_reads_it(history: History) -> None:
    asked = []

    def choose(language: str) -> CannedGenerator:
        asked.append(language)
        return CannedGenerator(["好。"])

    session = Session(history, Registry({"dialogue": Talker()}), choose_engine=choose, seeds=count(1))
    tell(session, "你好吗？")
    session.inspect_reply()

    assert asked == ["zh", "zh"]


def test_a_plugin_that_is_gone_is_named(history: History) -> None:
    tell(open_session(history), "Hi.")
    session = open_with(history, CannedGenerator(["-"]), domain=Other())
    session.resume("")

    with pytest.raises(MissingError, match="no domain 'dialogue'"):
        session.inspect_reply()


class Other(Chatter):
    name = "other"


class Syllables(CannedGenerator):
    """An engine whose tokens are pairs of bytes."""

    def encode(self, text: str) -> list[int]:
        raw = text.encode()
        self.token_bytes = [raw[n : n + 2] for n in range(0, len(raw), 2)]
        return list(range(len(self.token_bytes)))


def test_of_a_very_long_reply_the_end_is_read_behind_the_rest(history: History) -> None:
    text = "海 " + "a" * 4_000
    engine = Syllables([text])
    session = open_with(history, engine)
    tell(session, "one")
    inspection = session.inspect_reply()

    assert (engine.prompts[-1].beginning, inspection.skipped) == ("海 ", 2)
    assert "".join(reading.text for reading in inspection.readings) == "a" * 4_000


def test_a_character_is_not_cut_where_the_end_begins(history: History) -> None:
    engine = Syllables(["ab海" + "a" * 3_998])
    session = open_with(history, engine)
    tell(session, "one")
    session.inspect_reply()

    assert engine.prompts[-1].beginning == "ab"

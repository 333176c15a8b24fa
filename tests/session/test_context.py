"""The model's state behind each reply: stored with it, and gone on from."""

import logging
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

import pytest
from chatlstm_dialogue.dialogue import Dialogue
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.engine.api import Generator, Prompt
from chatlstm.history.history import History
from chatlstm.history.opening import open_history, open_memory_history
from chatlstm.interface.assemble import engine_loader
from chatlstm.pipeline.domain import Domain, Draft
from chatlstm.pipeline.registry import Registry
from chatlstm.records import Request
from chatlstm.session.context import READ_TURNS
from chatlstm.session.session import Session
from tests.doubles import CannedGenerator
from tests.session.sessions import read_turns, tell


class Listener(Domain):
    """Asks the model behind all that was said."""

    name = "dialogue"
    summary = "Small talk."
    languages = ("en", "zh")

    def begin(self, request: Request) -> Draft:
        return Draft(request, self.window(request, CannedGenerator(["-"])))

    def window(self, request: Request, engine: Generator) -> Prompt:
        turns = (*(turn.text for turn in request.unread), request.text)
        return Prompt(self.name, turns, behind=request.state)


class Poems(Domain):
    name = "poetry"
    summary = "Verse."
    cues = ("poem",)


def open_with(history: History, engine: Generator, domain: Domain | None = None) -> Session:
    registry = Registry({"dialogue": domain or Listener(), "poetry": Poems()})
    return Session(history, registry, choose_engine=lambda language: engine, seeds=count(1))


def find_state(history: History, place: int = -1, checkpoint: str = "canned@0123abcd") -> bytes | None:
    found = history.find_state([read_turns(history)[place].id], checkpoint=checkpoint, dtype="int8")
    return found and found[1]


def test_the_state_behind_a_reply_is_stored_with_it(history: History) -> None:
    tell(open_with(history, CannedGenerator(["Hello."])), "one")

    assert find_state(history) == b"one\nHello.\n"


def test_the_next_message_is_read_behind_that_state_alone(history: History) -> None:
    engine = CannedGenerator(["Hello.", "Fine."])
    session = open_with(history, engine)
    tell(session, "one")
    tell(session, "two")

    assert engine.prompts[-1] == Prompt("dialogue", ("two",), behind=b"one\nHello.\n")
    assert find_state(history) == b"one\nHello.\ntwo\nFine.\n"


def test_what_other_plugins_answered_since_is_read_behind_it_and_costs_no_state(history: History) -> None:
    engine = CannedGenerator(["Hello.", "Roses.", "Fine."])
    session = open_with(history, engine)
    for text in ("one", "poem", "two"):
        tell(session, text)

    assert engine.prompts[-1] == Prompt("dialogue", ("poem", "Roses.", "two"), behind=b"one\nHello.\n")
    assert find_state(history, place=3) is None


class Other(CannedGenerator):
    checkpoint = "other@0123abcd"


class Rounded(CannedGenerator):
    precision = "float32"


@pytest.mark.parametrize("engine", [Other(["Fine."]), Rounded(["Fine."])])
def test_with_another_checkpoint_or_precision_the_window_is_replayed(
    history: History, engine: CannedGenerator
) -> None:
    tell(open_with(history, CannedGenerator(["Hello."])), "one")
    session = open_with(history, engine)
    session.resume("")
    tell(session, "two")

    assert engine.prompts == [Prompt("dialogue", ("one", "Hello.", "two"))]


def test_each_language_goes_on_from_its_own_state(history: History) -> None:
    engines = {"en": CannedGenerator(["Hello.", "Fine."]), "zh": Other(["好。"])}
    registry = Registry({"dialogue": Listener()})
    session = Session(history, registry, choose_engine=engines.__getitem__, seeds=count(1))
    for text in ("one", "你好吗？", "two"):
        tell(session, text)

    assert engines["zh"].prompts == [Prompt("dialogue", ("one", "Hello.", "你好吗？"))]
    assert engines["en"].prompts[-1] == Prompt("dialogue", ("你好吗？", "好。", "two"), behind=b"one\nHello.\n")


def test_the_state_of_a_stopped_reply_is_behind_what_was_kept(history: History) -> None:
    with closing(open_with(history, CannedGenerator(["one two"])).reply("Hi.")) as pieces:  # type: ignore[type-var]  # a generator
        next(pieces)

    assert find_state(history) == b"Hi.\none\n"


@pytest.mark.parametrize("engine", [CannedGenerator(["half"], error=RuntimeError("broke")), CannedGenerator([" "])])
def test_a_reply_that_no_context_shows_has_no_state(history: History, engine: CannedGenerator) -> None:
    with suppress(Exception):
        tell(open_with(history, engine), "Hi.")

    assert find_state(history) is None


class Forgetful(CannedGenerator):
    def save_state(self, prompt: Prompt) -> bytes:
        raise RuntimeError("no memory")


def test_a_state_that_cannot_be_saved_costs_no_reply(history: History, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)

    assert tell(open_with(history, Forgetful(["Hello."])), "one") == "Hello."
    assert "RuntimeError: no memory" in caplog.messages[0]
    assert [stored.status for stored in read_turns(history)] == ["done", "done"]


def test_a_state_outlasts_the_window_of_turns(history: History) -> None:
    engine = CannedGenerator(["fine"])
    session = open_with(history, engine)
    for number in range(20):
        tell(session, f"message {number}")

    assert engine.prompts[-1].behind.startswith(b"message 0\n")


def test_a_session_keeps_the_end_of_its_branch_alone(history: History) -> None:
    session = open_with(history, CannedGenerator(["fine"]))
    for number in range(20):
        tell(session, f"message {number}")

    assert len(session.read_end()) == READ_TURNS < 40


def test_the_last_reply_is_inspected_behind_the_state_it_was_drawn_behind(history: History) -> None:
    engine = CannedGenerator(["Hello.", "Fine."])
    session = open_with(history, engine)
    tell(session, "one")
    tell(session, "two")
    session.inspect_reply()

    assert engine.prompts[-1] == Prompt("dialogue", ("two",), behind=b"one\nHello.\n")


@given(st.lists(st.sampled_from(["hello", "poem", "resume", "stop"]), max_size=8))
def test_resumed_and_uninterrupted_conversations_ask_the_same(acts: list[str]) -> None:
    asked = []
    for resumes in (True, False):
        engine = CannedGenerator(["one two", "three four", "five"])
        with open_memory_history() as history:
            session = open_with(history, engine)
            for act in acts:
                if act == "resume" and resumes and session.conversation:
                    session = replace_session(session, history, engine)
                elif act == "stop":
                    with closing(session.reply("wait")) as pieces:  # type: ignore[type-var]  # a generator
                        next(pieces)
                elif act != "resume":
                    tell(session, act)
        asked.append(engine.prompts)

    assert asked[0] == asked[1]


def replace_session(session: Session, history: History, engine: Generator) -> Session:
    """Open another session on the same history, as a program started anew does."""
    opened = open_with(history, engine)
    opened.resume("")
    opened.seeds = session.seeds
    return opened


SAID = ("Hi there!", "I have two cats.", "They sleep on my keyboard.")


def open_shipped(path: Path, engine: Generator, seeds: Iterator[int]) -> Session:
    registry = Registry({"dialogue": Dialogue()})
    session = Session(open_history(path), registry, choose_engine=lambda language: engine, seeds=seeds)
    session.options = {"candidates": "4"}
    return session


def talk(path: Path, *, resumes: bool) -> Iterator[tuple[str, bytes | None]]:
    """Talk to the shipped checkpoint, loaded anew for each message or once; gives replies and states."""
    seeds, engine = count(1), engine_loader("en", None)()
    session = open_shipped(path, engine, seeds)
    for text in SAID:
        reply = tell(session, text)
        yield reply, find_state(session.history, checkpoint=engine.checkpoint)
        if resumes:
            session.close()
            session = open_shipped(path, engine_loader("en", None)(), seeds)
            session.resume("")
    session.close()


def test_resumed_and_uninterrupted_conversations_give_the_same_bytes(tmp_path: Path) -> None:
    whole, resumed = (list(talk(tmp_path / f"{resumes}.db", resumes=resumes)) for resumes in (False, True))

    assert resumed == whole
    assert all(state for _, state in whole)


def test_of_a_very_long_message_no_more_is_read_than_is_answered(history: History) -> None:
    tell(open_with(history, CannedGenerator(["fine"])), "a" * 8_001)

    assert find_state(history) == b"a" * 8_000 + b"\nfine\n"

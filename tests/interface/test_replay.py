"""``replay``: a stored reply is drawn again, and compared to the byte."""

import json
import shutil
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from chatlstm.history.turn import Outcome
from chatlstm.interface.assemble import assemble_history, assemble_registry, engine_loader
from chatlstm.session.session import Session
from tests.doubles import write_tiny_checkpoint
from tests.interface.conftest import Run
from tests.session.sessions import tell


@pytest.fixture
def conversation_id(home: Path, echo: Path, tiny_checkpoint: Path) -> str:
    """Store a conversation of two exchanges that an untrained network babbled, the last one stopped."""
    shutil.copytree(tiny_checkpoint, home / "checkpoints" / "tiny")
    engine = engine_loader("tiny", None)()
    session = Session(assemble_history(), assemble_registry(), choose_engine=lambda language: engine, seeds=count(7))
    with closing(session):
        session.choose_plugin("echo")
        session.options["length"] = "20"
        tell(session, "Hello.")
        with closing(session.reply("Go on.")) as pieces:  # type: ignore[type-var]  # a generator
            for _ in range(5):
                next(pieces)
        return session.need_conversation().id


def change_reply(conversation_id: str, place: int, outcome: Outcome) -> None:
    with assemble_history() as history:
        history.end_reply(history.read_turns(conversation_id)[place].id, outcome)


def test_a_reply_is_the_same_to_the_byte(run: Run, conversation_id: str) -> None:
    ended = run("replay", conversation_id, "2", "--json")
    told = json.loads(ended.out)

    assert (ended.code, told["same"], told["turn"]) == (0, True, 2)
    assert told["stored"] == told["replayed"] != ""
    assert (told["recipe"]["seed"], told["recipe"]["options"]) == (7, {"length": "20"})


def test_of_a_stopped_reply_what_was_kept_is_compared(run: Run, conversation_id: str) -> None:
    ended = run("history", "replay", conversation_id)

    assert ended.code == 0
    assert "turn 4 is the same to the byte" in ended.out and "seed 8, its context read anew" in ended.out


def test_a_reply_that_is_another_one_is_told(run: Run, conversation_id: str) -> None:
    told = json.loads(run("replay", conversation_id, "2", "--json").out)
    change_reply(conversation_id, 1, Outcome(told["stored"] + "?"))
    ended = run("replay", conversation_id, "2")

    assert ended.code == 1
    assert f"turn 2 is another one from byte {len(told['stored'].encode()) + 1:,} on" in ended.out
    assert ended.out.startswith("then: ") and "\n now: " in ended.out


def test_the_first_byte_that_differs_is_told(run: Run, conversation_id: str) -> None:
    change_reply(conversation_id, 1, Outcome("\x01other"))

    assert json.loads(run("replay", conversation_id, "2", "--json").out)["same_bytes"] == 0


@pytest.mark.parametrize(
    ("turn", "sentence"),
    [("1", "turn 1 is what you said"), ("9", "there is no turn 9; the conversation has 4")],
)
def test_what_is_no_reply_is_refused(run: Run, conversation_id: str, turn: str, sentence: str) -> None:
    ended = run("replay", conversation_id, turn)
    assert (ended.code, sentence in ended.err) == (2, True)


def test_a_reply_that_failed_is_refused(run: Run, conversation_id: str) -> None:
    change_reply(conversation_id, 1, Outcome("", "failed"))
    assert "only a reply that came to its end" in run("replay", conversation_id, "2").err


def test_a_branch_without_a_reply_is_told(run: Run, conversation_id: str) -> None:
    with assemble_history() as history:
        history.move_tip(conversation_id, None)
    assert "has no reply" in run("replay", conversation_id).err


def test_another_checkpoint_of_that_name_is_named(run: Run, conversation_id: str, home: Path) -> None:
    shutil.rmtree(home / "checkpoints" / "tiny")
    write_tiny_checkpoint(home / "checkpoints" / "tiny", bias=1.0)
    ended = run("replay", conversation_id)

    assert ended.code == 3
    assert "this reply was drawn with tiny@" in ended.err and "what is here is tiny@" in ended.err


def test_a_reply_drawn_behind_a_state_is_replayed_behind_it(run: Run) -> None:
    engine = engine_loader("en", None)()
    session = Session(assemble_history(), assemble_registry(), choose_engine=lambda language: engine, seeds=count(7))
    with closing(session):
        session.choose_plugin("dialogue")
        session.options["candidates"] = "4"
        for text in ("Hi there!", "I have two cats."):
            tell(session, text)
        conversation_id = session.need_conversation().id
    told = json.loads(run("replay", conversation_id, "--json").out)

    assert (told["same"], told["read_from_state"]) == (True, 2)

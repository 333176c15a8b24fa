import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from chatlstm.history.history import History
from chatlstm.history.opening import open_history, open_memory_history
from chatlstm.history.turn import Outcome, Recipe, StoredTurn
from tests.history.ticking import NOON, Clock

RECIPE = Recipe("poetry", "zh@1f0c9a2b", seed=-7)


def exchange(history: History, conversation_id: str, said: str, answer: str) -> StoredTurn:
    turn = history.add_person_turn(conversation_id, said)
    reply = history.begin_reply(turn.id, RECIPE)
    history.end_reply(reply.id, Outcome(answer))
    return reply


def list_texts(history: History, conversation_id: str) -> list[str]:
    return [stored.turn.text for stored in history.read_turns(conversation_id)]


def test_a_history_is_there_again_when_it_is_opened_again(path: Path) -> None:
    with open_history(path, clock=Clock()) as history:
        conversation = history.start_conversation("dialogue")
        exchange(history, conversation.id, "Hello.", "Hi.")
        stored = history.read_turns(conversation.id)

    with open_history(path) as history:
        assert history.read_turns(conversation.id) == stored
        assert stored[0].created.tzinfo == NOON.tzinfo


def test_a_history_serves_other_threads(path: Path) -> None:
    with open_history(path) as history:
        conversation = history.start_conversation("dialogue")
        writers = [
            threading.Thread(target=exchange, args=(history, conversation.id, "Hello.", "Hi."))
            for _ in range(4)
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        last = history.add_person_turn(conversation.id, "Bye.")

    assert last.id == 9


def test_a_chat_goes_on_in_another_history_with_the_same_ids(history: History, path: Path) -> None:
    with open_history(path) as lost:
        conversation = lost.start_conversation("dialogue")
        exchange(lost, conversation.id, "Hello.", "Hi.")
        reply = lost.begin_reply(lost.add_person_turn(conversation.id, "And?").id, RECIPE)
        history.adopt_conversation(conversation, lost.read_turns(conversation.id))
    history.end_reply(reply.id, Outcome("Well."))
    exchange(history, conversation.id, "Bye.", "Bye.")

    assert list_texts(history, conversation.id) == [
        "Hello.",
        "Hi.",
        "And?",
        "Well.",
        "Bye.",
        "Bye.",
    ]
    assert history.find_conversation(conversation.id).title == "Hello."


def test_a_conversation_without_turns_can_be_adopted(history: History) -> None:
    with open_memory_history() as lost:
        conversation = lost.start_conversation("dialogue")
    history.adopt_conversation(conversation, [])

    assert history.find_conversation(conversation.id) == conversation


def test_a_turn_whose_parent_is_missing_is_not_adopted(history: History) -> None:
    conversation = history.start_conversation("dialogue")
    said = history.add_person_turn(conversation.id, "Hello.")
    with open_memory_history() as other, pytest.raises(IntegrityError):
        other.adopt_conversation(conversation, [replace(said, parent_id=77)])

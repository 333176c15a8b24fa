"""Whole exchanges for tests: a message, and the reply to it."""

from chatlstm.history.history import History
from chatlstm.history.state import TurnState
from chatlstm.history.turn import Outcome, Recipe, StoredTurn

RECIPE = Recipe("poetry", "zh@1f0c9a2b", seed=-7, options={"form": "五绝"})


def answer(history: History, said: StoredTurn, text: str, state: TurnState | None = None) -> int:
    """Store a reply, and give its id."""
    reply = history.begin_reply(said.id, RECIPE)
    history.end_reply(reply.id, Outcome(text, tokens=3, seconds=0.5), state)
    return reply.id


def tell(history: History, conversation_id: str, said: str, text: str) -> int:
    """Store a message and the reply to it, and give the reply's id."""
    return answer(history, history.add_person_turn(conversation_id, said), text)


def begin(history: History, *texts: str) -> str:
    """Begin a conversation of messages and replies by turns, and give its id."""
    conversation = history.start_conversation("dialogue")
    for said, text in zip(texts[::2], texts[1::2], strict=True):
        tell(history, conversation.id, said, text)
    return conversation.id


def list_texts(history: History, conversation_id: str) -> list[str]:
    """List what was said on the current branch."""
    return [stored.turn.text for stored in history.read_turns(conversation_id)]

"""What stands before a message: the answered turns, and the model's state behind some of them."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from chatlstm.engine.api import Generator
from chatlstm.errors import ChatLSTMError
from chatlstm.history.reader import HistoryReader
from chatlstm.history.state import TurnState
from chatlstm.history.turn import StoredTurn, keep_answered
from chatlstm.pipeline.domain import Domain
from chatlstm.pipeline.pipeline import save_window
from chatlstm.records import Request
from chatlstm.session.request import CONTEXT_TURNS, MESSAGE_CHARACTERS, make_request

READ_TURNS = 2 * CONTEXT_TURNS + 2
"""How many turns before a message are looked at for answered ones."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Message:
    """A message of the person in its place.

    Args:
        said: The message.
        before: The answered turns before it, oldest first, ``CONTEXT_TURNS`` at most.
    """

    said: StoredTurn
    before: tuple[StoredTurn, ...]

    def request(self, *, seed: int, options: Mapping[str, str]) -> Request:
        """Make the request for an answer, without a state."""
        context = [stored.turn for stored in self.before]
        return make_request(self.said.turn.text, context, seed=seed, options=options)


def place_message(turns: tuple[StoredTurn, ...]) -> Message:
    """Put the last of some turns in its place behind the others.

    Args:
        turns: The end of a branch, oldest first; the last one is the person's.
    """
    return Message(turns[-1], keep_answered(turns[:-1], CONTEXT_TURNS))


def recall_state(
    history: HistoryReader, message: Message, request: Request, domain: Domain, engine: Generator
) -> Request:
    """Give a request the model's state behind the latest turn of its context that has one.

    Args:
        history: Where states are stored.
        message: What is answered.
        request: The request for it.
        domain: The plugin that answers; a state behind another one's reply is of another form.
        engine: The model that answers; a state of another one is none for it.

    Returns:
        The request, with the state and how many turns of the context it has read, or as it was.
    """
    places = {
        stored.id: place
        for place, stored in enumerate(message.before, start=1)
        if stored.recipe is not None and stored.recipe.plugin == domain.name
    }
    found = history.find_state(list(places), checkpoint=engine.checkpoint, dtype=engine.precision)
    return request if found is None else replace(request, state=found[1], read=places[found[0]])


def save_state(domain: Domain, request: Request, engine: Generator, reply: str) -> TurnState | None:
    """Save the model's state behind a reply, where its plugin has the model read the conversation.

    A fault costs the state and not the reply: the window is read again then.

    Args:
        domain: The plugin that answered.
        request: What was answered.
        engine: The model that answered.
        reply: What was said, perhaps not to its end.

    Returns:
        The state; None where there is none.
    """
    if not reply.strip():
        return None
    try:
        state = save_window(domain, request, engine, reply[-MESSAGE_CHARACTERS:])
    except ChatLSTMError as error:
        _logger.warning("The model's state behind this reply is not stored: %s", error)
        return None
    return TurnState(engine.checkpoint, engine.precision, state) if state else None

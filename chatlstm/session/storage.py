"""Where a session stores its turns: the history, or memory once the disk has failed."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from chatlstm.engine.api import Piece
from chatlstm.history.conversation import Conversation
from chatlstm.history.failure import HistoryError
from chatlstm.history.history import History
from chatlstm.history.opening import open_memory_history
from chatlstm.history.turn import StoredTurn, encode_json
from chatlstm.session.context import READ_TURNS

T = TypeVar("T")
_logger = logging.getLogger(__name__)


class Storage:
    """The history of a session, and what it needs to go on in memory.

    Args:
        history: An open history.

    Attributes:
        history: Where turns are stored now.
        latest: The end of the current branch, as far as it is known, for when the disk fails.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self.latest: deque[StoredTurn] = deque(maxlen=READ_TURNS)
        self._in_memory = False

    def follow(self, turns: Iterable[StoredTurn]) -> None:
        """Let the current branch end with these turns."""
        self.latest = deque(turns, maxlen=READ_TURNS)

    def keep(self, store: Callable[[], T], find: Callable[[], Conversation | None]) -> T:
        """Store something; where the disk fails, say so once and store it in memory instead.

        Args:
            store: Stores it in ``history``.
            find: Gives the conversation that must be there; None where none has begun.

        Returns:
            What ``store`` returns.

        Raises:
            HistoryError: Memory fails, too.
        """
        try:
            return store()
        except HistoryError as error:
            if self._in_memory:
                raise
            _logger.warning("%s", error)
            _logger.warning("The chat goes on in memory and will be lost at its end")
            self._move_to_memory(find())
            return store()

    def _move_to_memory(self, conversation: Conversation | None) -> None:
        """Take the conversation, as far as it is still known, to a history in memory."""
        memory = open_memory_history()
        if conversation is not None:
            turns = tuple(self.latest)
            if turns:  # its parent may not be readable any more
                turns = (replace(turns[0], parent_id=None), *turns[1:])
            with suppress(HistoryError):
                turns = self.history.read_turns(conversation.id)
            memory.adopt_conversation(conversation, turns)
        self.history.close()
        self.history = memory
        self._in_memory = True


def mend_text(text: str) -> str:
    """Replace lone surrogates, which nothing can store, by U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def mend_piece(piece: Piece) -> Piece:
    """Replace lone surrogates in what a plugin tells."""
    return replace(piece, text=mend_text(piece.text))


def keep_details(details: Mapping[str, object]) -> Mapping[str, object]:
    """Keep what can be stored: a stranger's plugin may tell what JSON does not know."""
    try:
        encode_json(details)
    except (TypeError, ValueError) as error:
        return {"error": f"the plugin's details cannot be stored: {error}"}
    return details

"""One conversation with a person: store, route, answer, store."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from chatlstm.engine.api import Generator, Piece
from chatlstm.history.conversation import Conversation
from chatlstm.history.failure import HistoryError, NoConversationError
from chatlstm.history.history import History
from chatlstm.history.opening import open_memory_history
from chatlstm.history.turn import Outcome, Recipe, Status, StoredTurn, encode_json
from chatlstm.pipeline.pipeline import answer
from chatlstm.pipeline.registry import Registry
from chatlstm.pipeline.router import Route, choose_route
from chatlstm.records import Turn
from chatlstm.session.inspection import Inspection, inspect_reply
from chatlstm.session.request import CONTEXT_TURNS, MESSAGE_CHARACTERS, make_request

if TYPE_CHECKING:
    from chatlstm.pipeline.origins import OriginIndex
    from chatlstm.session.provenance import Trace

SECONDS_BETWEEN_UPDATES = 0.5
T = TypeVar("T")
_logger = logging.getLogger(__name__)


class Session:
    """A running conversation.

    Every turn is on the disk before the next thing happens: the person's before a token is
    drawn, the reply's beginning while it grows, its end as it ends. Where the disk fails, the
    session says so once, through the log, and goes on in memory.

    Args:
        history: Where turns are stored; the session closes it.
        registry: The plugins.
        choose_engine: Gives the model of a language; called when an answer is due, after the message
            is stored.
        seeds: Gives the seed of each reply; it never ends.
    """

    def __init__(
        self,
        history: History,
        registry: Registry,
        *,
        choose_engine: Callable[[str], Generator],
        seeds: Iterator[int],
    ) -> None:
        self.registry = registry
        self.seeds = seeds
        self.conversation: Conversation | None = None
        self.plugin: str | None = None
        self.options: dict[str, str] = {}
        self.route: Route | None = None
        self.recipe: Recipe | None = None
        self.details: Mapping[str, object] = {}
        self._history = history
        self._choose_engine = choose_engine
        self._in_memory = False
        self._stored: list[StoredTurn] = []  # of this conversation, since it was begun or resumed
        self._last: str | None = None  # the plugin that answered last in it

    def close(self) -> None:
        """Close the history."""
        self._history.close()

    def choose_plugin(self, name: str | None) -> None:
        """Send every message to one plugin; None lets the router choose again.

        Raises:
            MissingError: There is no such plugin.
        """
        if name is not None:
            self.registry.find(name)
        self.plugin = name

    def begin_anew(self) -> None:
        """Leave the conversation; the next message begins another."""
        self.conversation = self._last = None
        self._stored = []

    def resume(self, prefix: str) -> Conversation:
        """Go on with a stored conversation.

        Args:
            prefix: First characters of its id; empty for the one last spoken in.

        Raises:
            NoConversationError: There is none, or several begin so.
            HistoryError: The history cannot be read or written.
        """
        found = (
            self._history.find_conversation(prefix)
            if prefix
            else self._history.latest_conversation()
        )
        if found is None:
            raise NoConversationError("there is no conversation to go on with yet")
        self.conversation = self._history.resume_conversation(found.id)
        self._stored = []
        recipes = [stored.recipe for stored in self._history.read_turns(found.id) if stored.recipe]
        self._last = recipes[-1].plugin if recipes else None
        return self.conversation

    def list_conversations(self, limit: int) -> tuple[Conversation, ...]:
        """List conversations, the one last spoken in first."""
        return self._history.list_conversations(limit)

    def read_last_turns(self, limit: int) -> tuple[Turn, ...]:
        """Read the last answered exchanges of this conversation, ``limit`` turns at most."""
        if self.conversation is None:
            return ()
        return self._history.read_context(self.conversation.id, limit)

    def list_messages(self, conversations: int) -> list[str]:
        """List what the person said in the latest conversations, the newest first."""
        return [
            stored.turn.text
            for conversation in self._history.list_conversations(conversations)
            for stored in reversed(self._history.read_turns(conversation.id))
            if stored.turn.speaker == "person"
        ]

    def inspect_reply(self) -> Inspection:
        """Read the last reply of this conversation again, to see what the model expected.

        It tells how probable the model finds the text as a reply; a plugin chooses by more than that.

        Raises:
            MisuseError: There is no reply yet.
            ChatLSTMError: It cannot be read: no model, no such plugin any more, or no history.
        """
        turns = () if self.conversation is None else self._history.read_turns(self.conversation.id)
        return inspect_reply(turns, self.registry, self._choose_engine)

    def trace_reply(self, open_index: "Callable[[str], OriginIndex]") -> "Trace":
        """Look the last reply of this conversation up in what its checkpoint was trained on.

        Args:
            open_index: Gives the index of a checkpoint by its name and content hash.

        Raises:
            MisuseError: There is no reply yet.
            ChatLSTMError: Its checkpoint is not there any more or has no index, or there is no history.
        """
        from chatlstm.session.provenance import trace_reply  # noqa: PLC0415  # a chat begins sooner without it

        turns = () if self.conversation is None else self._history.read_turns(self.conversation.id)
        return trace_reply(turns, open_index)

    def reply(self, text: str) -> Iterator[Piece]:
        """Answer a message.

        Closing the iterator, or an interrupt while it runs, stores what was said so far.

        Args:
            text: The person's words, not blank. All are stored; the plugin is given the last
                ``MESSAGE_CHARACTERS``.

        Yields:
            Pieces of the answer; the last one has ``finish``.

        Raises:
            ValueError: ``text`` is blank or holds a lone surrogate.
            ChatLSTMError: No model could be loaded, or the plugin failed; the turn is stored.
        """
        if not text.strip():
            raise ValueError("a message needs at least one character that is not blank")
        domains = self.registry.domains.values()
        self.route = choose_route(text, domains, chosen=self.plugin, last=self._last)
        domain = self.registry.find(self.route.domain)
        conversation_id = self._keep(lambda: self._continue(domain.name))
        context = self._keep(lambda: self._history.read_context(conversation_id, CONTEXT_TURNS))
        said = self._keep(lambda: self._history.add_person_turn(conversation_id, text))
        self._stored.append(said)
        if len(text) > MESSAGE_CHARACTERS:
            _logger.warning(
                "all %s characters are stored; the model is given the last %s",
                f"{len(text):,}",
                f"{MESSAGE_CHARACTERS:,}",
            )
        request = make_request(text, context, seed=next(self.seeds), options=self.options)
        engine = self._choose_engine(domain.choose_language(request))
        recipe = Recipe(domain.name, engine.checkpoint, request.seed, request.options)
        self.recipe, self.details, self._last = recipe, {}, domain.name
        row = self._keep(lambda: self._history.begin_reply(said.id, recipe))
        self._stored.append(row)
        yield from self._record(answer(domain, request, engine), row)

    def _record(self, pieces: Iterator[Piece], row: StoredTurn) -> Iterator[Piece]:
        """Pass an answer on, storing it as it grows and as it ends."""
        begun = updated = time.monotonic()
        told, tokens = "", 0
        status: Status = "stopped"  # what closes or interrupts this is no Exception
        try:
            for piece in map(_mend_piece, pieces):
                told, tokens = told + piece.text, piece.tokens
                if piece.finish is not None:
                    self.details = _keep_details(piece.details)
                elif time.monotonic() - updated > SECONDS_BETWEEN_UPDATES:
                    updated = time.monotonic()
                    self._keep(partial(self._update, row.id, told))
                yield piece
            status = "done"
        except Exception as error:
            status, self.details = "failed", {"error": _mend(str(error))}
            raise
        finally:
            self._stored[-1] = replace(row, turn=Turn("reply", told), status=status)
            outcome = Outcome(told, status, tokens, time.monotonic() - begun, self.details)
            self._keep(lambda: self._history.end_reply(row.id, outcome))

    def _update(self, turn_id: int, text: str) -> None:
        self._history.update_reply(turn_id, text)

    def _continue(self, plugin: str) -> str:
        if self.conversation is None:
            self.conversation = self._history.start_conversation(plugin)
        return self.conversation.id

    def _keep(self, store: Callable[[], T]) -> T:
        """Store something; where the disk fails, say so once and store it in memory instead."""
        try:
            return store()
        except HistoryError as error:
            if self._in_memory:
                raise
            _logger.warning("%s", error)
            _logger.warning("The chat goes on in memory and will be lost at its end")
            self._move_to_memory()
            return store()

    def _move_to_memory(self) -> None:
        """Take the conversation, as far as it is still known, to a history in memory."""
        memory = open_memory_history()
        if self.conversation is not None:
            turns = tuple(self._stored)
            if turns:  # its parent may not be readable any more
                turns = (replace(turns[0], parent_id=None), *turns[1:])
            with suppress(HistoryError):
                turns = self._history.read_turns(self.conversation.id)
            memory.adopt_conversation(self.conversation, turns)
        self._history.close()
        self._history = memory
        self._in_memory = True


def _mend(text: str) -> str:
    """Replace lone surrogates, which nothing can store, by U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _mend_piece(piece: Piece) -> Piece:
    return replace(piece, text=_mend(piece.text))


def _keep_details(details: Mapping[str, object]) -> Mapping[str, object]:
    """Keep what can be stored: a stranger's plugin may tell what JSON does not know."""
    try:
        encode_json(details)
    except (TypeError, ValueError) as error:
        return {"error": f"the plugin's details cannot be stored: {error}"}
    return details

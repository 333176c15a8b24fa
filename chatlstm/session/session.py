"""One conversation with a person: store, route, answer, store."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TypeVar

from chatlstm.engine.api import Generator, Piece
from chatlstm.errors import MisuseError
from chatlstm.history.conversation import Conversation
from chatlstm.history.failure import NoConversationError, NoTurnError
from chatlstm.history.history import History
from chatlstm.history.state import TurnState
from chatlstm.history.turn import Outcome, Recipe, Status, StoredTurn
from chatlstm.pipeline.pipeline import answer
from chatlstm.pipeline.registry import Registry
from chatlstm.pipeline.router import Route, choose_route
from chatlstm.records import Turn
from chatlstm.session.context import READ_TURNS, place_message, recall_state, save_state
from chatlstm.session.inspection import Inspection, inspect_reply
from chatlstm.session.request import MESSAGE_CHARACTERS
from chatlstm.session.storage import Storage, keep_details, mend_piece, mend_text

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
        self.choose_engine = choose_engine
        self.seeds = seeds
        self.conversation: Conversation | None = None
        self.plugin: str | None = None
        self.options: dict[str, str] = {}
        self.route: Route | None = None
        self.recipe: Recipe | None = None
        self.details: Mapping[str, object] = {}
        self._storage = Storage(history)
        self._last: str | None = None  # the plugin that answered last in it

    @property
    def history(self) -> History:
        """Where turns are stored; after the disk has failed that is memory."""
        return self._storage.history

    def close(self) -> None:
        """Close the history."""
        self.history.close()

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
        self.conversation = None
        self.follow(())

    def resume(self, prefix: str) -> Conversation:
        """Go on with a stored conversation.

        Args:
            prefix: First characters of its id; empty for the one last spoken in.

        Raises:
            NoConversationError: There is none, or several begin so.
            HistoryError: The history cannot be read or written.
        """
        found = self.history.find_conversation(prefix) if prefix else self.history.latest_conversation()
        if found is None:
            raise NoConversationError("there is no conversation to go on with yet")
        self.conversation = self.history.resume_conversation(found.id)
        self.follow(self.read_end())
        return self.conversation

    def need_conversation(self) -> Conversation:
        """Give the conversation as it is stored now.

        Raises:
            NoConversationError: Nothing was said yet, or another program has deleted it meanwhile; then
                the next message begins another one.
        """
        if self.conversation is None:
            raise NoConversationError("this conversation has nothing in it yet; say something first")
        try:
            self.conversation = self.history.find_conversation(self.conversation.id)
        except NoConversationError:
            deleted = self.conversation.id
            self.begin_anew()
            raise NoConversationError(
                f"conversation {deleted} was deleted meanwhile; your next message begins another one"
            ) from None
        return self.conversation

    def move_to(self, turn_id: int | None) -> None:
        """Go on behind another turn of this conversation; None is before the first."""
        self.conversation = self.history.move_tip(self.need_conversation().id, turn_id)
        self.follow(self.read_end())

    def read_end(self, limit: int = READ_TURNS) -> tuple[StoredTurn, ...]:
        """Read the last turns of this conversation's current branch, oldest first; none before the first."""
        if self.conversation is None:
            return ()
        return self.history.read_turns(self.conversation.id, limit)

    def follow(self, turns: Iterable[StoredTurn]) -> None:
        """Go on behind these turns, the end of the current branch."""
        self._storage.follow(turns)
        plugins = [stored.recipe.plugin for stored in self._storage.latest if stored.recipe is not None]
        self._last = plugins[-1] if plugins else None

    def list_conversations(self, limit: int) -> tuple[Conversation, ...]:
        """List conversations, the one last spoken in first."""
        return self.history.list_conversations(limit)

    def read_last_turns(self, limit: int) -> tuple[Turn, ...]:
        """Read the last answered exchanges of this conversation, ``limit`` turns at most."""
        if self.conversation is None:
            return ()
        return self.history.read_context(self.conversation.id, limit)

    def list_messages(self, conversations: int) -> list[str]:
        """List what the person said in the latest conversations, the newest first."""
        return [
            stored.turn.text
            for conversation in self.history.list_conversations(conversations)
            for stored in reversed(self.history.read_turns(conversation.id))
            if stored.turn.speaker == "person"
        ]

    def inspect_reply(self) -> Inspection:
        """Read the last reply of this conversation again, to see what the model expected.

        It tells how probable the model finds the text as a reply; a plugin chooses by more than that.

        Raises:
            MisuseError: There is no reply yet.
            ChatLSTMError: It cannot be read: no model, no such plugin any more, or no history.
        """
        return inspect_reply(self.history, self.read_end(), self.registry, self.choose_engine)

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
        route = self._choose_route(text)
        self.registry.find(route.domain)
        said = self._keep(lambda: self._add_message(text, route.domain))
        self._storage.latest.append(said)
        if len(text) > MESSAGE_CHARACTERS:
            _logger.warning(
                "all %s characters are stored; the model is given the last %s",
                f"{len(text):,}",
                f"{MESSAGE_CHARACTERS:,}",
            )
        yield from self._answer(route, said.id, self.options)

    def answer_again(self, options: Mapping[str, str]) -> Iterator[Piece]:
        """Answer the last message again; the reply before stays beside this one.

        The plugin that answered it answers again, or the one that was chosen since.

        Args:
            options: Options of the plugin for this once, beside those that are set.

        Yields:
            Pieces of the answer, as ``reply`` does.

        Raises:
            MisuseError: There is no message yet.
            ChatLSTMError: As ``reply`` does.
        """
        self.need_conversation()
        turns = self.read_end()
        place = next((place for place in reversed(range(len(turns))) if turns[place].recipe is None), None)
        if place is None:
            raise MisuseError("there is no message to answer again; say something first")
        replies = [stored.recipe.plugin for stored in turns[place:] if stored.recipe is not None]
        if self.plugin is None and replies:
            route = Route(replies[0], "it answered before", {})
        else:
            route = self._choose_route(turns[place].turn.text)
        self.follow(turns[: place + 1])
        yield from self._answer(route, turns[place].id, {**self.options, **options})

    def _choose_route(self, text: str) -> Route:
        return choose_route(text, self.registry.domains.values(), chosen=self.plugin, last=self._last)

    def _add_message(self, text: str, plugin: str) -> StoredTurn:
        """Store a message; where its conversation was deleted meanwhile, in another one."""
        if self.conversation is not None:
            with suppress(NoConversationError):
                return self.history.add_person_turn(self.conversation.id, text)
            _logger.warning("Conversation %s was deleted meanwhile; another one begins here", self.conversation.id)
            self.begin_anew()
        self.conversation = self.history.start_conversation(plugin)
        return self.history.add_person_turn(self.conversation.id, text)

    def _answer(self, route: Route, said_id: int, options: Mapping[str, str]) -> Iterator[Piece]:
        """Answer a stored message with the plugin of a route."""
        self.route = route
        domain = self.registry.find(route.domain)
        turns = self._keep(lambda: self.history.read_end(said_id, READ_TURNS + 1))
        message = place_message(turns or (self._storage.latest[-1],))  # deleted meanwhile: the next step tells
        request = message.request(seed=next(self.seeds), options=options)
        engine = self.choose_engine(domain.choose_language(request))
        request = self._keep(lambda: recall_state(self.history, message, request, domain, engine))
        recipe = Recipe(domain.name, engine.checkpoint, request.seed, request.options)
        self.recipe, self.details, self._last = recipe, {}, domain.name
        row = self._keep(lambda: self.history.begin_reply(said_id, recipe))
        self._storage.latest.append(row)
        save = partial(save_state, domain, request, engine)
        yield from self._record(answer(domain, request, engine), row, save)

    def _record(
        self, pieces: Iterator[Piece], row: StoredTurn, save: Callable[[str], TurnState | None]
    ) -> Iterator[Piece]:
        """Pass an answer on, storing it as it grows and as it ends."""
        begun = updated = time.monotonic()
        told, tokens = "", 0
        status: Status = "stopped"  # what closes or interrupts this is no Exception
        try:
            for piece in map(mend_piece, pieces):
                told, tokens = told + piece.text, piece.tokens
                if piece.finish is not None:
                    self.details = keep_details(piece.details)
                elif time.monotonic() - updated > SECONDS_BETWEEN_UPDATES:
                    updated = time.monotonic()
                    self._keep(partial(self._update, row.id, told))
                yield piece
            status = "done"
        except Exception as error:
            status, self.details = "failed", {"error": mend_text(str(error))}
            raise
        finally:
            self._storage.latest[-1] = replace(row, turn=Turn("reply", told), status=status)
            outcome = Outcome(told, status, tokens, time.monotonic() - begun, self.details)
            state = None if status == "failed" else save(told)
            self._keep(lambda: self._end(row.id, outcome, state))

    def _update(self, turn_id: int, text: str) -> None:
        with suppress(NoTurnError):  # forgotten meanwhile, as its end will tell
            self.history.update_reply(turn_id, text)

    def _end(self, turn_id: int, outcome: Outcome, state: TurnState | None) -> None:
        try:
            self.history.end_reply(turn_id, outcome, state)
        except NoTurnError:
            _logger.warning("Another program has deleted this reply meanwhile; it is not stored")

    def _keep(self, store: Callable[[], T]) -> T:
        return self._storage.keep(store, lambda: self.conversation)

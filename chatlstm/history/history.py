"""The history: every conversation and every turn, stored before anything is answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Self

from chatlstm.history import rows
from chatlstm.history.conversation import (
    Conversation,
    choose_conversation,
    count_microseconds,
    make_id,
    make_title,
    utc_now,
)
from chatlstm.history.database import Database
from chatlstm.history.tables import select_branch
from chatlstm.history.turn import (
    Outcome,
    Recipe,
    StoredTurn,
    check_text,
    encode_json,
    keep_exchanges,
)
from chatlstm.records import Turn


class History:
    """Conversations in a database; a method that writes returns once it is on the disk.

    Each method raises ``HistoryError`` where the database cannot be read or written. Then
    nothing of that call was stored, and everything before it is.

    Args:
        database: An open database; the history closes it.
        clock: Tells the time, with its zone.

    Example:
        >>> from chatlstm.history.opening import open_memory_history
        >>> with open_memory_history() as history:
        ...     conversation = history.start_conversation("dialogue")
        ...     said = history.add_person_turn(conversation.id, "Hello.")
        ...     reply = history.begin_reply(said.id, Recipe("dialogue", "en@1f0c9a2b", seed=7))
        ...     history.end_reply(reply.id, Outcome("Hi, how are you?"))
        ...     [turn.text for turn in history.read_context(conversation.id, limit=8)]
        ['Hello.', 'Hi, how are you?']
    """

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def start_conversation(self, plugin: str) -> Conversation:
        """Begin a conversation; lists show it once it has a turn.

        Args:
            plugin: Name of the plugin that will answer.

        Returns:
            The conversation, with a new id.
        """
        now = self._clock()
        with self._database.write() as connection:
            attempt = 0
            while rows.find_conversation(connection, make_id(now, attempt)):
                attempt += 1
            conversation = Conversation(make_id(now, attempt), "", plugin, None, now, now)
            rows.insert_conversation(connection, conversation)
        return conversation

    def add_person_turn(self, conversation_id: str, text: str) -> StoredTurn:
        """Store what the person said behind the current tip, and make it the tip.

        Args:
            conversation_id: The conversation.
            text: The person's words; the first ones give the conversation its title.

        Returns:
            The stored turn.

        Raises:
            NoConversationError: No conversation has this id.
            ValueError: The text holds a lone surrogate.
        """
        said, now = Turn("person", check_text(text)), self._clock()
        with self._database.write() as connection:
            conversation = rows.need_conversation(connection, conversation_id)
            new = StoredTurn(
                rows.UNNUMBERED, conversation.id, conversation.tip_id, said, "done", now, now
            )
            stored = rows.insert_turn(connection, new)
            titled = replace(conversation, title=conversation.title or make_title(text))
            rows.move_tip(connection, stored, titled)
        return stored

    def begin_reply(self, person_turn_id: int, recipe: Recipe) -> StoredTurn:
        """Store that a reply is being drawn, before its first token, and make it the tip.

        A second reply to the same turn becomes a sibling of the first.

        Args:
            person_turn_id: The turn that is answered.
            recipe: What the reply is made from.

        Returns:
            The stored turn: pending, without text.

        Raises:
            ValueError: No turn has this id, or an option holds a lone surrogate.
        """
        now = self._clock()
        with self._database.write() as connection:
            answered = rows.need_turn(connection, person_turn_id)
            conversation = rows.need_conversation(connection, answered.conversation_id)
            new = StoredTurn(
                id=rows.UNNUMBERED,
                conversation_id=conversation.id,
                parent_id=answered.id,
                turn=Turn("reply", ""),
                status="pending",
                created=now,
                updated=now,
                recipe=recipe,
            )
            stored = rows.insert_turn(connection, new)
            rows.move_tip(connection, stored, replace(conversation, plugin=recipe.plugin))
        return stored

    def update_reply(self, turn_id: int, text: str) -> None:
        """Store how far a reply has come, so that a killed process leaves that much.

        Args:
            turn_id: The reply.
            text: All of it so far.

        Raises:
            ValueError: No turn has this id, or the text holds a lone surrogate.
        """
        self._change_turn(turn_id, {"text": check_text(text)})

    def end_reply(self, turn_id: int, outcome: Outcome) -> None:
        """Store how a reply ended.

        Args:
            turn_id: The reply.
            outcome: Its text, status and figures.

        Raises:
            ValueError: No turn has this id, or a text holds a lone surrogate.
        """
        values: dict[str, str | int | float] = {
            "text": check_text(outcome.text),
            "status": outcome.status,
            "tokens": outcome.tokens,
            "seconds": outcome.seconds,
            "details": encode_json(outcome.details),
        }
        self._change_turn(turn_id, values)

    def resume_conversation(self, conversation_id: str) -> Conversation:
        """Open a conversation again: replies a killed process left pending become stopped.

        Their text stays. A reply that another session is drawing meanwhile ends as it will:
        its ``end_reply`` has the last word.

        Args:
            conversation_id: The conversation.

        Returns:
            The conversation.

        Raises:
            NoConversationError: No conversation has this id.
        """
        with self._database.write() as connection:
            conversation = rows.need_conversation(connection, conversation_id)
            rows.stop_replies(connection, conversation_id)
        return conversation

    def adopt_conversation(self, conversation: Conversation, turns: Sequence[StoredTurn]) -> None:
        """Take over a conversation from another history, ids and all.

        So a chat goes on in memory where its file cannot be written any more.

        Args:
            conversation: One this history does not hold.
            turns: Its current branch, oldest first, as ``read_turns`` gives it.

        Example:
            >>> from chatlstm.history.opening import open_memory_history
            >>> with open_memory_history() as lost, open_memory_history() as history:
            ...     conversation = lost.start_conversation("dialogue")
            ...     said = lost.add_person_turn(conversation.id, "Hello.")
            ...     history.adopt_conversation(conversation, lost.read_turns(conversation.id))
            ...     history.read_turns(conversation.id) == (said,)
            True
        """
        if turns:
            title = conversation.title or make_title(turns[0].turn.text)
            conversation = replace(conversation, tip_id=turns[-1].id, title=title)
        with self._database.write() as connection:
            rows.insert_conversation(connection, conversation)
            for turn in turns:
                rows.insert_turn(connection, turn)

    def find_conversation(self, prefix: str) -> Conversation:
        """Find the one conversation whose id begins so.

        Args:
            prefix: An id, or its first characters, in either case.

        Returns:
            The conversation.

        Raises:
            NoConversationError: None or several begin so; the message names some.
        """
        with self._database.read() as connection:
            matches = rows.find_conversations(connection, prefix.strip().lower(), limit=6)
            latest = rows.list_conversations(connection, limit=5)
        return choose_conversation(prefix, matches, latest)

    def latest_conversation(self) -> Conversation | None:
        """Find the conversation that was last spoken in.

        Returns:
            The conversation; None where nothing was said yet.
        """
        return next(iter(self.list_conversations(limit=1)), None)

    def list_conversations(self, limit: int) -> tuple[Conversation, ...]:
        """List the conversations in which something was said.

        Args:
            limit: How many at most, ``>= 0``.

        Returns:
            The conversations, the one last spoken in first.
        """
        with self._database.read() as connection:
            return rows.list_conversations(connection, limit)

    def read_turns(self, conversation_id: str) -> tuple[StoredTurn, ...]:
        """Read the current branch of a conversation.

        Args:
            conversation_id: The conversation.

        Returns:
            Its turns from the first to the tip, replies that failed among them.

        Raises:
            NoConversationError: No conversation has this id.
        """
        return self._read_branch(conversation_id, limit=None)

    def read_context(self, conversation_id: str, limit: int) -> tuple[Turn, ...]:
        """Read what a plugin is shown of a conversation: its last answered exchanges.

        Turns whose reply failed, is blank or is not there yet are left out, so the speakers
        alternate. The cost follows ``limit``, not the length of the conversation: twice as many
        turns are looked at, from the tip back.

        Args:
            conversation_id: The conversation.
            limit: How many turns at most, ``>= 0``.

        Returns:
            Turns, oldest first: pairs of a person's turn and the reply to it.

        Raises:
            NoConversationError: No conversation has this id.
        """
        return keep_exchanges(self._read_branch(conversation_id, 2 * limit + 2), limit)

    def _read_branch(self, conversation_id: str, limit: int | None) -> tuple[StoredTurn, ...]:
        with self._database.read() as connection:
            rows.need_conversation(connection, conversation_id)
            branch = connection.execute(select_branch(conversation_id, limit))
            return tuple(rows.read_turn(row) for row in branch)

    def _change_turn(self, turn_id: int, values: Mapping[str, str | int | float]) -> None:
        now = count_microseconds(self._clock())
        with self._database.write() as connection:
            rows.change_turn(connection, turn_id, {**values, "updated": now})

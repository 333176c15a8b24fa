"""The history: every conversation and every turn, stored before anything is answered."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from chatlstm.history import conversation_rows, deletion, turn_rows
from chatlstm.history.archive import Archive, insert_archive
from chatlstm.history.conversation import (
    Conversation,
    count_microseconds,
    make_title,
    utc_now,
)
from chatlstm.history.database import Database
from chatlstm.history.failure import NoTurnError
from chatlstm.history.feedback import Feedback
from chatlstm.history.reader import HistoryReader
from chatlstm.history.state import TurnState, write_state
from chatlstm.history.turn import Outcome, Recipe, StoredTurn, check_text
from chatlstm.records import Turn


class History(HistoryReader):
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
        super().__init__(database)
        self._clock = clock

    def start_conversation(self, plugin: str) -> Conversation:
        """Begin a conversation; lists show it once it has a turn.

        Args:
            plugin: Name of the plugin that will answer.

        Returns:
            The conversation, with a new id.
        """
        now = self._clock()
        with self._database.write() as connection:
            new_id = conversation_rows.find_free_id(connection, now)
            conversation = Conversation(new_id, "", plugin, None, now, now)
            conversation_rows.insert_conversation(connection, conversation)
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
            conversation = conversation_rows.need_conversation(connection, conversation_id)
            new = StoredTurn(
                turn_rows.UNNUMBERED, conversation.id, conversation.tip_id, said, "done", now, now
            )
            stored = turn_rows.insert_turn(connection, new)
            titled = replace(conversation, title=conversation.title or make_title(text))
            conversation_rows.move_tip(connection, stored, titled)
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
            NoTurnError: No turn has this id.
            ValueError: An option holds a lone surrogate.
        """
        now = self._clock()
        with self._database.write() as connection:
            answered = turn_rows.need_turn(connection, person_turn_id)
            conversation = conversation_rows.need_conversation(connection, answered.conversation_id)
            new = StoredTurn(
                id=turn_rows.UNNUMBERED,
                conversation_id=conversation.id,
                parent_id=answered.id,
                turn=Turn("reply", ""),
                status="pending",
                created=now,
                updated=now,
                recipe=recipe,
            )
            stored = turn_rows.insert_turn(connection, new)
            conversation_rows.move_tip(connection, stored, replace(conversation, plugin=recipe.plugin))
        return stored

    def update_reply(self, turn_id: int, text: str) -> None:
        """Store how far a reply has come, so that a killed process leaves that much.

        Args:
            turn_id: The reply.
            text: All of it so far.

        Raises:
            NoTurnError: No turn has this id.
            ValueError: The text holds a lone surrogate.
        """
        now = count_microseconds(self._clock())
        with self._database.write() as connection:
            turn_rows.change_turn(connection, turn_id, {"text": check_text(text), "updated": now})

    def end_reply(self, turn_id: int, outcome: Outcome, state: TurnState | None = None) -> None:
        """Store how a reply ended; from now on search finds it.

        Args:
            turn_id: The reply.
            outcome: Its text, status and figures.
            state: The model's state behind it.

        Raises:
            NoTurnError: No turn has this id.
            ValueError: A text holds a lone surrogate.
        """
        with self._database.write() as connection:
            turn_rows.end_reply(connection, turn_id, outcome, self._clock())
            if state is not None:
                write_state(connection, turn_id, state)

    def set_feedback(self, turn_id: int, feedback: Feedback | None) -> None:
        """Store what the person thinks of a reply, in place of what was told before.

        Args:
            turn_id: The reply.
            feedback: The judgement; None takes it back.

        Raises:
            NoTurnError: No turn has this id, or the person said it.
            ValueError: The correction holds a lone surrogate.
        """
        if feedback is not None:
            check_text(feedback.correction or "")
        with self._database.write() as connection:
            if turn_rows.need_turn(connection, turn_id).turn.speaker != "reply":
                raise NoTurnError(f"turn {turn_id} is no reply; only replies are judged")
            turn_rows.write_feedback(connection, turn_id, feedback)

    def move_tip(self, conversation_id: str, turn_id: int | None) -> Conversation:
        """Let a conversation go on behind another of its turns; nothing is changed or lost by it.

        Args:
            conversation_id: The conversation.
            turn_id: The turn that the next one will follow; None for before the first.

        Returns:
            The conversation with its new tip.

        Raises:
            NoConversationError: No conversation has this id.
            NoTurnError: It has no such turn.
        """
        with self._database.write() as connection:
            conversation_rows.need_conversation(connection, conversation_id)
            if turn_id is not None:
                turn = turn_rows.need_turn(connection, turn_id)
                if turn.conversation_id != conversation_id:
                    raise NoTurnError(f"conversation {conversation_id} has no turn {turn_id}")
            conversation_rows.set_tip(connection, conversation_id, turn_id)
            return conversation_rows.need_conversation(connection, conversation_id)

    def rename_conversation(self, conversation_id: str, title: str) -> Conversation:
        """Give a conversation another title.

        Args:
            conversation_id: The conversation.
            title: What lists shall show; it is made one line of 60 characters at most.

        Returns:
            The conversation with its new title.

        Raises:
            NoConversationError: No conversation has this id.
            ValueError: The title is blank, or holds a lone surrogate.
        """
        line = make_title(check_text(title))
        if not line:
            raise ValueError("a title needs at least one character that is not blank")
        with self._database.write() as connection:
            conversation_rows.need_conversation(connection, conversation_id)
            conversation_rows.set_title(connection, conversation_id, line)
            return conversation_rows.need_conversation(connection, conversation_id)

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
            conversation = conversation_rows.need_conversation(connection, conversation_id)
            turn_rows.stop_replies(connection, conversation_id)
        return conversation

    def adopt_conversation(self, conversation: Conversation, turns: Sequence[StoredTurn]) -> None:
        """Take over a conversation from another history, ids and all.

        So a chat goes on in memory where its file cannot be written any more.

        Args:
            conversation: One this history does not hold.
            turns: Its current branch, oldest first, as ``read_turns`` gives it.
        """
        if turns:
            title = conversation.title or make_title(turns[0].turn.text)
            conversation = replace(conversation, tip_id=turns[-1].id, title=title)
        with self._database.write() as connection:
            conversation_rows.insert_conversation(connection, conversation)
            for turn in turns:
                turn_rows.insert_turn(connection, turn)

    def add_archives(self, archives: Sequence[Archive]) -> tuple[Conversation, ...]:
        """Take in conversations that were exported, all or none.

        Args:
            archives: The conversations; one whose id is taken gets a new id.

        Returns:
            The conversations as they are stored.
        """
        with self._database.write() as connection:
            return tuple(insert_archive(connection, archive) for archive in archives)

    def delete_conversations(self, ids: Sequence[str]) -> str:
        """Delete conversations for good: their text stands in no file of the history any more.

        Args:
            ids: Whole ids.

        Returns:
            What still stands where and why, in a sentence; empty where nothing does.

        Raises:
            NoConversationError: There is no such conversation; then none is deleted.
        """
        with self._database.write() as connection:
            deletion.delete_conversations(connection, ids)
        return deletion.purge(self._database)

    def forget_turn(self, turn_id: int) -> str:
        """Delete a turn, and all that follows it, for good.

        The conversation goes on behind the turn before it; one that has no turn left is deleted.

        Args:
            turn_id: The turn.

        Returns:
            What still stands where and why, in a sentence; empty where nothing does.

        Raises:
            NoTurnError: No turn has this id.
        """
        with self._database.write() as connection:
            deletion.forget_turn(connection, turn_id)
        return deletion.purge(self._database)

"""What can be read of the history."""

from collections.abc import Iterator, Sequence
from typing import Self

from sqlalchemy import select

from chatlstm.history import branches, conversation_rows, state, turn_rows
from chatlstm.history.archive import Archive, number_turns
from chatlstm.history.conversation import Conversation, choose_conversation
from chatlstm.history.database import Database
from chatlstm.history.exchange import MarkedExchange
from chatlstm.history.failure import NoTurnError
from chatlstm.history.search import Match, find_matches
from chatlstm.history.tables import FEEDBACK, select_branch, select_branch_to
from chatlstm.history.turn import StoredTurn, keep_exchanges
from chatlstm.records import Turn


class HistoryReader:
    """Conversations in a database, to look at.

    Each method raises ``HistoryError`` where the database cannot be read.

    Args:
        database: An open database; the reader closes it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._database.close()

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
            matches = conversation_rows.find_conversations(connection, prefix.strip().lower(), limit=6)
            latest = conversation_rows.list_conversations(connection, limit=5)
        return choose_conversation(prefix, matches, latest)

    def latest_conversation(self) -> Conversation | None:
        """Find the conversation that was last spoken in.

        Returns:
            The conversation; None where nothing was said yet.
        """
        return next(iter(self.list_conversations(limit=1)), None)

    def list_conversations(self, limit: int | None = None) -> tuple[Conversation, ...]:
        """List the conversations in which something was said.

        Args:
            limit: How many at most, ``>= 0``; None lists all.

        Returns:
            The conversations, the one last spoken in first.
        """
        with self._database.read() as connection:
            return conversation_rows.list_conversations(connection, limit)

    def read_turns(self, conversation_id: str, limit: int | None = None) -> tuple[StoredTurn, ...]:
        """Read the current branch of a conversation, or its end.

        Args:
            conversation_id: The conversation.
            limit: How many turns at most, ``>= 1``; the cost follows it. None reads all.

        Returns:
            Its turns to the tip, oldest first, replies that failed among them.

        Raises:
            NoConversationError: No conversation has this id.
        """
        with self._database.read() as connection:
            conversation_rows.need_conversation(connection, conversation_id)
            branch = connection.execute(select_branch(conversation_id, limit))
            return tuple(turn_rows.read_turn(row) for row in branch)

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
        return keep_exchanges(self.read_turns(conversation_id, 2 * limit + 2), limit)

    def read_tree(self, conversation_id: str) -> tuple[StoredTurn, ...]:
        """Read all branches of a conversation.

        Args:
            conversation_id: The conversation.

        Returns:
            Every turn, the oldest first, so that a parent stands before its children.

        Raises:
            NoConversationError: No conversation has this id.
        """
        with self._database.read() as connection:
            conversation_rows.need_conversation(connection, conversation_id)
            return branches.find_tree(connection, conversation_id)

    def read_siblings(self, turn_id: int) -> tuple[StoredTurn, ...]:
        """Read the turns that stand where this one does: the other replies to the same words.

        Args:
            turn_id: One of them.

        Returns:
            All of them, the oldest first, this one among them.

        Raises:
            NoTurnError: No turn has this id.
        """
        with self._database.read() as connection:
            return branches.find_siblings(connection, turn_rows.need_turn(connection, turn_id))

    def find_branch_end(self, turn_id: int) -> int:
        """Find where a branch goes on to: the latest turn behind this one that nothing follows.

        Args:
            turn_id: A turn, such as the sibling a person switches to.

        Returns:
            That turn's id; the turn's own where nothing follows it.

        Raises:
            NoTurnError: No turn has this id.
        """
        with self._database.read() as connection:
            end = branches.find_branch_end(connection, turn_id)
        if end is None:
            raise NoTurnError(f"no turn has the id {turn_id}")
        return end

    def read_end(self, turn_id: int, limit: int) -> tuple[StoredTurn, ...]:
        """Read the end of the branch that leads to a turn; the cost follows ``limit``.

        Args:
            turn_id: The turn.
            limit: How many turns at most, ``>= 1``.

        Returns:
            Turns, oldest first, this one the last; none where it is not there.
        """
        with self._database.read() as connection:
            return tuple(map(turn_rows.read_turn, connection.execute(select_branch_to(turn_id, limit))))

    def find_state(self, turn_ids: Sequence[int], *, checkpoint: str, dtype: str) -> tuple[int, bytes] | None:
        """Find the model's state behind the latest of some turns that has one.

        Args:
            turn_ids: Turns of one branch.
            checkpoint: Name and hash of the checkpoint that is to go on.
            dtype: Its precision.

        Returns:
            The turn and the state behind it; None where no turn has one of this checkpoint and precision.
        """
        with self._database.read() as connection:
            return state.find_latest(connection, turn_ids, checkpoint=checkpoint, dtype=dtype)

    def read_marked(self, context_turns: int) -> Iterator[MarkedExchange]:
        """Read the exchanges whose reply has feedback, for training.

        Args:
            context_turns: How many turns before each to give at most, ``>= 0``.

        Yields:
            The exchanges, the oldest reply first.
        """
        with self._database.read() as connection:
            marked = connection.execute(select(FEEDBACK.c.turn_id).order_by(FEEDBACK.c.turn_id))
            ids = marked.scalars().all()
        for reply_id in ids:
            with self._database.read() as connection:
                branch = connection.execute(select_branch_to(reply_id, 2 * context_turns + 4))
                turns = tuple(map(turn_rows.read_turn, branch))
            if len(turns) > 1 and turns[-2].turn.speaker == "person":  # else forgotten meanwhile
                context = keep_exchanges(turns[:-2], context_turns)
                yield MarkedExchange(context, turns[-2].turn.text, turns[-1])

    def search(self, typed: str, limit: int) -> tuple[Match, ...]:
        """Find the turns that hold what a person typed.

        Args:
            typed: Words, of which all must occur; quoted ones, and Chinese, as they are.
            limit: How many at most, ``>= 0``.

        Returns:
            The matches, the one stored last first.
        """
        with self._database.read() as connection:
            return find_matches(connection, typed, limit)

    def read_archive(self, conversation_id: str) -> Archive:
        """Read all there is of a conversation: its tree, feedback and states.

        Args:
            conversation_id: The conversation.

        Returns:
            The conversation, its turns numbered from 1.

        Raises:
            NoConversationError: No conversation has this id.
        """
        with self._database.read() as connection:
            conversation = conversation_rows.need_conversation(connection, conversation_id)
            turns = branches.find_tree(connection, conversation_id)
            states = state.find_states(connection, conversation_id)
        return number_turns(Archive(conversation, turns, states))

"""Moving about in the tree of a conversation: nothing is overwritten, and only ``forget`` deletes."""

from contextlib import suppress

from chatlstm.errors import MisuseError
from chatlstm.history.archive import cut_branch
from chatlstm.history.conversation import Conversation, utc_now
from chatlstm.history.failure import NoConversationError
from chatlstm.history.feedback import Feedback, Mark
from chatlstm.history.turn import StoredTurn
from chatlstm.session.session import Session


def find_message(session: Session, number: int) -> StoredTurn:
    """Find a message of the person on the current branch.

    Args:
        session: The conversation.
        number: From 1, the first; or from -1, the last, back.

    Returns:
        The message.

    Raises:
        NoConversationError: There is no conversation.
        MisuseError: It has no such message.
    """
    said = list_messages(session)
    if not 0 < abs(number) <= len(said):
        told = f"has {len(said)} message{'s' * (len(said) != 1)} of yours" if said else "stands before its first turn"
        raise MisuseError(f"there is no message {abs(number)}: this branch {told}; /tree shows all there is")
    return said[number - 1 if number > 0 else number]


def list_messages(session: Session) -> list[StoredTurn]:
    """List what the person said on the current branch, oldest first."""
    turns = session.history.read_turns(session.need_conversation().id)
    return [stored for stored in turns if stored.turn.speaker == "person"]


def undo(session: Session, count: int) -> StoredTurn:
    """Go back before the last messages; they stay on their branch.

    Args:
        session: The conversation.
        count: How many messages, with the replies to them, ``>= 1``.

    Returns:
        The first of them.

    Raises:
        MisuseError: There are not so many.
    """
    said = find_message(session, -count)
    session.move_to(said.parent_id)
    return said


def fork(session: Session, number: int | None) -> Conversation:
    """Go on in a conversation of its own that begins as this one, which stays as it is.

    Args:
        session: The conversation.
        number: Up to the reply to which message, from 1; None takes the whole branch.

    Returns:
        The new conversation.

    Raises:
        MisuseError: There is no such message.
    """
    conversation = session.need_conversation()
    turns = session.history.read_turns(conversation.id)
    end = len(turns)
    if number is not None:
        said = find_message(session, number)
        place = next(place for place, stored in enumerate(turns) if stored.id == said.id)
        people = (n for n in range(place + 1, end) if turns[n].turn.speaker == "person")
        end = next(people, end)
    if not end:
        raise MisuseError("this branch stands before its first turn; /tree shows all there is")
    archive = session.history.read_archive(conversation.id)
    ids = sorted(stored.id for stored in session.history.read_tree(conversation.id))
    branch = cut_branch(archive, ids.index(turns[end - 1].id) + 1, now=utc_now())
    (copied,) = session.history.add_archives([branch])
    return session.resume(copied.id)


def switch(session: Session, number: int) -> StoredTurn:
    """Go on at another turn: at the end of its branch, or, where it is on this one, behind it.

    Args:
        session: The conversation.
        number: Of the turn, from 1, as the tree numbers them.

    Returns:
        The turn behind which it goes on.

    Raises:
        MisuseError: There is no such turn.
    """
    conversation = session.need_conversation()
    tree = session.history.read_tree(conversation.id)
    if not 1 <= number <= len(tree):
        raise MisuseError(f"there is no turn {number}; /tree numbers them from 1 to {len(tree)}")
    target = tree[number - 1].id
    if target not in {stored.id for stored in session.history.read_turns(conversation.id)}:
        target = session.history.find_branch_end(target)
    session.move_to(target)
    return next(stored for stored in tree if stored.id == target)


def count_following(session: Session, turn: StoredTurn) -> int:
    """Count the turns behind one, on all branches."""
    following = {turn.id}
    for stored in session.history.read_tree(turn.conversation_id):  # a parent stands before its children
        if stored.parent_id in following:
            following.add(stored.id)
    return len(following) - 1


def forget(session: Session, turn: StoredTurn | None) -> str:
    """Delete a turn and all that follows it, or the whole conversation, for good.

    Args:
        session: The conversation.
        turn: The turn; None is the whole conversation.

    Returns:
        What still stands where and why, in a sentence; empty where nothing does.
    """
    conversation = session.need_conversation()
    if turn is None:
        remains = session.history.delete_conversations([conversation.id])
    else:
        remains = session.history.forget_turn(turn.id)
    with suppress(NoConversationError):  # nothing is left of it
        session.need_conversation()
        session.follow(session.read_end())
    return remains


def judge(session: Session, *, mark: Mark | None = None, correction: str | None = None) -> StoredTurn:
    """Store what the person thinks of the last reply; what was told before of the other kind stays.

    Args:
        session: The conversation.
        mark: ``"good"`` or ``"bad"``.
        correction: What the reply should have been.

    Returns:
        The reply.

    Raises:
        MisuseError: There is no reply.
    """
    session.need_conversation()
    replies = [stored for stored in session.read_end() if stored.recipe is not None]
    if not replies:
        raise MisuseError("there is no reply to judge yet; say something first")
    before = replies[-1].feedback
    if before is not None:
        mark, correction = mark or before.mark, correction or before.correction
    session.history.set_feedback(replies[-1].id, Feedback(mark, correction))
    return replies[-1]

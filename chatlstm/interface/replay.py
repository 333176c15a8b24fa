"""``chatlstm history replay``: draws a stored reply again, and tells whether it is the same to the byte."""

from chatlstm.errors import MisuseError
from chatlstm.history.history import History
from chatlstm.history.turn import StoredTurn
from chatlstm.interface.assemble import assemble_registry, engine_loader
from chatlstm.interface.conversations import look_into_history
from chatlstm.interface.output import say, show_json
from chatlstm.session.replay import Replay, replay_reply


def run_replay(prefix: str, number: int | None, *, as_json: bool) -> int:
    """Draw a stored reply again.

    Args:
        prefix: First characters of the conversation's id.
        number: Of the reply, as the tree numbers turns; None is the last one of the current branch.
        as_json: Print JSON.

    Returns:
        The exit code: 1 where it is another one.

    Raises:
        NoConversationError: There is no such conversation.
        MisuseError: There is no such reply.
        MissingError: Its plugin or its checkpoint is not there any more.
    """
    with look_into_history() as kept:
        place, stored = find_reply(kept, kept.find_conversation(prefix).id, number)
        replay = replay_reply(kept, stored, assemble_registry(), lambda name: engine_loader(name, None)())
    if as_json:
        show_json(describe_replay(place, replay))
    else:
        say(tell_replay(place, replay))
    return 0 if replay.is_same else 1


def find_reply(kept: History, conversation_id: str, number: int | None) -> tuple[int, StoredTurn]:
    """Find a reply and its number in the tree.

    Raises:
        MisuseError: There is no such turn, or it is the person's.
    """
    tree = kept.read_tree(conversation_id)
    if number is not None:
        if number > len(tree):
            raise MisuseError(f"there is no turn {number}; the conversation has {len(tree)}")
        stored = tree[number - 1]
    else:
        branch = [each for each in kept.read_turns(conversation_id) if each.recipe is not None]
        if not branch:
            raise MisuseError(f"the current branch of {conversation_id} has no reply")
        stored = branch[-1]
    if stored.recipe is None:
        raise MisuseError(f"turn {number} is what you said; 'history show {conversation_id} --tree' numbers replies")
    return next(place for place, each in enumerate(tree, start=1) if each.id == stored.id), stored


def describe_replay(place: int, replay: Replay) -> dict[str, object]:
    """Lay out what ``--json`` prints of a replay."""
    recipe = replay.stored.recipe
    return {
        "conversation": replay.stored.conversation_id,
        "turn": place,
        "recipe": recipe and {**vars(recipe), "options": dict(recipe.options)},
        "stored": replay.stored.turn.text,
        "replayed": replay.text,
        "same": replay.is_same,
        "same_bytes": replay.same_bytes,
        "read_from_state": replay.read,
    }


def tell_replay(place: int, replay: Replay) -> str:
    """Tell in a few lines how a reply was drawn again, and what came of it."""
    stored = replay.stored
    how = f"behind a stored state of {replay.read} turns" if replay.read else "its context read anew"
    made = f"{stored.recipe.plugin}, {stored.recipe.checkpoint}, seed {stored.recipe.seed}, " if stored.recipe else ""
    if replay.is_same:
        size = len(stored.turn.text.encode())
        return f"{replay.text}\n\nturn {place} is the same to the byte, all {size:,} of them ({made}{how})"
    return (
        f"then: {stored.turn.text}\n now: {replay.text}\n\nturn {place} is another one from "
        f"byte {replay.same_bytes + 1:,} on ({made}{how})"
    )

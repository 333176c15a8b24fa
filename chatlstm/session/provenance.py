"""Which passages of the last reply stand in what its checkpoint was trained on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chatlstm.history.turn import StoredTurn
from chatlstm.pipeline.origins import OriginIndex
from chatlstm.pipeline.provenance import Provenance, find_passages
from chatlstm.session.inspection import find_last_reply


@dataclass(frozen=True)
class Trace:
    """What was found of a reply.

    Args:
        plugin: Name of the plugin that answered.
        checkpoint: Name and content hash of the checkpoint that wrote the reply.
        index: That of its training text.
        found: What was found.
    """

    plugin: str
    checkpoint: str
    index: OriginIndex
    found: Provenance


def trace_reply(turns: Sequence[StoredTurn], open_index: Callable[[str], OriginIndex]) -> Trace:
    """Look the last reply of a conversation up, as it stands, in what its checkpoint was trained on.

    Args:
        turns: The conversation, oldest first.
        open_index: Gives the index of a checkpoint by its name and content hash.

    Raises:
        MisuseError: There is no reply with a word in it.
        ChatLSTMError: The checkpoint is not there any more, or has no index.
    """
    _, recipe, reply = find_last_reply(turns)
    index = open_index(recipe.checkpoint)
    return Trace(recipe.plugin, recipe.checkpoint, index, find_passages(index, reply))

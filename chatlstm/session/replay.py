"""A stored reply, drawn once more from all it was made of."""

from collections.abc import Callable
from dataclasses import dataclass

from chatlstm.engine.api import Generator
from chatlstm.errors import MissingError, MisuseError
from chatlstm.history.reader import HistoryReader
from chatlstm.history.turn import StoredTurn
from chatlstm.pipeline.pipeline import answer
from chatlstm.pipeline.registry import Registry
from chatlstm.session.context import READ_TURNS, place_message, recall_state
from chatlstm.session.storage import mend_text


@dataclass(frozen=True)
class Replay:
    """A reply and what it became this time.

    Args:
        stored: The reply as it is stored.
        text: What was drawn now; of a reply that was stopped, as much as was kept then.
        read: How many turns of the context a stored state had read; 0 where the window was replayed.
    """

    stored: StoredTurn
    text: str
    read: int

    @property
    def same_bytes(self) -> int:
        """How many bytes are the same, from the beginning."""
        then, now = self.stored.turn.text.encode(), self.text.encode()
        pairs = enumerate(zip(then, now, strict=False))
        return next((place for place, (one, other) in pairs if one != other), min(len(then), len(now)))

    @property
    def is_same(self) -> bool:
        """Whether it is the same to the byte."""
        return self.text == self.stored.turn.text


def replay_reply(
    history: HistoryReader, stored: StoredTurn, registry: Registry, load: Callable[[str], Generator]
) -> Replay:
    """Draw a stored reply again from its message, context, state, options, seed and checkpoint.

    Args:
        history: Where it is stored; nothing is written.
        stored: The reply.
        registry: The plugins.
        load: Loads the checkpoint of a name, such as ``"en"``.

    Returns:
        The reply and what it is now.

    Raises:
        MisuseError: It is no reply that was drawn to its end, or stopped.
        MissingError: Its plugin or its very checkpoint is not there any more.
        ChatLSTMError: The plugin failed.
    """
    recipe = stored.recipe
    if recipe is None or stored.status not in ("done", "stopped"):
        raise MisuseError("only a reply that came to its end, or was stopped, can be replayed")
    domain = registry.find(recipe.plugin)
    engine = load(recipe.checkpoint.partition("@")[0])
    if engine.checkpoint != recipe.checkpoint:
        raise MissingError(f"this reply was drawn with {recipe.checkpoint}; what is here is {engine.checkpoint}")
    message = place_message(history.read_end(stored.id, READ_TURNS + 2)[:-1])
    request = message.request(seed=recipe.seed, options=recipe.options)
    request = recall_state(history, message, request, domain, engine)
    text = mend_text("".join(piece.text for piece in answer(domain, request, engine)))
    if stored.status == "stopped":
        text = text[: len(stored.turn.text)]
    return Replay(stored, text, request.read)

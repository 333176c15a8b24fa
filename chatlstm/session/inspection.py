"""The last reply, read again by the model that answers such messages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from chatlstm.engine.api import Generator, Reading
from chatlstm.errors import MisuseError
from chatlstm.history.reader import HistoryReader
from chatlstm.history.turn import Recipe, StoredTurn
from chatlstm.pipeline.pipeline import read_window, retrace
from chatlstm.pipeline.registry import Registry
from chatlstm.session.context import Message, place_message, recall_state

READ_TOKENS = 2_000


@dataclass(frozen=True)
class Inspection:
    """A reply as the model reads it, behind what was said.

    Args:
        plugin: Name of the plugin that answered.
        checkpoint: Name and content hash of the checkpoint that read it.
        readings: Part by part, the last one that of the turn's end.
        skipped: How many tokens before the first reading were read unseen: those of a very long reply.
    """

    plugin: str
    checkpoint: str
    readings: tuple[Reading, ...]
    skipped: int = 0


def inspect_reply(
    history: HistoryReader,
    turns: Sequence[StoredTurn],
    registry: Registry,
    choose_engine: Callable[[str], Generator],
) -> Inspection:
    """Read the last reply of a conversation again, behind the state it was drawn behind.

    Of a reply longer than ``READ_TOKENS`` the end is inspected, behind the rest of it.

    Args:
        history: Where states are stored.
        turns: The end of the conversation, oldest first.
        registry: The plugins.
        choose_engine: Gives the model of a language.

    Raises:
        MisuseError: There is no reply with a word in it, or none of the model's own.
        MissingError: The plugin that answered is not there any more.
        ChatLSTMError: No model could be loaded, or the plugin failed.
    """
    message, recipe, reply = find_last_reply(turns)
    domain = registry.find(recipe.plugin)
    request = message.request(seed=recipe.seed, options=recipe.options)
    engine = choose_engine(domain.choose_language(request))
    request = recall_state(history, message, request, domain, engine)
    window = read_window(domain, request, engine)
    retraced = retrace(domain, request, reply) if window is None else [(window, reply)]
    turns_read = [(prompt, text) for prompt, text in retraced if text]
    if not turns_read:
        raise MisuseError("the last reply holds no word of the model's own yet; let it go on first")
    readings: list[Reading] = []
    skipped, room = 0, READ_TOKENS
    for prompt, text in reversed(turns_read):
        unseen = _join_first(engine, text, room)
        seen = replace(prompt, beginning=prompt.beginning + unseen) if unseen else prompt
        if unseen != text:
            readings[:0] = engine.inspect(seen, text[len(unseen) :])
        skipped += engine.count_tokens(unseen)
        room = max(0, READ_TOKENS - len(readings))
    return Inspection(domain.name, engine.checkpoint, tuple(readings), skipped)


def find_last_reply(turns: Sequence[StoredTurn]) -> tuple[Message, Recipe, str]:
    """Find the last reply that has a word in it: what it answers, how it was made, and its text.

    Raises:
        MisuseError: There is none.
    """
    for place in range(len(turns) - 1, 0, -1):
        recipe, reply = turns[place].recipe, turns[place].turn.text
        if recipe is not None and reply.strip():
            return place_message(tuple(turns[:place])), recipe, reply
    raise MisuseError("this conversation has no reply yet; say something first")


def _join_first(engine: Generator, text: str, count: int) -> str:
    """Give what stands before the last ``count`` tokens of a text."""
    ids = engine.encode(text)
    ids = ids[: max(0, len(ids) - count)]
    return b"".join(engine.token_bytes[token_id] for token_id in ids).decode(errors="ignore")

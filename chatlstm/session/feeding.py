"""What the model was fed for the last reply: from a stored state, and read anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chatlstm.pipeline.pipeline import read_window, retrace
from chatlstm.records import Turn
from chatlstm.session.context import recall_state
from chatlstm.session.inspection import find_last_reply
from chatlstm.session.session import Session

How = Literal["state", "read", "left out"]


@dataclass(frozen=True)
class FedTurn:
    """A turn and how the model came to know of it.

    Args:
        turn: The turn.
        tokens: How many tokens it has, ``>= 0``.
        how: ``"state"``, read long before; ``"read"`` for this reply; or ``"left out"``, for the window was full.
    """

    turn: Turn
    tokens: int
    how: How


@dataclass(frozen=True)
class Fed:
    """What the model was fed.

    Args:
        plugin: Name of the plugin that answered.
        checkpoint: Name and hash of the checkpoint.
        turns: Turn by turn, the answered message the last.
        state_bytes: Size of the stored state; 0 where there was none.
        reads_conversation: Whether the plugin has the model read what was said before.
    """

    plugin: str
    checkpoint: str
    turns: tuple[FedTurn, ...]
    state_bytes: int
    reads_conversation: bool


def read_fed(session: Session) -> Fed:
    """Tell what the model was fed for the last reply; it is put together again as it was then.

    Args:
        session: The conversation.

    Raises:
        NoConversationError: There is no conversation.
        MisuseError: There is no reply yet.
        ChatLSTMError: No model could be loaded, no such plugin any more, or the plugin failed.
    """
    session.need_conversation()
    message, recipe, reply = find_last_reply(session.read_end())
    domain = session.registry.find(recipe.plugin)
    request = message.request(seed=recipe.seed, options=recipe.options)
    engine = session.choose_engine(domain.choose_language(request))
    request = recall_state(session.history, message, request, domain, engine)
    window = read_window(domain, request, engine)
    if window is None:
        prompt, _ = retrace(domain, request, reply)[0]
        told = mark_turns("read", [Turn("person", text) for text in (*prompt.turns, prompt.beginning) if text])
    else:
        left = request.unread[: max(0, len(request.unread) + 1 - len(window.turns))]
        told = mark_turns("state", request.context[: request.read]) + mark_turns("left out", left)
        told += mark_turns("read", name_speakers(window.turns))
    counted = tuple(FedTurn(turn, engine.count_tokens(turn.text), how) for how, turn in told)
    return Fed(domain.name, engine.checkpoint, counted, len(request.state), window is not None)


def mark_turns(how: How, turns: Sequence[Turn]) -> list[tuple[How, Turn]]:
    """Pair turns with how the model came to know of them."""
    return [(how, turn) for turn in turns]


def name_speakers(texts: Sequence[str]) -> list[Turn]:
    """Make turns of what was said by turns, the last of it by the person.

    Example:
        >>> [turn.speaker for turn in name_speakers(["Hi.", "How are you?"])]
        ['reply', 'person']
    """
    return [Turn("reply" if place % 2 else "person", text) for place, text in enumerate(reversed(texts))][::-1]

"""Exchanges that a person has judged, as training wants them."""

from dataclasses import dataclass

from chatlstm.history.turn import StoredTurn
from chatlstm.records import Turn


@dataclass(frozen=True)
class MarkedExchange:
    """A message and a reply that has feedback.

    Args:
        context: The answered turns before it, oldest first.
        said: What the person said.
        reply: The reply, with its feedback and its recipe.

    Example:
        >>> from datetime import UTC, datetime
        >>> from chatlstm.history.feedback import Feedback
        >>> noon, said = datetime(2026, 7, 31, 12, tzinfo=UTC), Turn("reply", "Grass is red.")
        >>> corrected = Feedback("bad", "Grass is green.")
        >>> reply = StoredTurn(2, "260731-g000", 1, said, "done", noon, noon, feedback=corrected)
        >>> MarkedExchange((), "What colour is grass?", reply).wanted
        'Grass is green.'
    """

    context: tuple[Turn, ...]
    said: str
    reply: StoredTurn

    @property
    def wanted(self) -> str | None:
        """What should have been answered: the correction, or a good reply; None where only bad is known."""
        feedback = self.reply.feedback
        if feedback is None or (feedback.mark == "bad" and feedback.correction is None):
            return None
        return feedback.correction or self.reply.turn.text

"""What a plugin can verify of a reply, so that a model may be reinforced with it."""

from collections.abc import Sequence
from typing import Protocol

from chatlstm.engine.api import Constraint, Generator, Prompt
from chatlstm.records import Record


class Judge(Protocol):
    """Rates replies to the prompts of records by what can be verified, not by taste."""

    def rate(self, record: Record, replies: Sequence[str]) -> Sequence[float]:
        """Rate replies.

        Args:
            record: Its last turn is a reply of people, those before it the prompt.
            replies: What was drawn instead of that last turn.

        Returns:
            For each 0 where the form is broken, 1 where all that can be verified holds, and something
            between where part of it does. Where even the record's own reply earns less than 1 nothing can
            be verified, and the record is left out.
        """

    def constrain(self, record: Record, engine: Generator) -> tuple[Prompt, Constraint]:
        """Give a record's prompt, and the constraint under which the plugin draws a reply to it."""

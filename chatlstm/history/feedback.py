"""What a person thinks of a reply: a mark, a better wording, or both."""

from dataclasses import dataclass
from typing import Literal

Mark = Literal["good", "bad"]


@dataclass(frozen=True)
class Feedback:
    """A person's judgement of a reply; training can use it.

    Args:
        mark: ``"good"`` or ``"bad"``; None where only a correction was given.
        correction: What the reply should have been; None where none was given.

    Raises:
        ValueError: Neither is given, or the correction is blank.

    Example:
        >>> Feedback("bad", correction="I am fine, thank you.").mark
        'bad'
    """

    mark: Mark | None = None
    correction: str | None = None

    def __post_init__(self) -> None:
        if self.mark is None and self.correction is None:
            raise ValueError("feedback needs a mark or a correction")
        if self.correction is not None and not self.correction.strip():
            raise ValueError("a correction needs at least one character that is not blank")

"""The plain values that travel through the house."""

import math
from dataclasses import dataclass, field
from typing import Literal

Finish = Literal["end", "length", "interrupted", "constraint"]


@dataclass(frozen=True)
class Record:
    """One training text: what was said, turn by turn.

    Every domain has the same form. A dialogue has many turns, an article has two (keywords,
    article), a tale has one.

    Args:
        domain: Name of the plugin the text belongs to, such as ``"dialogue"``; empty
            until a plugin's name is put on its own text.
        turns: The texts in order; at least one, none empty.
        source: Name of the catalogue entry it came from.
        weight: How often an epoch shows it, ``weight > 0``, finite; 2.5 is twice, and a third time in
            every second epoch.
        document: What must not be split between training and held-out text, such as a book's
            title; empty where the record stands alone.

    Raises:
        ValueError: No turn, an empty turn, or a weight that is not positive and finite.

    Example:
        >>> Record("dialogue", ("Hello.", "Hi, how are you?")).turns[1]
        'Hi, how are you?'
    """

    domain: str
    turns: tuple[str, ...]
    source: str = ""
    weight: float = 1.0
    document: str = ""

    def __post_init__(self) -> None:
        if not self.turns or not all(self.turns):
            raise ValueError(f"a record needs turns, none of them empty, got {self.turns!r}")
        if not 0 < self.weight < math.inf:
            raise ValueError(f"weight must be positive and finite, got {self.weight}")


@dataclass(frozen=True)
class Turn:
    """What the person said, or what was answered.

    Args:
        speaker: ``"person"`` or ``"reply"``.
        text: What was said.

    Example:
        >>> Turn("person", "Hello.").text
        'Hello.'
    """

    speaker: Literal["person", "reply"]
    text: str


@dataclass(frozen=True)
class Request:
    """What a plugin is asked to answer.

    Args:
        text: The person's words.
        context: The turns before it, oldest first; it ends with a reply or is empty.
        seed: Every random choice of the answer follows from it.
        options: The plugin's options by name, as the person set them.
        language: Of the person's words, ``"en"`` or ``"zh"``.
        state: The model's state behind the first ``read`` turns of the context and all before them, for a
            prompt's ``behind``; empty where nothing has been read.
        read: How many turns of the context the state has read, ``0 <= read <= len(context)``.

    Example:
        >>> said = (Turn("person", "Hello."), Turn("reply", "Hi."))
        >>> Request("How are you?", said).unread == said, Request("How are you?", said, state=b"...", read=2).unread
        (True, ())
    """

    text: str
    context: tuple[Turn, ...] = ()
    seed: int = 0
    options: dict[str, str] = field(default_factory=dict)
    language: str = "en"
    state: bytes = field(default=b"", repr=False)
    read: int = 0

    @property
    def unread(self) -> tuple[Turn, ...]:
        """The turns of the context that the state has not read."""
        return self.context[self.read :]

"""What a plugin is: a class that says what it writes, from which text it learns, and how it answers."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

from chatlstm.engine.api import Generator, Prompt, Sampling
from chatlstm.errors import MisuseError
from chatlstm.pipeline.cutting import cut_record
from chatlstm.records import Finish, Record, Request


@dataclass(frozen=True)
class Option:
    """A number that a person may set with ``-o NAME=VALUE`` or ``/set NAME VALUE``.

    Args:
        name: As it is typed.
        default: Its value where nothing is set; an integer default takes integers only.
        low: Least value.
        high: Greatest value.
        help: What it does, in a few words.

    Example:
        >>> Option("candidates", 16, 1, 64, "replies to choose from").read({"candidates": "8"})
        8.0
    """

    name: str
    default: float
    low: float
    high: float
    help: str

    def read(self, options: dict[str, str]) -> float:
        """Read this option from what the person set.

        Args:
            options: Values as typed, by name.

        Returns:
            The value, or the default.

        Raises:
            MisuseError: The value is no number or out of bounds.
        """
        if self.name not in options:
            return self.default
        kind = int if isinstance(self.default, int) else float
        try:
            value = float(kind(options[self.name]))
        except (ValueError, OverflowError):
            value = float("nan")
        if not self.low <= value <= self.high:
            what = "a whole number" if kind is int else "a number"
            raise MisuseError(
                f"{self.name} must be {what} from {self.low} to {self.high}, got {options[self.name]!r}"
            )
        return value


@dataclass(frozen=True)
class Draft:
    """An answer in the making; every stage returns a new one.

    Args:
        request: What is answered.
        prompt: What the model is given.
        sampling: How the model chooses.
        reply: The answer, once a stage has settled it; None lets the model stream it.
        finish: Why the settled answer ended.
        details: What the plugin guarantees and how it chose, for ``--json`` and ``/why``.

    Example:
        >>> Draft(Request("Hello."), Prompt("dialogue", ("Hello.",))).reply is None
        True
    """

    request: Request
    prompt: Prompt
    sampling: Sampling = field(default_factory=Sampling)
    reply: str | None = None
    finish: Finish = "end"
    details: dict[str, object] = field(default_factory=dict)


Stage = Callable[[Draft, Generator], Draft]


@dataclass(frozen=True)
class Measure:
    """One figure of an evaluation.

    Args:
        name: What was measured, such as ``"hits_at_1"``.
        value: The figure.
        reference: What reached it, such as ``"random"``; empty for the plugin itself.

    Example:
        >>> Measure("hits_at_1", 0.05, "random").value
        0.05
    """

    name: str
    value: float
    reference: str = ""


class Domain:
    """A generator plugin.

    The smallest has a name, a summary and its records; the model then continues the person's
    words as it learned to from those records.

    Example:
        >>> class Limericks(Domain):
        ...     name = "limericks"
        ...     summary = "Five lines of comic verse."
        >>> Limericks().cues
        ()
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    cues: ClassVar[tuple[str, ...]] = ()
    options: ClassVar[tuple[Option, ...]] = ()

    def records(self, corpora: Path) -> Iterable[Record]:
        """Give the text to train on.

        Args:
            corpora: Folder of the downloaded corpora.

        Returns:
            The records; none by default.
        """
        return ()

    def begin(self, request: Request) -> Draft:
        """Turn a request into the first draft: the person's words as a turn, to be answered."""
        return Draft(request, Prompt(self.name, (request.text,)))

    def stages(self) -> tuple[Stage, ...]:
        """Give the stages that a draft passes through, in order; none by default."""
        return ()

    def evaluate(
        self, engine: Generator, held_out: Sequence[Record], *, options: dict[str, str], seed: int
    ) -> Iterator[Measure]:
        """Measure what matters in this domain; by default nothing beyond the loss.

        Args:
            engine: The model.
            held_out: Records it was not trained on.
            options: The plugin's options by name, as the person set them.
            seed: Fixes every random choice.

        Returns:
            Measures, as they become known.
        """
        return iter(())


def list_records(domain: Domain, corpora: Path) -> Iterator[Record]:
    """Give a plugin's records; those that name no domain are the plugin's own, one too long is cut.

    Example:
        >>> class Limericks(Domain):
        ...     name = "limericks"
        ...     def records(self, corpora: Path) -> list[Record]:
        ...         return [Record("", ("There once was a man from Peru.",))]
        >>> next(list_records(Limericks(), Path("corpora"))).domain
        'limericks'
    """
    for record in domain.records(corpora):
        yield from cut_record(record if record.domain else replace(record, domain=domain.name))

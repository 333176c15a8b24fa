"""What a plugin is: a class that says what it writes, from which text it learns, and how it answers."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

from chatlstm.engine.api import Generator, Piece, Prompt, Sampling
from chatlstm.errors import MisuseError
from chatlstm.pipeline.cutting import cut_record
from chatlstm.pipeline.judge import Judge
from chatlstm.pipeline.language import choose_language
from chatlstm.pipeline.options import Settable
from chatlstm.records import Finish, Record, Request


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
        low: Lower end of its 95 % confidence interval; None where there is none.
        high: Upper end of it.

    Example:
        >>> Measure("hits_at_1", 0.05, "random").value
        0.05
    """

    name: str
    value: float
    reference: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Written:
    """A text that a plugin wrote in its evaluation, to be looked up in its training text.

    Args:
        text: As a record of the plugin would hold it.

    Example:
        >>> Written("Once upon a time.").text
        'Once upon a time.'
    """

    text: str


class Domain:
    """A generator plugin.

    The smallest has a name, a summary and its records; the model then continues the person's
    words as it learned to from those records.

    Three lists tell the router which messages are meant for it. ``cues`` are words that decide by
    themselves; ``subjects`` are nouns that decide only where they are asked for, "write a poem", not
    "I like that poem"; ``follow_ups`` are words that decide where this plugin answered last. In cues
    and follow-ups ``^`` stands for the beginning of the message, behind greetings and polite words, and
    ``*`` for anything within a sentence.

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
    subjects: ClassVar[tuple[str, ...]] = ()
    follow_ups: ClassVar[tuple[str, ...]] = ()
    options: ClassVar[tuple[Settable, ...]] = ()
    languages: ClassVar[tuple[str, ...]] = ("en",)

    def records(self, corpora: Path) -> Iterable[Record]:
        """Give the text to train on.

        Args:
            corpora: Folder of the downloaded corpora.

        Returns:
            The records; none by default.
        """
        return ()

    def records_in(self, language: str, corpora: Path) -> Iterable[Record]:
        """Give the text to train on in one language; a plugin of several languages overrides this.

        Args:
            language: One of ``languages``.
            corpora: Folder of the downloaded corpora.

        Returns:
            The records; those of ``records`` by default.
        """
        return self.records(corpora)

    def choose_language(self, request: Request) -> str:
        """Choose whose checkpoint answers: that of the message's language, or else of the first written.

        Returns:
            One of ``languages``.
        """
        return choose_language(self.languages, request.language)

    def begin(self, request: Request) -> Draft:
        """Turn a request into the first draft: the person's words as a turn, to be answered."""
        return Draft(request, Prompt(self.name, (request.text,)))

    def stages(self) -> tuple[Stage, ...]:
        """Give the stages that a draft passes through, in order; none by default."""
        return ()

    def stream(self, draft: Draft, engine: Generator) -> Iterator[Piece]:
        """Tell the answer: what a stage has settled, word by word, or else what the model streams.

        Args:
            draft: What the last stage left.
            engine: The model.

        Returns:
            Pieces; the last one, and only that, has ``finish`` and ``details``.
        """
        if draft.reply is not None:
            yield from _tell(draft.reply, draft, engine)
            return
        for piece in engine.stream(draft.prompt, draft.sampling, seed=draft.request.seed):
            yield piece if piece.finish is None else replace(piece, details=draft.details)

    def window(self, request: Request, engine: Generator) -> Prompt | None:
        """Give the conversation as the model reads it before it answers; None by default, where it reads none.

        Where a plugin gives it, the model's state behind the answer is stored with the turn, and comes back
        as ``request.state``: only what was said since has to be read.

        Args:
            request: What is answered.
            engine: The model.
        """
        return None

    def retrace(self, request: Request, reply: str) -> list[tuple[Prompt, str]]:
        """Tell how the model reads a reply of this plugin, for ``/confidence`` and ``/look``.

        A plugin overrides this whose records have another form than its replies, or which asks the model
        for something else than its first draft does.

        Args:
            request: What was answered.
            reply: The answer.

        Returns:
            The turns it is read in, one or more: what stands before each, and its text. By default one, behind
            the first draft's prompt: the reply without the words that prompt begins it with.
        """
        prompt = self.begin(request).prompt
        return [(prompt, reply.removeprefix(prompt.beginning))]

    def show(self, turn: str, language: str) -> str:
        """Tell how a turn of a record stands in a reply, so that ``/origin`` finds it there.

        A plugin overrides this whose records have another form than its replies.

        Args:
            turn: Of a record of this plugin.
            language: Which of ``languages`` the record is in.

        Returns:
            The text; by default the turn itself.
        """
        return turn

    def evaluate(
        self, engine: Generator, held_out: Sequence[Record], *, options: dict[str, str], seed: int
    ) -> Iterator[Measure | Written]:
        """Measure what matters in this domain; by default nothing beyond the loss.

        Args:
            engine: The model.
            held_out: Records it was not trained on.
            options: The plugin's options by name, as the person set them.
            seed: Fixes every random choice.

        Returns:
            Measures, as they become known; and what the plugin wrote meanwhile, of which is then told
            how much is copied from the training text.
        """
        return iter(())

    def open_judge(self) -> AbstractContextManager[Judge] | None:
        """Open what rates replies by what can be verified, for ``chatlstm train --reinforce``; None by default."""
        return None


def list_records(domain: Domain, corpora: Path, *, language: str) -> Iterator[Record]:
    """Give a plugin's records; those that name no domain are the plugin's own, one too long is cut.

    Raises:
        MisuseError: The plugin does not write that language.

    Example:
        >>> class Limericks(Domain):
        ...     name = "limericks"
        ...     def records(self, corpora: Path) -> list[Record]:
        ...         return [Record("", ("There once was a man from Peru.",))]
        >>> next(list_records(Limericks(), Path("corpora"), language="en")).domain
        'limericks'
    """
    if language not in domain.languages:
        raise MisuseError(f"{domain.name} has text in {' and '.join(domain.languages)} only, not in {language}")
    for record in domain.records_in(language, corpora):
        yield from cut_record(record if record.domain else replace(record, domain=domain.name))


def _tell(reply: str, draft: Draft, engine: Generator) -> Iterator[Piece]:
    """Yield a settled reply word by word."""
    tokens, told = engine.count_tokens(reply), 0
    for word in re.findall(r"\s*\S+|\s+$", reply):
        told = min(tokens, told + engine.count_tokens(word))
        yield Piece(word, told)
    yield Piece("", tokens, draft.finish, draft.details)

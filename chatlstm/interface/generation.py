"""One text written by a plugin for a script, and what is told of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from chatlstm.engine.api import Generator, Piece
from chatlstm.errors import MisuseError
from chatlstm.pipeline.domain import Domain
from chatlstm.pipeline.language import detect_language
from chatlstm.pipeline.options import Settable
from chatlstm.pipeline.pipeline import answer
from chatlstm.records import Finish, Request


@dataclass(frozen=True)
class Writer:
    """A plugin with its models and options: all that a text follows from but prompt and seed.

    Args:
        domain: The plugin.
        load: Gives the model for a language.
        options: The plugin's options as typed, by name; checked before.
    """

    domain: Domain
    load: Callable[[str], Generator]
    options: dict[str, str]

    def request(self, prompt: str, *, seed: int) -> Request:
        """Make a request of a prompt; where that has no letter, it is in the language of the options."""
        language = detect_language(prompt, before=detect_language(" ".join(self.options.values())))
        return Request(prompt, (), seed, dict(self.options), language)

    def choose_engine(self, request: Request) -> Generator:
        """Choose the model, as the plugin does."""
        return self.load(self.domain.choose_language(request))


@dataclass(frozen=True)
class Generated:
    """A text and how it came about.

    Args:
        text: What was written.
        checkpoint: Name and hash of what wrote it.
        seed: Its seed.
        tokens: How many tokens were drawn.
        seconds: How long it took.
        finish: Why it ended.
        details: What the plugin guarantees and how it checked it.
    """

    text: str
    checkpoint: str
    seed: int
    tokens: int
    seconds: float
    finish: Finish
    details: dict[str, object]


def ignore(piece: Piece) -> None:
    """Do nothing with a piece: the whole text will be told."""


def write_text(
    writer: Writer, prompt: str, *, seed: int, show: Callable[[Piece], None] = ignore
) -> Generated:
    """Write one text to its end; an interrupt keeps what there is.

    Args:
        writer: Plugin, model and options.
        prompt: The person's words, checked before.
        seed: Every random choice follows from it.
        show: Called with each piece as it comes.

    Returns:
        The text; where Ctrl-C came between, its ``finish`` is ``"interrupted"``.
    """
    begun = time.perf_counter()
    text, tokens, checkpoint = "", 0, ""
    finish: Finish = "interrupted"
    details: dict[str, object] = {}
    request = writer.request(prompt, seed=seed)
    try:
        engine = writer.choose_engine(request)
        checkpoint = engine.checkpoint
        for piece in answer(writer.domain, request, engine):
            text, tokens = text + piece.text, piece.tokens
            show(piece)
            if piece.finish is not None:
                finish, details = piece.finish, piece.details
    except KeyboardInterrupt:
        finish = "interrupted"
    return Generated(text, checkpoint, seed, tokens, time.perf_counter() - begun, finish, details)


def describe_text(writer: Writer, generated: Generated) -> dict[str, object]:
    """Lay out what ``--json`` prints of a text."""
    return {
        "text": generated.text,
        "plugin": writer.domain.name,
        "checkpoint": generated.checkpoint,
        "seed": generated.seed,
        "options": read_options(writer.domain, writer.options),
        "tokens": generated.tokens,
        "seconds": round(generated.seconds, 3),
        "finish": generated.finish,
        "details": generated.details,
    }


def check_prompt(prompt: str) -> str:
    """Take a prompt that can be answered, and give it back.

    Raises:
        MisuseError: It is blank, or holds what is no character.
    """
    if not prompt.strip():
        raise MisuseError("the prompt is empty; give some words, or pipe them in")
    if any("\ud800" <= character <= "\udfff" for character in prompt):
        raise MisuseError("the prompt is not UTF-8 text; convert it, for instance with iconv")
    return prompt


def read_options(domain: Domain, options: dict[str, str]) -> dict[str, int | float | str]:
    """Read what a person set of a plugin's options, and take the defaults of the others.

    Args:
        domain: The plugin.
        options: Values as typed, by name.

    Returns:
        The value of every option the plugin has.

    Raises:
        MisuseError: The plugin has no such option, or a value is out of its bounds.
    """
    known = {option.name: option for option in domain.options}
    unknown = [name for name in options if name not in known]
    if unknown:
        told = "; ".join(describe_option(option) for option in domain.options) or "none"
        raise MisuseError(f"{domain.name} has no option {unknown[0]!r}; its options: {told}")
    values = {name: option.read(options) for name, option in known.items()}
    whole = {name for name, option in known.items() if isinstance(option.default, int)}
    return {name: int(value) if name in whole else value for name, value in values.items()}


def describe_option(option: Settable) -> str:
    """Tell what an option takes.

    Example:
        >>> from chatlstm.pipeline.options import Option
        >>> describe_option(Option("candidates", 16, 1, 64, "replies to choose from"))
        'candidates (1 to 64, 16 if not set)'
    """
    default = "nothing" if option.default == "" else option.default
    return f"{option.name} ({option.bounds}, {default} if not set)"

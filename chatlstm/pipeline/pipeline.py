"""A request becomes an answer: the plugin's stages in order, then the text in pieces."""

import contextlib
from collections.abc import Generator as Generating
from collections.abc import Iterator
from dataclasses import replace

from chatlstm.engine.api import Generator, Piece, Prompt
from chatlstm.errors import ChatLSTMError
from chatlstm.pipeline.domain import Domain
from chatlstm.pipeline.registry import quiet
from chatlstm.records import Request


class PluginError(ChatLSTMError):
    """A plugin failed while it answered.

    Example:
        >>> PluginError("the plugin 'limericks' failed: KeyError: 'rhyme'").exit_code
        1
    """


def answer(domain: Domain, request: Request, engine: Generator) -> Iterator[Piece]:
    """Answer a request with a plugin.

    Args:
        domain: The plugin.
        request: What to answer.
        engine: The model.

    Yields:
        Pieces of the answer; the last one, and only that, has ``finish`` and ``details``.

    Raises:
        MisuseError: The person set an option to a value that the plugin does not take.
        PluginError: The plugin raised something of its own; what was yielded stands.
    """
    with contextlib.closing(_answer(domain, request, engine)) as pieces:
        while True:
            with _guard(domain):
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece


def retrace(domain: Domain, request: Request, reply: str) -> list[tuple[Prompt, str]]:
    """Tell how the model reads a plugin's reply: in which turns, and behind what each.

    Raises:
        PluginError: The plugin raised something of its own.
    """
    with _guard(domain):
        return domain.retrace(request, reply)


def read_window(domain: Domain, request: Request, engine: Generator) -> Prompt | None:
    """Tell which conversation a plugin has the model read before it answers; None where it reads none.

    Raises:
        PluginError: The plugin raised something of its own.
    """
    with _guard(domain):
        return domain.window(request, engine)


def save_window(domain: Domain, request: Request, engine: Generator, reply: str) -> bytes:
    """Save the model's state behind an answer and the conversation before it.

    Returns:
        The state; empty where the plugin has the model read no conversation.

    Raises:
        PluginError: The plugin, or the model, raised something of its own.
    """
    with _guard(domain):
        prompt = domain.window(request, engine)
        return b"" if prompt is None else engine.save_state(replace(prompt, turns=(*prompt.turns, reply)))


@contextlib.contextmanager
def _guard(domain: Domain) -> Iterator[None]:
    """Let a plugin work in quiet, and make whatever it raises an error with a sentence."""
    try:
        with quiet(domain.name):
            yield
    except (ChatLSTMError, KeyboardInterrupt):
        raise
    except BaseException as error:  # whatever a stranger's plugin raises, SystemExit too
        reason = f"{type(error).__name__}: {error}"
        raise PluginError(f"the plugin {domain.name!r} failed: {reason}; /use another one") from error


def _answer(domain: Domain, request: Request, engine: Generator) -> Generating[Piece, None, None]:
    draft = domain.begin(request)
    for stage in domain.stages():
        draft = stage(draft, engine)
    yield from domain.stream(draft, engine)

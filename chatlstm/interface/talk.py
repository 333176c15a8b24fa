"""A session and the screen it is shown on: what every form of the chat shares."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

from chatlstm.engine.api import Generator, Piece
from chatlstm.errors import ChatLSTMError
from chatlstm.interface.cleaning import StreamCleaner, clean_text
from chatlstm.interface.loading import Loading
from chatlstm.interface.notices import describe_traceback, shorten_line
from chatlstm.interface.screen import Screen
from chatlstm.session.session import Session

SHOWN_CHARACTERS = 1_000


@dataclass(frozen=True)
class Engine:
    """A model that is ready, and where those of other languages come from.

    Args:
        generator: The model.
        device: Where it computes.
        load: Loads the starter of another language; None where one checkpoint answers everything.
    """

    generator: Generator
    device: str
    load: Callable[[str], Generator] | None = None

    def choose(self, language: str) -> Generator:
        """Choose the model of a language.

        Raises:
            ChatLSTMError: It has to be loaded first, and cannot be.
        """
        if self.load is None or self.generator.language == language:
            return self.generator
        return self.load(language)


class Talk:
    """Answers on a screen.

    Args:
        session: The conversation.
        engine: The model, perhaps still on its way.
        screen: Where replies and notices go.
        debug: Show tracebacks.

    Attributes:
        exit_code: That of the last reply that failed; 0 where all went well.
        speed: Tokens per second of the last reply; 0 before the first.
    """

    def __init__(
        self, session: Session, engine: Loading[Engine], screen: Screen, *, debug: bool = False
    ) -> None:
        self.session = session
        self.engine = engine
        self.screen = screen
        self.exit_code = 0
        self.speed = 0.0
        self._debug = debug

    def answer(self, text: str) -> None:
        """Answer a message; an error is told, and what was said before it stands."""
        self._show(lambda: self.session.reply(text))

    def answer_again(self, options: Mapping[str, str]) -> None:
        """Answer the last message again, with options for this once; an error is told."""
        self._show(lambda: self.session.answer_again(options))

    def _show(self, reply: Callable[[], Iterator[Piece]]) -> None:
        begun = time.monotonic()
        try:
            tokens = self._stream_reply(reply)
        except ChatLSTMError as error:
            self.explain(error)
        except OSError:
            raise  # the terminal or the pipe is gone
        except Exception as error:  # a fault of ChatLSTM itself must not end the chat
            fault = f"{type(error).__name__}: {error}"
            wrapped = ChatLSTMError(f"this reply failed ({fault}); --debug shows where")
            wrapped.__cause__ = error
            self.explain(wrapped)
        else:
            self.speed = tokens / max(time.monotonic() - begun, 1e-6)

    def explain(self, error: ChatLSTMError) -> None:
        """Tell an error, and remember its exit code."""
        self.exit_code = error.exit_code
        self.screen.tell(f"Error: {shorten_line(str(error))}")
        if self._debug:
            self.screen.tell(describe_traceback(error))

    def show_last_turns(self, limit: int = 4) -> None:
        """Show how far the conversation has come."""
        for turn in self.session.read_last_turns(limit):
            text = clean_text(turn.text).strip()
            if len(text) > SHOWN_CHARACTERS:
                text = text[:SHOWN_CHARACTERS].rstrip() + " […]"
            self.screen.say(f"> {text}" if turn.speaker == "person" else f"{text}\n")

    def _stream_reply(self, reply: Callable[[], Iterator[Piece]]) -> int:
        tokens = 0
        cleaner = StreamCleaner()
        try:
            with closing(reply()) as pieces:  # type: ignore[type-var]  # a generator
                for piece in pieces:
                    self.screen.stream(cleaner.feed(piece.text))
                    tokens = piece.tokens
        finally:
            self.screen.stream(cleaner.close())
            self.screen.end_reply()
        return tokens

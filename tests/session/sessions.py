"""Sessions to test with, and what they have stored."""

from collections.abc import Sequence
from itertools import count

from chatlstm.history.history import History
from chatlstm.history.turn import StoredTurn
from chatlstm.pipeline.domain import Domain, Draft
from chatlstm.pipeline.registry import Registry
from chatlstm.records import Request
from chatlstm.session.session import Session
from tests.doubles import CannedGenerator


class Chatter(Domain):
    """Keeps the requests it was given."""

    name = "dialogue"
    summary = "Small talk."

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def begin(self, request: Request) -> Draft:
        self.requests.append(request)
        return super().begin(request)


class Stranger(Domain):
    """Tells details that are no JSON."""

    name = "dialogue"
    summary = "Odd details."

    def begin(self, request: Request) -> Draft:
        draft = super().begin(request)
        return Draft(request, draft.prompt, reply="fine", details={"odd": object()})


def open_session(
    history: History, replies: Sequence[str] = ("Hello.",), domain: Domain | None = None
) -> Session:
    engine = CannedGenerator(replies)
    chosen = domain or Chatter()
    registry = Registry({chosen.name: chosen})
    return Session(history, registry, choose_engine=lambda language: engine, seeds=count(1))


def read_turns(history: History) -> tuple[StoredTurn, ...]:
    conversation = history.latest_conversation()
    assert conversation is not None
    return history.read_turns(conversation.id)


def list_texts(history: History) -> list[str]:
    return [stored.turn.text for stored in read_turns(history)]


def tell(session: Session, text: str) -> str:
    return "".join(piece.text for piece in session.reply(text))

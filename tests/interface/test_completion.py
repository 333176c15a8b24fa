import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from chatlstm.errors import ChatLSTMError
from chatlstm.history.conversation import Conversation
from chatlstm.interface.commands import COMMANDS, take_line
from chatlstm.interface.completion import CommandCompleter
from chatlstm.interface.talk import Talk
from chatlstm.pipeline.domain import Domain
from chatlstm.pipeline.options import Choice, Words
from chatlstm.pipeline.registry import Registry
from tests.interface.talks import make_talk


def complete(text: str, talk: Talk | None = None) -> list[str]:
    completer = CommandCompleter(talk or make_talk())
    return [each.text for each in completer.get_completions(Document(text), CompleteEvent())]


def test_a_slash_offers_the_whole_table() -> None:
    assert complete("/") == [command.name for command in COMMANDS]


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("/un", ["undo"]),
        ("/use ", ["auto", "dialogue", "story"]),
        ("/use st", ["story"]),
        ("/set ", ["warmth"]),
        ("/confidence ", ["--json", "--png"]),
        ("/look --p", ["--png"]),
        ("/save ", ["--last", "--over"]),
        ("/set warmth ", ["1", "5", "9"]),
        ("/set warmth 9", ["9"]),
        ("/set nope ", []),
        ("/use story ", []),
        ("/help ", []),
        ("/nope ", []),
        ("//s", []),
        ("hello /s", []),
        ("", []),
        ("/s\n", []),
    ],
)
def test_commands_and_their_arguments_are_completed_and_messages_are_not(
    text: str, offered: list[str]
) -> None:
    assert complete(text) == offered


def test_ids_of_conversations_are_completed() -> None:
    talk = make_talk()
    take_line(talk, "Hello.")
    assert talk.session.conversation is not None

    assert complete("/resume ", talk) == [talk.session.conversation.id]


def test_a_history_that_cannot_be_read_offers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(limit: int) -> tuple[Conversation, ...]:
        raise ChatLSTMError("locked")

    talk = make_talk()
    monkeypatch.setattr(talk.session, "list_conversations", fail)

    assert complete("/resume ", talk) == []


class Styled(Domain):
    """Writes in a style."""

    name = "dialogue"
    summary = "Styled talk."
    options = (
        Choice("style", "auto", ("auto", "plain"), "manner"),
        Words("heads", "春夏", "first characters"),
        Words("tune", "", "melody"),
    )


@pytest.mark.parametrize(
    ("name", "offered"), [("style", ["auto", "plain"]), ("heads", ["春夏"]), ("tune", [])]
)
def test_the_words_an_option_takes_are_completed(name: str, offered: list[str]) -> None:
    talk = make_talk()
    talk.session.registry = Registry({"dialogue": Styled()}, ())

    assert complete(f"/set {name} ", talk) == offered

"""The commands about what is kept: titles, judgements, and deletion for good."""

import sys

import pytest

from chatlstm.history.feedback import Feedback
from chatlstm.history.history import History
from chatlstm.interface.loop import confirm_plainly
from chatlstm.interface.talk import Talk
from tests.interface.talks import make_talk
from tests.interface.terminal import list_stored
from tests.interface.test_branching import read_branch, say
from tests.interface.test_pipe import chat
from tests.interface.test_repl import CTRL_C, CTRL_D, type_keys

typed = pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX terminal's bytes")


@pytest.fixture
def talk() -> Talk:
    """A chat of two exchanges: one, A, two, B; the next replies are C and D."""
    talk = make_talk(["A", "B", "C", "D"])
    say(talk, "one", "two")
    return talk


def read_feedback(talk: Talk) -> Feedback | None:
    return talk.session.read_end()[-1].feedback


def test_rename_gives_another_title(talk: Talk) -> None:
    assert "is called 'Two words' now" in say(talk, "/rename Two words")
    assert talk.session.need_conversation().title == "Two words"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("/rename", "/rename needs a title; it is 'one' now"),
        ("/correct", "/correct needs what the reply should have been"),
        ("/forget x", "/forget needs a whole number from 1, got 'x'"),
        ("/forget 3", "there is no message 3"),
        ("/forget 2", "/forget would delete 'two' and what follows it (1 turn) for good; add --yes"),
    ],
)
def test_what_cannot_be_done_is_told(talk: Talk, line: str, reason: str) -> None:
    assert reason in say(talk, line)
    assert read_branch(talk) == ["one", "A", "two", "B"]


@pytest.mark.parametrize(
    ("lines", "feedback"),
    [
        (["/good"], Feedback("good")),
        (["/bad"], Feedback("bad")),
        (["/good", "/bad"], Feedback("bad")),
        (["/correct I am B."], Feedback(None, "I am B.")),
        (["/bad", "/correct I am B."], Feedback("bad", "I am B.")),
        (["/correct I am B.", "/good"], Feedback("good", "I am B.")),
    ],
)
def test_the_last_reply_is_judged(talk: Talk, lines: list[str], feedback: Feedback) -> None:
    say(talk, *lines)
    assert read_feedback(talk) == feedback


def test_a_judgement_names_the_reply(talk: Talk) -> None:
    assert say(talk, "/good") == "Marked good: B\n"
    assert say(talk, "/correct b") == "Corrected: B\n"


def test_forget_deletes_a_message_and_what_follows_on_all_branches(talk: Talk) -> None:
    assert say(talk, "/regen", "/forget 2 --yes") == "Forgotten for good.\n"
    assert read_branch(talk) == ["one", "A"]
    assert len(talk.session.history.read_tree(talk.session.need_conversation().id)) == 2


@pytest.mark.parametrize("line", ["/forget --yes", "/forget 1 --yes"])
def test_a_conversation_of_which_nothing_is_left_is_left(talk: Talk, line: str) -> None:
    assert say(talk, line) == "Forgotten for good; a new conversation begins with your next message.\n"
    assert talk.session.history.latest_conversation() is None
    say(talk, "three")
    assert read_branch(talk) == ["three", "C"]


def test_what_still_stands_somewhere_is_told(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(History, "forget_turn", lambda self, turn_id: "another program is reading")
    assert say(talk, "/forget 2 --yes") == "another program is reading.\n"


@typed
@pytest.mark.parametrize("answer", ["n\r", "\r", "perhaps\r", CTRL_C, CTRL_D])
def test_a_terminal_asks_before_it_forgets(answer: str) -> None:
    assert type_keys(f"one\r/forget 1\r{answer}" + CTRL_D) == ["one"]


@typed
@pytest.mark.parametrize("answer", ["y\r", "Yes\r"])
def test_a_terminal_forgets_where_the_person_agrees(answer: str) -> None:
    assert type_keys(f"one\r/forget 1\r{answer}" + CTRL_D) == []


@pytest.mark.parametrize(
    ("answer", "agreed"), [("y", True), (" Yes ", True), ("", False), ("no", False), (None, False)]
)
def test_a_plain_terminal_asks_too(monkeypatch: pytest.MonkeyPatch, answer: str | None, agreed: bool) -> None:
    def type_answer(question: str) -> str:
        assert question == "Forget it? [y/N] "
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", type_answer)
    assert confirm_plainly("Forget it?") is agreed


def test_a_piped_chat_forgets_and_goes_on() -> None:
    ended = chat("echo", b"one\n/good\n/rename Two\n/forget --yes\ntwo\n")

    assert ended.stdout.decode() == "you said 3: one\nyou said 3: two\n"
    assert list_stored() == ["two", "you said 3: two"]

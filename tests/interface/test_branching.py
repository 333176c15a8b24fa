"""The commands that move about in the tree, typed through a pipe that stands for the keyboard, or piped."""

import sys

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from chatlstm.history.turn import StoredTurn
from chatlstm.interface.commands import take_line
from chatlstm.interface.completion import CommandCompleter
from chatlstm.interface.talk import Talk
from tests.interface.talks import make_talk, read_shown
from tests.interface.terminal import list_stored
from tests.interface.test_pipe import chat
from tests.interface.test_repl import CTRL_C, CTRL_D, type_keys

typed = pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX terminal's bytes")


def say(talk: Talk, *lines: str) -> str:
    """Give lines to a chat, and give what the last one showed."""
    for line in lines:
        read_shown(talk)
        take_line(talk, line)
    return read_shown(talk)


def read_branch(talk: Talk) -> list[str]:
    return [stored.turn.text for stored in talk.session.read_end()]


def read_tree(talk: Talk) -> tuple[StoredTurn, ...]:
    return talk.session.history.read_tree(talk.session.need_conversation().id)


@pytest.fixture
def talk() -> Talk:
    """A chat of two exchanges: one, A, two, B; the next replies are C and D."""
    talk = make_talk(["A", "B", "C", "D"])
    say(talk, "one", "two")
    return talk


def test_regen_adds_another_reply_beside_the_last(talk: Talk) -> None:
    assert say(talk, "/regen") == "C\n"
    assert read_branch(talk) == ["one", "A", "two", "C"]
    assert len(read_tree(talk)) == 5


def test_regen_takes_a_new_seed_and_options_for_this_once(talk: Talk) -> None:
    say(talk, "/regen warmth=7")
    recipe = talk.session.read_end()[-1].recipe

    assert recipe is not None
    assert (recipe.seed, recipe.options, talk.session.options) == (3, {"warmth": "7"}, {})


def test_regen_asks_the_plugin_that_answered(talk: Talk) -> None:
    say(talk, "a tale", "/regen")

    assert talk.session.route is not None
    assert (talk.session.route.domain, talk.session.route.reason) == ("story", "it answered before")


def test_regen_asks_the_plugin_that_was_chosen_since(talk: Talk) -> None:
    say(talk, "/use story", "/regen")

    assert talk.session.route is not None
    assert talk.session.route.domain == "story"


def test_regen_answers_a_message_that_was_gone_back_to(talk: Talk) -> None:
    assert say(talk, "/switch 3") == "You are behind two; /regen answers it\n\n> one\nA\n\n"
    assert say(talk, "/regen") == "C\n"


def test_undo_goes_back_before_the_last_message(talk: Talk) -> None:
    assert say(talk, "/undo").startswith("Back before > two\nNothing is lost")
    assert read_branch(talk) == ["one", "A"]


def test_undo_goes_back_before_everything(talk: Talk) -> None:
    say(talk, "/undo 2")
    assert read_branch(talk) == []
    say(talk, "three")
    assert read_branch(talk) == ["three", "C"]


def test_edit_says_a_message_otherwise_on_a_branch_of_its_own(talk: Talk) -> None:
    assert say(talk, "/edit 1 uno, due") == "C\n"
    assert read_branch(talk) == ["uno, due", "C"]
    assert len(read_tree(talk)) == 6


@typed
def test_edit_offers_the_message_on_a_terminal() -> None:
    talk = make_talk(["A"])
    assert type_keys("one\r/edit 1\r more\x1b\r!\r" + CTRL_D, talk) == ["one more\n!"]
    assert len(read_tree(talk)) == 4


@typed
@pytest.mark.parametrize("leave", [CTRL_C, "\x01\x0b\r", "\x01\x0b" + CTRL_D])
def test_an_edit_that_is_left_changes_nothing(leave: str) -> None:
    assert type_keys(f"one\r/edit 1\r{leave}" + CTRL_D) == ["one"]


def test_fork_goes_on_in_a_copy(talk: Talk) -> None:
    first = talk.session.need_conversation().id
    shown = say(talk, "/fork 1")

    assert talk.session.need_conversation().id != first
    assert f"begins as {first} does" in shown
    assert read_branch(talk) == ["one", "A"]
    assert len(talk.session.history.read_turns(first)) == 4


def test_fork_takes_the_whole_branch_and_the_latest_is_the_copy(talk: Talk) -> None:
    say(talk, "/fork")
    latest = talk.session.history.latest_conversation()

    assert read_branch(talk) == ["one", "A", "two", "B"]
    assert latest is not None and latest.id == talk.session.need_conversation().id


def test_tree_draws_all_branches(talk: Talk) -> None:
    assert say(talk, "/regen", "/tree").splitlines() == [
        "1 * > one",
        "2 * A",
        "3 * > two",
        "4   ├─ B",
        "5 * C",
        "* is where you are; /switch N goes to another turn.",
    ]


def test_switch_goes_to_the_end_of_another_branch(talk: Talk) -> None:
    say(talk, "/edit 1 uno", "/switch 2")
    assert read_branch(talk) == ["one", "A", "two", "B"]


def test_switch_goes_back_on_the_same_branch(talk: Talk) -> None:
    assert say(talk, "/switch 2").startswith("You are behind A\n\n> one\nA\n")
    assert read_branch(talk) == ["one", "A"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("/regen warmth", "/regen takes NAME=VALUE, got 'warmth'"),
        ("/regen nope=1", "no option 'nope'"),
        ("/regen warmth=99", "warmth must be a whole number from 1 to 9"),
        ("/undo 3", "there is no message 3: this branch has 2 messages of yours; /tree shows"),
        ("/undo x", "/undo needs a whole number from 1, got 'x'"),
        ("/undo 0", "/undo needs a whole number from 1"),
        ("/edit", "/edit needs the number of a message of yours"),
        ("/edit 1", "/edit 1 needs the new text behind it"),
        ("/edit 9 x", "there is no message 9"),
        ("/fork 9", "there is no message 9"),
        ("/switch", "/switch needs the number of a turn"),
        ("/switch 5", "there is no turn 5; /tree numbers them from 1 to 4"),
    ],
)
def test_what_cannot_be_done_is_told(talk: Talk, line: str, reason: str) -> None:
    shown = say(talk, line)
    assert shown.startswith("Error: ") and reason in shown and shown.count("\n") == 1
    assert read_branch(talk) == ["one", "A", "two", "B"]


NEEDING = ("regen", "undo", "edit 1 x", "fork", "tree", "switch 1", "rename x", "forget", "good", "bad", "context")


@pytest.mark.parametrize("command", NEEDING)
def test_before_anything_was_said_it_is_told_to_say_something(command: str) -> None:
    assert "nothing in it yet; say something first" in say(make_talk(), f"/{command}")


@pytest.mark.parametrize("command", NEEDING)
def test_a_conversation_deleted_meanwhile_is_left(talk: Talk, command: str) -> None:
    talk.session.history.delete_conversations([talk.session.need_conversation().id])

    assert "was deleted meanwhile; your next message begins another one" in say(talk, f"/{command}")
    assert talk.session.conversation is None


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("fork", "this branch stands before its first turn"),
        ("undo", "there is no message 1: this branch stands before its first turn"),
        ("good", "there is no reply to judge yet"),
        ("regen", "there is no message to answer again"),
        ("context", "no reply yet"),
    ],
)
def test_before_the_first_turn_it_is_told_where_one_is(talk: Talk, command: str, reason: str) -> None:
    assert reason in say(talk, "/undo 2", f"/{command}")


def test_branches_are_made_through_a_pipe() -> None:
    ended = chat("echo", b"one\ntwo\n/undo\nthree\n/edit 1 uno\n/switch 2\n/regen\n")

    assert ended.stdout.decode() == "".join(
        f"you said {len(text)}: {text}\n" for text in ("one", "two", "three", "uno", "three")
    )
    assert list_stored() == ["one", "you said 3: one", "three", "you said 5: three"]


def test_the_options_of_regen_are_completed() -> None:
    completer = CommandCompleter(make_talk())
    found = completer.get_completions(Document("/regen w"), CompleteEvent())

    assert [completion.text for completion in found] == ["warmth="]

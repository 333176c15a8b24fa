"""/search and /context."""

import json

from chatlstm.engine.api import Generator, Prompt
from chatlstm.interface.talk import Talk
from chatlstm.pipeline.domain import Domain
from chatlstm.pipeline.registry import Registry
from chatlstm.records import Request
from tests.doubles import CannedGenerator
from tests.interface.talks import make_talk
from tests.interface.test_branching import say
from tests.interface.test_pipe import chat
from tests.session.test_context import Listener, Poems


def make_listening_talk(generator: CannedGenerator) -> Talk:
    """Make a chat whose dialogue reads what was said before."""
    talk = make_talk(generator=generator)
    talk.session.registry = Registry({"dialogue": Listener(), "poetry": Poems()})
    return talk


def test_search_finds_what_was_said_on_every_branch() -> None:
    talk = make_talk(["The moon.", "The sea."])
    lines = say(talk, "Tell me of moonlight.", "/regen", "/search moon*").splitlines()

    assert [line for line in lines if line.startswith("  ")] == ["    The [moon].", "  > Tell me of [moonlight]."]
    assert lines[0].endswith("Tell me of moonlight.")


def test_search_marks_in_bold_where_there_is_colour() -> None:
    talk = make_talk(["床前明月光"])
    talk.screen.color = True

    assert "床前\x1b[1m明月\x1b[22m光" in say(talk, "Hi.", "/search 明月")


def test_search_tells_json() -> None:
    (found,) = json.loads(say(make_talk(["The moon."]), "Hi.", "/search moon --json"))

    assert (found["speaker"], found["text"], found["spans"]) == ("reply", "The moon.", [[4, 8]])


def test_a_search_that_finds_nothing_says_what_to_do_next() -> None:
    assert say(make_talk(), "/search moon") == "Nothing was found; /list names the conversations.\n"


def test_a_search_for_nothing_is_refused() -> None:
    assert "/search needs words" in say(make_talk(), "/search --json")


def test_search_through_a_pipe_writes_json_where_replies_go() -> None:
    ended = chat("echo", b"moon\n/search moon --json\n")
    assert len(json.loads(ended.stdout.decode().splitlines()[1])) == 2


def test_context_shows_what_was_read_behind_a_state() -> None:
    talk = make_listening_talk(CannedGenerator(["old sea", "fine", "well"]))
    shown = say(talk, "one two", "poem", "three", "/context")

    assert shown.splitlines() == [
        "dialogue, canned@0123abcd:",
        "  state    2  > one two",
        "  state    2    old sea",
        "  read     1  > poem",
        "  read     1    fine",
        "  read     1  > three",
        "3 tokens were read behind a stored state of 16 bytes, which holds the turns marked state and all before them",
    ]


def test_context_shows_what_was_replayed() -> None:
    shown = say(make_listening_talk(CannedGenerator(["old sea"])), "one two", "/context")

    assert shown.splitlines()[1:] == [
        "  read     2  > one two",
        "2 tokens were read; there was no stored state of canned@0123abcd to go on from",
    ]


def test_context_shows_the_prompt_of_a_plugin_that_reads_no_conversation() -> None:
    shown = say(make_talk(["hi"]), "one", "two words", "/context")

    assert shown.splitlines()[1:] == [
        "  read     2  > two words",
        "2 tokens were read: dialogue reads no conversation",
    ]


class Narrow(Domain):
    """Reads two turns."""

    name = "dialogue"
    summary = "Small talk."

    def window(self, request: Request, engine: Generator) -> Prompt:
        turns = (*(turn.text for turn in request.unread), request.text)
        return Prompt(self.name, turns[-2:])


def test_context_names_what_the_window_had_no_room_for() -> None:
    talk = make_talk(["hi"])
    say(talk, "one")
    talk.session.registry = Registry({"dialogue": Narrow()})
    lines = say(talk, "two", "/context").splitlines()

    assert lines[1:4] == ["  left out 1  > one", "  read     1    hi", "  read     1  > two"]


def test_a_copy_of_a_conversation_goes_on_from_its_states() -> None:
    talk = make_listening_talk(CannedGenerator(["old sea", "fine", "well"]))
    shown = say(talk, "one two", "three", "/fork 1", "four", "/context")

    assert shown.splitlines()[1:4] == ["  state    2  > one two", "  state    2    old sea", "  read     1  > four"]

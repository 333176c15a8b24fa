"""An answer that fails: what is told, and that the chat goes on."""

import pytest

from chatlstm.errors import CheckpointError
from chatlstm.interface.commands import take_line
from chatlstm.interface.talk import Engine
from tests.doubles import CannedGenerator
from tests.interface.talks import make_talk, make_talk_with, read_shown


def fail() -> Engine:
    raise ZeroDivisionError("by\nzero")


def refuse() -> Engine:
    raise CheckpointError("en: is damaged")


def lose_the_terminal() -> Engine:
    raise OSError(5, "Input/output error")


def test_a_fault_of_the_program_is_told_in_a_line_and_ends_nothing() -> None:
    talk = make_talk_with(fail)
    talk.answer("Hello.")

    assert talk.exit_code == 1
    assert read_shown(talk) == (
        "Error: this reply failed (ZeroDivisionError: by zero); --debug shows where\n"
    )


def test_a_message_whose_reply_failed_is_stored() -> None:
    talk = make_talk_with(fail)
    talk.answer("Hello.")

    assert talk.session.list_messages(1) == ["Hello."]


def test_debugging_shows_where_it_arose() -> None:
    talk = make_talk_with(fail, debug=True)
    talk.answer("Hello.")

    assert "in fail\n" in read_shown(talk)


def test_what_a_person_can_mend_is_told_as_it_is_with_its_exit_code() -> None:
    talk = make_talk_with(refuse)
    talk.answer("Hello.")

    assert (talk.exit_code, read_shown(talk)) == (3, "Error: en: is damaged\n")


def test_why_tells_the_route_of_a_message_that_no_model_could_answer() -> None:
    talk = make_talk_with(refuse)
    talk.answer("Tell me a tale.")
    read_shown(talk)
    take_line(talk, "/why")

    assert read_shown(talk) == "story: the message says 'tale' (story 0.88, dialogue 0.12)\n"


def test_a_terminal_that_is_gone_ends_it() -> None:
    with pytest.raises(OSError, match="Input/output error"):
        make_talk_with(lose_the_terminal).answer("Hello.")


def test_a_reply_that_broke_off_stands_and_the_next_is_given() -> None:
    generator = CannedGenerator(["half of it"], error=RuntimeError("broke"))
    talk = make_talk(generator=generator)
    for text in ("one", "two"):
        talk.answer(text)

    shown = read_shown(talk)
    assert shown.count("half of it\nError: the plugin 'dialogue' failed: RuntimeError: broke") == 2


def test_the_speed_is_that_of_the_last_reply() -> None:
    talk = make_talk(["one two"])
    before = talk.speed
    talk.answer("Hello.")

    assert (before, talk.speed > 0) == (0.0, True)


def test_a_message_in_another_language_is_answered_by_its_own_starter() -> None:
    english, chinese = CannedGenerator(["hi"]), CannedGenerator(["你好"])
    engine = Engine(english, "cpu", {"zh": chinese}.__getitem__)

    assert engine.choose("zh") is chinese
    assert engine.choose("en") is english


def test_a_checkpoint_that_was_named_answers_every_language() -> None:
    english = CannedGenerator(["hi"])

    assert Engine(english, "cpu").choose("zh") is english

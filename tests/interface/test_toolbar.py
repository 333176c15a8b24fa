from chatlstm.errors import CheckpointError
from chatlstm.interface.commands import take_line
from chatlstm.interface.loading import Loading
from chatlstm.interface.talk import Engine, Talk
from chatlstm.interface.toolbar import describe_state
from tests.interface.talks import make_talk


def test_at_first_everything_is_still_open() -> None:
    assert describe_state(make_talk()) == " auto · new · loading the model"


def test_after_a_reply_it_tells_plugin_conversation_checkpoint_device_and_speed() -> None:
    talk = make_talk()
    take_line(talk, "Hello.")
    talk.speed = 209.6

    assert talk.session.conversation is not None
    assert describe_state(talk) == (
        f" auto: dialogue · {talk.session.conversation.id} · canned@0123abcd · cpu · 210 tok/s"
    )


def test_a_chosen_plugin_stands_alone_and_vi_keys_are_named() -> None:
    talk = make_talk()
    talk.session.choose_plugin("story")

    assert describe_state(talk, vi=True) == " story · new · loading the model · vi"


def fail() -> Engine:
    raise CheckpointError("damaged")


def test_a_model_that_failed_is_none() -> None:
    talk = make_talk()
    engine = Loading(fail)
    engine.start()
    while engine.running:
        pass

    assert describe_state(Talk(talk.session, engine, talk.screen)) == " auto · new · no model"

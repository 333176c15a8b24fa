"""/continue lets the last story go on."""

import pytest

from chatlstm.interface.commands import take_line
from chatlstm.plugin import Prompt
from tests.doubles import CannedGenerator
from tests.interface.talks import make_talk


@pytest.mark.parametrize(("reply", "message"), [("A fox ran.", "continue"), ("狐狸跑了。", "继续")])
def test_continue_asks_the_story_plugin_to_go_on_in_the_language_it_was_told_in(reply: str, message: str) -> None:
    generator = CannedGenerator([reply])
    talk = make_talk(generator=generator)

    take_line(talk, "a tale")
    take_line(talk, "/continue")

    assert generator.prompts[-1] == Prompt("story", (message,))


def test_continue_leaves_the_chosen_plugin_as_it_was() -> None:
    talk = make_talk()
    take_line(talk, "/use dialogue")

    take_line(talk, "/continue")

    assert talk.session.plugin == "dialogue"

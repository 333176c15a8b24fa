from dataclasses import replace

import pytest

from chatlstm.interface.commands import COMMANDS, KEYS, take_line
from chatlstm.pipeline.registry import Registry
from chatlstm.plugin import Domain, Draft, Request
from tests.doubles import CannedGenerator
from tests.interface.talks import make_talk, read_shown


def test_a_message_is_answered() -> None:
    talk = make_talk(["Hello there."])

    take_line(talk, "Hi.")

    assert read_shown(talk) == "Hello there.\n"


@pytest.mark.parametrize("line", ["", "  ", "\n\n", "\x1b[0m", "\t"])
def test_a_blank_line_is_no_message(line: str) -> None:
    talk = make_talk()

    take_line(talk, line)

    assert (read_shown(talk), talk.session.conversation) == ("", None)


def test_an_unknown_command_is_not_sent_and_the_nearest_is_named() -> None:
    talk = make_talk()

    take_line(talk, "/hlep me")

    assert "no command /hlep; did you mean /help?" in read_shown(talk)
    assert talk.session.conversation is None


def test_a_command_like_nothing_is_refused_with_where_to_look() -> None:
    talk = make_talk()

    take_line(talk, "/zzzz")

    assert "/help lists them" in read_shown(talk)


def test_two_slashes_send_one() -> None:
    generator = CannedGenerator(["fine"])

    take_line(make_talk(generator=generator), "//help")

    assert generator.prompts[0].turns[-1] == "/help"


def test_a_message_is_cleaned_before_it_is_sent() -> None:
    generator = CannedGenerator(["fine"])

    take_line(make_talk(generator=generator), "a\0b\x1b[31mc\ud800 你好 😀")

    assert generator.prompts[0].turns[-1] == "a\ufffdbc\ufffd 你好 😀"


def test_help_names_every_command_and_key() -> None:
    talk = make_talk()

    take_line(talk, "/help")

    shown = read_shown(talk)
    assert all(f"/{command.name}" in shown and command.summary in shown for command in COMMANDS)
    assert all(key in shown for key, _ in KEYS)


def test_use_sends_every_message_to_one_plugin() -> None:
    talk = make_talk()

    take_line(talk, "/use story")
    take_line(talk, "Hello.")

    assert talk.session.route is not None
    assert (talk.session.route.domain, talk.session.route.reason) == ("story", "you chose it")


def test_use_auto_lets_the_message_decide_again() -> None:
    talk = make_talk()

    take_line(talk, "/use story")
    take_line(talk, "/use auto")

    assert talk.session.plugin is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("/use", "/use needs a name: auto, dialogue, story"),
        ("/use nope", "no domain 'nope'; installed: dialogue, story"),
        ("/use poems", "the plugin 'poems' is broken: SyntaxError"),
        ("/seed x", "/seed needs a whole number"),
        ("/seed -1", "/seed needs a whole number"),
        ("/seed 9999999999999999999", "/seed needs a whole number"),
        ("/set nope 1", "no option 'nope'"),
        ("/set warmth 99", "warmth must be a whole number from 1 to 9, got '99'"),
        ("/set warmth hot", "warmth must be a whole number"),
        ("/why", "there is none yet"),
        ("/resume zzz", "no conversation begins with 'zzz'"),
        ("/resume", "there is no conversation to go on with yet"),
    ],
)
def test_what_a_command_cannot_take_is_told(line: str, reason: str) -> None:
    talk = make_talk()

    take_line(talk, line)

    shown = read_shown(talk)
    assert shown.startswith("Error: ") and reason in shown


def test_seed_makes_replies_repeatable() -> None:
    generator = CannedGenerator(["fine"])
    talk = make_talk(generator=generator)

    for line in ("/seed 7", "one", "two", "/seed 7", "three"):
        take_line(talk, line)

    assert generator.seeds == [7, 8, 7]


def test_set_gives_the_plugin_its_option() -> None:
    talk = make_talk()

    take_line(talk, "/set warmth 8")
    take_line(talk, "Hello.")

    assert talk.session.recipe is not None
    assert talk.session.recipe.options == {"warmth": "8"}


def test_set_without_value_takes_the_option_back() -> None:
    talk = make_talk()

    take_line(talk, "/set warmth 8")
    take_line(talk, "/set warmth")

    assert talk.session.options == {}


def test_set_alone_shows_values_and_bounds() -> None:
    talk = make_talk()

    take_line(talk, "/set warmth 8")
    read_shown(talk)
    take_line(talk, "/set")

    assert read_shown(talk) == "dialogue: warmth = 8  (1 to 9) how kind\n"


def test_set_alone_says_so_where_the_chosen_plugin_has_no_options() -> None:
    talk = make_talk()

    take_line(talk, "/use story")
    read_shown(talk)
    take_line(talk, "/set")

    assert read_shown(talk) == "No plugin takes options.\n"


def test_why_names_plugin_reason_score_checkpoint_and_seed() -> None:
    talk = make_talk()

    take_line(talk, "Tell me a tale.")
    read_shown(talk)
    take_line(talk, "/why")

    assert read_shown(talk) == (
        "story: the message says 'tale' (story 0.88, dialogue 0.12)\ncanned@0123abcd, seed 1\n"
    )


class Chooser(Domain):
    """Tells what it could have said."""

    name = "dialogue"
    summary = "Choices."

    def begin(self, request: Request) -> Draft:
        """Settle the reply at once."""
        ranked = [{"text": "good", "score": -1.5}, {"text": "\x1b[1mbad", "score": -20.0}]
        draft = super().begin(request)
        return replace(draft, reply="good", details={"candidates": ranked, "turns": 2, "odd": [{}]})


def test_why_ranks_the_candidates_and_tells_other_details() -> None:
    talk = make_talk()
    talk.session.registry = Registry({"dialogue": Chooser()})

    take_line(talk, "Hello.")
    read_shown(talk)
    take_line(talk, "/why")

    assert read_shown(talk).splitlines()[2:] == [
        "candidates, best first:",
        "     -1.50  good",
        "    -20.00  bad",
        "turns: 2",
        "odd: [{}]",
    ]


def test_new_begins_another_conversation() -> None:
    talk = make_talk()

    for line in ("one", "/new", "two"):
        take_line(talk, line)

    assert len(talk.session.list_conversations(9)) == 2


def test_list_shows_ids_and_titles_the_latest_first() -> None:
    talk = make_talk()
    for line in ("one", "/new", "two"):
        take_line(talk, line)
    read_shown(talk)

    take_line(talk, "/list")

    assert [line.split()[-1] for line in read_shown(talk).splitlines()] == ["two", "one"]


def test_list_says_so_where_there_is_nothing() -> None:
    talk = make_talk()

    take_line(talk, "/list")

    assert read_shown(talk) == "There is no conversation yet.\n"


def test_resume_goes_back_and_shows_the_last_two_exchanges() -> None:
    talk = make_talk(["a", "b", "c", "d"])
    for line in ("one", "two", "three"):
        take_line(talk, line)
    assert talk.session.conversation is not None
    first = talk.session.conversation.id
    take_line(talk, "/new")
    take_line(talk, "four")
    read_shown(talk)

    take_line(talk, f"/resume {first}")

    assert talk.session.conversation.id == first
    assert read_shown(talk) == f"You are back in {first}.\n\n> two\nb\n\n> three\nc\n\n"


def test_a_long_turn_is_cut_where_it_is_shown_again() -> None:
    talk = make_talk(["word " * 1000])
    take_line(talk, "Hello.")
    read_shown(talk)

    talk.show_last_turns()

    shown = read_shown(talk)
    assert len(shown) < 1100 and shown.endswith(" […]\n\n")


def test_plugins_lists_the_broken_ones_too() -> None:
    talk = make_talk()

    take_line(talk, "/plugins")

    assert read_shown(talk).splitlines() == [
        "dialogue   Small talk.",
        "story      Tales.",
        "poems      broken: SyntaxError",
    ]


def test_plugins_says_so_where_there_is_none() -> None:
    talk = make_talk()
    talk.session.registry = Registry({})

    take_line(talk, "/plugins")

    assert read_shown(talk) == "There is no plugin.\n"


def test_quit_leaves() -> None:
    with pytest.raises(EOFError):
        take_line(make_talk(), "/quit")

"""Which plugin a message is for."""

import pytest

from chatlstm.pipeline.domain import Domain
from chatlstm.pipeline.router import Route, choose_route


class Limericks(Domain):
    """A stranger's plugin, which has nothing but cues."""

    name = "limericks"
    cues = ("limerick", "there once was", "ode to...", "打油诗", "def f(x):")


class Poetry(Domain):
    name = "poetry"
    cues = ("^rhyme", "form: *")
    subjects = ("poem", "haiku", "news poem", "诗")
    follow_ups = ("^change line *", "第*句", "^another one")


class News(Domain):
    name = "news"
    cues = ("news about",)
    subjects = ("news", "article", "新闻")
    follow_ups = ("^another one",)


DOMAINS = (Limericks(), Poetry(), News())


def route(text: str, last: str | None = None) -> str:
    return choose_route(text, DOMAINS, chosen=None, last=last).domain


@pytest.mark.parametrize("text", ["a limerick", "LIMERICK!", "写一首limerick吧", "limerick123", "来首打油诗"])
def test_a_cue_alone_decides_as_a_whole_word_in_any_case(text: str) -> None:
    assert route(text) == "limericks"


@pytest.mark.parametrize("text", ["limericks", "alimerick", "ode to the joy"])
def test_a_part_of_a_word_is_no_cue(text: str) -> None:
    assert route(text) == "dialogue"


def test_the_signs_of_a_cue_are_themselves() -> None:
    assert [route("def f(x): return x"), route("ode to... joy")] == ["limericks", "limericks"]


@pytest.mark.parametrize("text", ["Rhyme on snow", "Hi there, could you please rhyme on snow"])
def test_an_anchored_cue_stands_at_the_beginning_behind_polite_words(text: str) -> None:
    assert route(text) == "poetry"


def test_an_anchored_cue_elsewhere_is_none() -> None:
    assert route("I never rhyme on snow") == "dialogue"


def test_an_asterisk_stays_within_a_sentence() -> None:
    assert [route("form: couplet"), route("Which form? A: none")] == ["poetry", "dialogue"]


def test_a_cue_has_the_punctuation_of_either_script() -> None:
    assert route("form： couplet") == "poetry"


@pytest.mark.parametrize("text", ["write a poem", "我想要一首诗", "Wirte a peom"])
def test_a_subject_that_is_asked_for_decides(text: str) -> None:
    assert route(text) == "poetry"


@pytest.mark.parametrize("text", ["I like that poem", "我喜欢诗", "Did you hear the news?"])
def test_a_subject_that_is_only_mentioned_stays_with_dialogue(text: str) -> None:
    assert route(text) == "dialogue"


def test_a_longer_noun_takes_its_words_from_a_shorter_one() -> None:
    found = choose_route("write a news poem", DOMAINS, chosen=None)

    assert (found.domain, "news" in found.scores) == ("poetry", False)


def test_a_cue_is_stronger_than_what_is_asked_for() -> None:
    assert route("write a poem: there once was a man") == "limericks"


def test_of_two_cues_the_longer_wins() -> None:
    assert route("news about a limerick") == "news"


def test_a_follow_up_goes_to_the_plugin_that_answered_last() -> None:
    follow_ups = ("Change line 3, please.", "换第三句", "another one")

    assert [route(text, last="poetry") for text in follow_ups] == ["poetry", "poetry", "poetry"]


def test_the_same_follow_up_goes_elsewhere_after_another_plugin() -> None:
    assert [route("another one", last=last) for last in ("news", "dialogue", None)] == ["news", "dialogue", "dialogue"]


def test_small_talk_after_a_poem_is_small_talk() -> None:
    assert route("Thank you, I like it.", last="poetry") == "dialogue"


def test_the_route_tells_its_words_and_the_share_of_each_plugin() -> None:
    # softmax by hand: e^2.5 = 12.18 for what is asked for, e^0.25 = 1.28 for a mention, e^1 = 2.72 for small talk
    assert choose_route("Write a poem about the news.", DOMAINS, chosen=None) == Route(
        "poetry", "the message says 'poem'", {"poetry": 0.75, "dialogue": 0.17, "news": 0.08}
    )


@pytest.mark.parametrize("text", ["Hello there.", "", " \n", "😀"])
def test_a_message_that_says_nothing_is_small_talk(text: str) -> None:
    assert choose_route(text, DOMAINS, chosen=None) == Route("dialogue", "small talk", {"dialogue": 1.0})


def test_what_a_person_chose_overrules() -> None:
    assert choose_route("write a poem", DOMAINS, chosen="news") == Route("news", "you chose it", {})


def test_both_ends_of_a_long_message_are_looked_at() -> None:
    text = "It rained all day. " * 500
    assert [route("Write a poem: " + text), route(text + "Write a poem.")] == ["poetry", "poetry"]


def test_the_middle_of_a_long_message_is_not_looked_at() -> None:
    assert route("It rained. " * 100 + "Write a poem. " + "It rained. " * 100) == "dialogue"

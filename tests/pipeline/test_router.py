"""Which plugin a message is for."""

import pytest

from chatlstm.pipeline.domain import Domain
from chatlstm.pipeline.router import Route, choose_route


class Poetry(Domain):
    name = "poetry"
    cues = ("poem", "write a poem", "haiku", "写诗", "ode to...")


class News(Domain):
    name = "news"
    cues = ("article", "news", "新闻")


class Code(Domain):
    name = "code"
    cues = ("def f(x):", "news")


DOMAINS = (Poetry(), News(), Code())


def route(text: str) -> str:
    return choose_route(text, DOMAINS, chosen=None).domain


@pytest.mark.parametrize("text", ["a poem, please", "POEM!", "Poem", "写一首haiku吧", "poem123"])
def test_a_cue_is_found_as_a_whole_word_in_any_case(text: str) -> None:
    assert route(text) == "poetry"


@pytest.mark.parametrize("text", ["poems", "tapoem", "haikus and so on", "renewspaper"])
def test_a_part_of_a_word_is_no_cue(text: str) -> None:
    assert route(text) == "dialogue"


CHINESE = [("请为我写诗吧", "poetry"), ("今日新闻三则", "news"), ("看news吧写诗", "code")]


@pytest.mark.parametrize(("text", "domain"), CHINESE)
def test_a_chinese_cue_is_found_anywhere(text: str, domain: str) -> None:
    assert route(text) == domain


def test_the_signs_of_a_cue_are_themselves() -> None:
    assert [route("def f(x): return x"), route("ode to... joy"), route("ode to the joy")] == [
        "code",
        "poetry",
        "dialogue",
    ]


def test_the_most_characters_of_cues_win() -> None:
    found = choose_route("write a poem about the news", DOMAINS, chosen=None)

    assert found == Route(
        "poetry",
        "the message says 'poem', 'write a poem'",
        {"poetry": len("poem") + len("write a poem"), "news": 4, "code": 4},
    )


def test_a_tie_falls_to_the_first_name() -> None:
    assert route("news") == "code"


@pytest.mark.parametrize("text", ["Hello there.", "", " \n", "😀"])
def test_small_talk_stays_with_dialogue(text: str) -> None:
    assert choose_route(text, DOMAINS, chosen=None) == Route("dialogue", "no cue of another plugin", {})


def test_what_a_person_chose_overrules() -> None:
    assert choose_route("write a poem", DOMAINS, chosen="news") == Route("news", "you chose it", {})

"""How well the five domains are told apart, on messages written by hand in both languages.

Of ``routing_messages.tsv`` the router's rules and the plugins' words were tuned on the rows ``tuned``
and ``further``; the rows ``held_out`` were written after the last change to the rules, and measured once.
"""

from collections import Counter
from pathlib import Path

import pytest

from chatlstm.pipeline.language import detect_language
from chatlstm.pipeline.router import choose_route
from tests.pipeline.routed import DOMAINS

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "routing_messages.tsv").read_text(encoding="utf-8").splitlines()[1:]
]


def share_right(split: str, language: str) -> float:
    right = [
        choose_route(text.replace("\\n", "\n"), DOMAINS, chosen=None).domain == domain
        for rows, spoken, domain, text in ROWS
        if (rows, spoken) == (split, language)
    ]
    return sum(right) / len(right)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("split", ["held_out", "tuned", "further"])
def test_at_least_95_in_100_messages_reach_their_plugin(split: str, language: str) -> None:
    assert share_right(split, language) >= 0.95


def test_a_third_of_300_messages_is_held_out() -> None:
    assert Counter((split, language) for split, language, *_ in ROWS if split != "further") == {
        ("tuned", "en"): 100,
        ("tuned", "zh"): 100,
        ("held_out", "en"): 50,
        ("held_out", "zh"): 50,
    }


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("写一首关于月亮的诗", "poetry"),
        ("news about the flood", "news"),
        ("continue: It was a dark night", "story"),
        ("write a function that reverses a list", "code"),
        ("I like poetry", "dialogue"),
        ("Did you hear the news?", "dialogue"),
        ("我喜欢写代码", "dialogue"),
    ],
)
def test_the_messages_of_the_manual_reach_their_plugin(text: str, domain: str) -> None:
    assert choose_route(text, DOMAINS, chosen=None).domain == domain


@pytest.mark.parametrize(
    ("text", "last"),
    [("change line 3", "poetry"), ("换第三句", "poetry"), ("continue", "story"), ("继续", "story"), ("longer", "news")],
)
def test_a_follow_up_stays_with_the_plugin_that_answered(text: str, last: str) -> None:
    assert choose_route(text, DOMAINS, chosen=None, last=last).domain == last


def test_the_language_of_the_messages_is_told() -> None:
    # code alone says nothing of the language; such rows are left out
    words = [(language, text) for _, language, _, text in ROWS if "def " not in text]

    assert sum(detect_language(text) == language for language, text in words) / len(words) >= 0.99

"""What is measured of articles."""

import pytest
from chatlstm_news.evaluation import Covered, evaluate_news, list_articles, measure_articles
from chatlstm_news.keywords import read_keywords
from chatlstm_news.news import News

from chatlstm.plugin import Record
from tests.babbler import Babbler
from tests.plugins.measured import measures_of, texts_of

ARTICLE = "Fox meets a ship\n\nThe fox saw a ship.\n\nThen the ship went home."
HEADLINE = Record("news", ("headline: fox", "Fox meets a ship"))
SENTENCES = ("The fox saw a ship.", "Then the ship went home.")
HELD_OUT = [
    Record("news", ("fox, ship", SENTENCES[0], "ship", SENTENCES[1])),
    HEADLINE,
    Record("news", ("saw", SENTENCES[0], "home", SENTENCES[1])),
    Record("news", ("fox", SENTENCES[0])),
    Record("news", (ARTICLE,)),
]


def test_coverage_is_the_share_of_articles_that_hold_all() -> None:
    articles = [Covered(("fox", "ship"), "A fox."), Covered(("fox",), "A fox.")]
    measures = {one.name: one.value for one in measure_articles(articles, "en", "")}

    assert (measures["coverage"], measures["keywords_held"]) == (0.5, 0.75)


def test_an_article_is_put_together_once_with_its_keywords() -> None:
    assert list_articles(HELD_OUT, "en") == [
        Covered(("fox", "ship"), " ".join(SENTENCES)),
        Covered(("fox",), SENTENCES[0]),
    ]


def test_a_single_keyword_of_several_words_is_asked_for_as_one() -> None:
    record = Record("news", ("head of state", "The head of state came."))
    asked: list[str] = []

    def write(keywords: str, seed: int) -> str:
        asked.append(keywords)
        return ARTICLE

    list(evaluate_news(Babbler(), [record], write, seed=1))

    assert [read_keywords(text) for text in asked] == [("head of state",)]


def test_a_single_article_is_not_compared_with_others() -> None:
    names = [one.name for one in measure_articles([Covered(("fox",), "A fox.")], "en", "")]

    assert "self_bleu" not in names


def test_each_figure_stands_beside_people_and_the_plain_stream() -> None:
    found = [
        one.reference
        for one in measures_of(News().evaluate(Babbler(), HELD_OUT, options={"candidates": "2"}, seed=1))
        if one.name == "coverage"
    ]

    assert found == ["", "human", "without_pipeline"]


def test_what_the_plugin_writes_has_its_form_and_its_keywords() -> None:
    found = list(evaluate_news(Babbler(), HELD_OUT, lambda keywords, seed: ARTICLE, seed=1))
    measures = measures_of(found)

    assert [(one.name, one.value) for one in measures[:2]] == [("form", 1.0), ("coverage", 1.0)]
    assert measures[0].low == pytest.approx(0.0)
    assert texts_of(found) == [ARTICLE, ARTICLE]


def test_without_articles_nothing_is_measured() -> None:
    assert list(evaluate_news(Babbler(), [HEADLINE, HELD_OUT[-1]], lambda keywords, seed: "", seed=1)) == []

"""Keywords out of a list or a sentence."""

import pytest
from chatlstm_news.keywords import list_missing, read_keywords

from chatlstm.plugin import ConstraintError, MisuseError, find_word


@pytest.mark.parametrize(
    ("text", "keywords"),
    [
        ("flood, village, rescue", ("flood", "village", "rescue")),
        ("flood; village\nrescue", ("flood", "village", "rescue")),
        ("洪水、村庄，救援；水库", ("洪水", "村庄", "救援", "水库")),
        ("flood, and the village, Flood", ("flood", "the village")),
        ("U.S. Senate, $5 million, 42, 🙂", ("U.S. Senate", "$5 million", "42", "🙂")),
        ("  new   york ,boat", ("new york", "boat")),
        ("flood, flood warning", ("flood", "flood warning")),
        ("news about flood, village", ("flood", "village")),
        ("Write a news article about: flood, village", ("flood", "village")),
    ],
)
def test_a_list_is_taken_as_it_stands(text: str, keywords: tuple[str, ...]) -> None:
    assert read_keywords(text) == keywords


@pytest.mark.parametrize(
    ("text", "keywords"),
    [
        ("write about the flood in the village", ("flood", "village")),
        ("Please write me a short news article about the election in New York.", ("election", "New York")),
        ("news about the flood", ("flood",)),
        ("Can you write a story on how Angela Merkel met the Pope?", ("Angela Merkel", "met", "Pope")),
        ("Paris", ("Paris",)),
        ("flood village rescue", ("flood", "village", "rescue")),
        ("写一篇关于洪水的新闻", ("洪水",)),
        ("请帮我写一则关于村庄里的洪水和救援的报道。", ("村庄", "洪水", "救援")),
        ("洪水的新闻", ("洪水",)),
    ],
)
def test_of_a_sentence_the_words_that_mean_something_are_taken(text: str, keywords: tuple[str, ...]) -> None:
    assert read_keywords(text) == keywords


@pytest.mark.parametrize("text", ["write about it", "!!!", "写一篇新闻"])
def test_without_a_keyword_there_is_no_article(text: str) -> None:
    with pytest.raises(MisuseError, match="name some, parted by commas"):
        read_keywords(text)


def test_more_keywords_than_an_article_holds_are_refused() -> None:
    with pytest.raises(ConstraintError, match="64 keywords at most, got 65"):
        read_keywords(", ".join(f"w{number}" for number in range(65)))


def test_a_keyword_of_a_page_is_refused() -> None:
    with pytest.raises(ConstraintError, match="has 81 characters; one has 80 at most"):
        read_keywords("boat, " + "x" * 81)


def test_signs_that_cannot_be_shown_are_left_out() -> None:
    assert read_keywords("flood\x1b[2J, vil\x00lage") == ("flood[2J", "village")


@pytest.mark.parametrize(
    ("keyword", "text", "found"),
    [
        ("flood", "The FLOOD came.", True),
        ("flood", "Floods came.", False),
        ("(x)", "f(x) is", True),
        ("C++", "in C++.", True),
        ("洪水", "大洪水来了", True),
        ("洪灾", "大洪水来了", False),
    ],
)
def test_a_keyword_is_found_as_a_whole_word(keyword: str, text: str, found: bool) -> None:
    assert bool(find_word(keyword, text)) is found


def test_what_is_missing_is_listed_in_its_order() -> None:
    assert list_missing(["c", "a", "b"], "a is here") == ["c", "b"]

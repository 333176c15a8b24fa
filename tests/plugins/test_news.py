"""The news plugin: articles that hold every keyword, whatever the model would write."""

from pathlib import Path

import pytest
from chatlstm_news.article import write_article, write_headline
from chatlstm_news.associates import read_associates
from chatlstm_news.checker import check_article
from chatlstm_news.holding import draw_holding
from chatlstm_news.keywords import list_missing
from chatlstm_news.news import News, choose_length
from hypothesis import given, settings
from hypothesis import strategies as st

from chatlstm.errors import MissingError
from chatlstm.pipeline.pipeline import answer
from chatlstm.plugin import (
    Candidate,
    ChatLSTMError,
    Constraint,
    ConstraintError,
    Prompt,
    Request,
    Sampling,
    SentencePlan,
    find_word,
)
from tests.babbler import Babbler
from tests.plugins.newsroom import make_desk

FEW = {"candidates": "4"}
KEYWORDS = ("flood", "Élysée", "U.S. Senate", "$5 million", "42", "🙂", "St. John's", "(x", 'the "boat"', "x" * 80)


def write(text: str, engine: Babbler, *, seed: int = 1, language: str = "en", **options: str) -> str:
    request = Request(text, seed=seed, options=FEW | options, language=language)
    return "".join(piece.text for piece in answer(News(), request, engine))


class Silent(Babbler):
    """Brings no sentence to an end."""

    def draw(
        self, prompt: Prompt, sampling: Sampling, *, n: int, seed: int, constraint: Constraint | None = None
    ) -> list[Candidate]:
        return [Candidate(" The", (17,), -1.0, "length")] * n


class Wordless(Babbler):
    """Brings a sentence to an end where no more than its last signs are asked of it."""

    def draw(
        self, prompt: Prompt, sampling: Sampling, *, n: int, seed: int, constraint: Constraint | None = None
    ) -> list[Candidate]:
        drawn = super().draw(prompt, sampling, n=n, seed=seed, constraint=constraint)
        return [one for one in drawn if one.text.count(" ") < 2] or [Candidate("", (), 0.0, "length")]


@pytest.mark.parametrize("seed", range(5))
def test_every_keyword_stands_in_the_article(seed: int) -> None:
    text = write("ship, red sails, island", Babbler(), seed=seed)

    assert check_article(text, ["ship", "red sails", "island"], language="en", paragraphs=3) == []


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_whatever_is_a_keyword_stands_in_the_article(keyword: str) -> None:
    assert keyword.lower() in write(f"{keyword}, boat", Babbler()).lower()


def test_sixty_keywords_stand_in_the_article() -> None:
    keywords = [f"word{number}" for number in range(60)]

    assert list_missing(keywords, write(", ".join(keywords), Babbler(), candidates="1")) == []


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=4), st.integers(0, 99))
@settings(max_examples=10, deadline=None)
def test_an_article_is_whole_or_refused_with_a_sentence(words: list[str], seed: int) -> None:
    request = Request(", ".join(words), seed=seed, options=FEW)
    try:
        *_, last = answer(News(), request, Babbler())
    except ChatLSTMError as error:
        assert error.exit_code in (2, 4)
        return
    assert last.details["machine_written"] is True


@pytest.mark.parametrize("paragraphs", ["2", "5"])
def test_there_are_as_many_paragraphs_as_asked_for(paragraphs: str) -> None:
    text = write("ship, island", Babbler(), paragraphs=paragraphs)

    assert text.count("\n\n") == int(paragraphs)


def test_a_chinese_article_holds_its_keywords() -> None:
    text = write("洪水、村庄、救援", Babbler("zh"), language="zh")

    assert check_article(text, ["洪水", "村庄", "救援"], language="zh", paragraphs=3) == []


def test_a_longer_article_is_longer() -> None:
    lengths = [len(write("ship", Babbler(), words=words).split()) for words in ("60", "300")]

    assert lengths[0] < 110 and 250 < lengths[1] < 350


def test_the_same_seed_writes_the_same_article() -> None:
    assert write("ship", Babbler(), seed=3) == write("ship", Babbler(), seed=3) != write("ship", Babbler(), seed=4)


def test_the_details_tell_that_a_machine_wrote_it() -> None:
    *_, last = answer(News(), Request("ship", options=FEW), Babbler())

    assert last.details == {
        "machine_written": True,
        "keywords": ["ship"],
        "checked": "every keyword stands in it",
        "attempts": 1,
    }


def test_the_model_is_given_the_keywords_of_each_sentence_before_it() -> None:
    engine = Babbler()
    write("a1, b2, c3, d4, e5, f6", engine)

    assert engine.prompts[0].turns == ("headline: a1, b2",)
    assert list(dict.fromkeys(prompt.turns for prompt in engine.prompts))[1][0] == "a1"


def test_a_sentence_comes_behind_all_before_it() -> None:
    engine = Babbler()
    write("ship", engine)

    assert {prompt.behind for prompt in engine.prompts} == {b"", b"a state of constant size"}


def test_a_model_that_ends_no_sentence_is_told_of() -> None:
    with pytest.raises(
        ConstraintError, match=r"3 articles in a row .* the keyword 'ship' is missing"
    ):
        write("ship, island", Silent())


def test_keywords_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ConstraintError, match="20 keywords in 3 paragraphs need 100 words or more, got words=50"):
        choose_length(["ship"] * 20, 3, 50, "en")


def test_a_length_that_was_asked_for_is_kept() -> None:
    assert choose_length(["ship"], 3, 50, "en") == 50


def test_chinese_length_is_counted_in_characters() -> None:
    with pytest.raises(ConstraintError, match="need 60 characters or more"):
        choose_length(["洪水"], 3, 50, "zh")


def test_two_keywords_of_a_sentence_stand_in_it() -> None:
    engine = Babbler()
    desk = make_desk(engine, "islander", "boatman")
    drawn = draw_holding(desk, desk.open_sentence(("islander",)), ("islander", "boatman"), SentencePlan())

    assert drawn and all(find_word(word, one.text) for word in ("islander", "boatman") for one in drawn)


def test_a_lead_that_holds_all_and_comes_to_no_end_gives_nothing() -> None:
    desk = make_desk(Silent(), "ship")

    assert draw_holding(desk, desk.open_sentence(("ship",)), ("ship",), SentencePlan(lead="Ship")) == []


def test_where_nothing_else_is_had_the_keyword_stands_alone() -> None:
    text = write_article(make_desk(Wordless(), "ship"))

    assert "ship" in text.lower()


class Planner(Babbler):
    """Names keywords where it is asked for none."""

    def draw(
        self, prompt: Prompt, sampling: Sampling, *, n: int, seed: int, constraint: Constraint | None = None
    ) -> list[Candidate]:
        if not prompt.turns:
            return [Candidate("storm, , boat, sail, mast", (17, 18), -2.0, "end")] * n
        return super().draw(prompt, sampling, n=n, seed=seed, constraint=constraint)


def test_where_no_keyword_is_due_what_goes_with_the_others_is_asked_for() -> None:
    engine = Babbler()
    write("train", engine)
    planned = {word for prompt in engine.prompts for word in prompt.turns[0].split(", ")}

    assert planned - {"headline: train", "train"} <= set(read_associates()["train"])
    assert len(planned) > 3


def test_where_nothing_is_known_of_a_keyword_the_model_names_some() -> None:
    engine = Planner()
    write("zyzzyva", engine)

    assert ("storm, boat, sail",) in [prompt.turns for prompt in engine.prompts]


def test_an_article_is_read_back_as_it_is_written() -> None:
    headline, first, second = News().retrace(
        Request("Ship, flood"), "A ship at sea\n\nThe ship sank.\n\nRescuers came to the village."
    )

    assert (headline[0].turns, headline[1]) == (("headline: Ship, flood",), "A ship at sea")
    assert (first[0].turns, first[1]) == (("Ship",), "The ship sank.")
    assert second[0].turns[:2] == ("Ship", "The ship sank.")
    assert all(word in second[1] for word in second[0].turns[2].split(", "))


def test_without_a_line_that_fits_the_headline_is_a_plain_one() -> None:
    assert write_headline(make_desk(Silent(), "x" * 80)) == "News of the day"


def test_a_headline_is_cut_out_of_a_longer_sentence() -> None:
    engine = Babbler(words=[" fox", " ran", " home", "The", *[" and then"] * 30, "."])

    assert 5 <= len(write_headline(make_desk(engine, "ship", candidates=30)).split()) <= 14


class Winding(Babbler):
    """Tells long sentences, and no short one."""

    end_ids = ()

    def draw(
        self, prompt: Prompt, sampling: Sampling, *, n: int, seed: int, constraint: Constraint | None = None
    ) -> list[Candidate]:
        if sampling.max_tokens > 60:
            return [Candidate("狐狸跑到山上看雨" * 6 + "。", (17,) * 49, -49.0, "constraint")] * n
        return super().draw(prompt, sampling, n=n, seed=seed, constraint=constraint)


def test_a_chinese_headline_is_cut_out_of_a_longer_sentence() -> None:
    headline = write_headline(make_desk(Winding("zh", ["雨"]), "船" * 30))

    assert 8 <= len(headline) < 20 and headline.startswith("狐狸跑到山上看雨")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_text_that_was_not_downloaded_is_missing_with_where_to_get_it(language: str, tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="chatlstm corpora fetch"):
        list(News().records_in(language, tmp_path))

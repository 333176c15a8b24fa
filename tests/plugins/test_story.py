"""The story plugin: as long as asked for, closed, with names that come back."""

from pathlib import Path

import pytest
from chatlstm_story.checker import check_story
from chatlstm_story.names import count_words
from chatlstm_story.story import Story
from hypothesis import given, settings
from hypothesis import strategies as st

from chatlstm.errors import MissingError
from chatlstm.pipeline.pipeline import answer
from chatlstm.plugin import (
    Candidate,
    Constraint,
    MisuseError,
    Piece,
    Prompt,
    Request,
    Sampling,
    Turn,
    cut_sentences,
    repeated_ngrams,
)
from tests.babbler import Babbler

OPENING = "Once there was a fox named Max."


def tell(text: str = OPENING, *, engine: Babbler | None = None, seed: int = 1, **options: str) -> list[Piece]:
    return list(answer(Story(), Request(text, seed=seed, options=options), engine or Babbler()))


def join(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


class Silent(Babbler):
    """Brings no sentence to an end."""

    def draw(
        self, prompt: Prompt, sampling: Sampling, *, n: int, seed: int, constraint: Constraint | None = None
    ) -> list[Candidate]:
        return [Candidate(" The", (17,), -1.0, "length")] * n


class Endless(Babbler):
    """Never comes to a stop of its own, and does not close what it is asked to."""

    def draw(
        self, prompt: Prompt, sampling: Sampling, *, n: int, seed: int, constraint: Constraint | None = None
    ) -> list[Candidate]:
        drawn = super().draw(prompt, sampling, n=n, seed=seed, constraint=constraint)
        return [one for one in drawn if len(one.text) > 100] or [Candidate("", (), -1.0, "length")]


@given(st.integers(1, 60), st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_a_story_is_as_long_as_asked_for_and_whole(words: int, seed: int) -> None:
    text = join(tell(seed=seed, words=str(words)))

    assert check_story(text, OPENING, words, language="en") == []


@pytest.mark.parametrize("opening", ["Once there was", 'Max said, "I want', "Max ran. (It was", "The end.\n\n", "x"])
def test_whatever_the_opening_left_open_is_closed(opening: str) -> None:
    text = join(tell(opening, words="40"))

    assert check_story(text, opening.strip(), 40, language="en") == []


def test_a_chinese_story_is_counted_in_characters() -> None:
    text = join(tell("从前有一只狐狸。", engine=Babbler("zh"), words="100"))

    assert check_story(text, "从前有一只狐狸。", 100, language="zh") == []


def test_a_story_grows_sentence_by_sentence() -> None:
    pieces = tell(words="100")

    assert len(pieces) > 5 and all(piece.finish is None for piece in pieces[:-1])


def test_the_details_tell_how_long_it_became_and_who_is_in_it() -> None:
    *pieces, last = tell(words="60")

    assert last.finish == "end"
    assert last.details["words"] == count_words(join(pieces), "en")
    assert "Max" in last.details["names"]  # type: ignore[operator]  # a list of names


def test_the_same_seed_tells_the_same_story() -> None:
    assert join(tell(seed=3)) == join(tell(seed=3)) != join(tell(seed=4))


def test_a_style_stands_before_the_opening() -> None:
    engine = Babbler()
    tell(engine=engine, style="grimm", words="10")

    assert engine.prompts[0] == Prompt("story", ("grimm",), OPENING, recall=0.15)


def test_without_a_style_the_opening_stands_alone() -> None:
    engine = Babbler()
    tell(engine=engine, words="10", recall="0")

    assert engine.prompts[0] == Prompt("story", (), OPENING)


def test_a_style_of_another_language_is_refused() -> None:
    with pytest.raises(MisuseError, match="en has tinystories, grimm, classics"):
        tell(style="章回")


def test_what_was_told_is_not_read_again() -> None:
    engine = Babbler()
    tell(engine=engine, words="300")

    assert max(len(prompt.beginning) for prompt in engine.prompts[20:]) < 1000
    assert all(prompt.within for prompt in engine.prompts[200:])


def test_names_come_back() -> None:
    text = join(tell(words="600"))

    assert text.count("Max") >= 4


def test_the_end_is_not_told_before_it_comes() -> None:
    engine = Babbler(words=["The", " The", " end", " fox", " ran", " home", "."])

    sentences = cut_sentences(join(tell(engine=engine, words="60")), "en")
    assert not any(sentence.startswith("The end") for sentence in sentences)


def test_a_model_that_ends_no_sentence_tells_nothing() -> None:
    *pieces, last = tell(engine=Silent())

    assert (join(pieces), last.finish) == ("", "constraint")


def test_a_sentence_too_long_for_the_story_is_ended_early() -> None:
    text = join(tell(engine=Babbler(words=["The", " fox", " ran", " home"]), words="30"))

    assert check_story(text, OPENING, 30, language="en") == []


def test_where_nothing_can_be_ended_the_story_stops_short() -> None:
    *pieces, last = tell(engine=Endless(words=["The", " fox", " ran", " home"]), words="10")

    assert (join(pieces), last.finish) == ("", "constraint")


def test_runs_of_words_are_seldom_told_again() -> None:
    words = [f" w{number}" for number in range(12)]
    text = join(tell(engine=Babbler(words=[*words, "W", "."]), words="200", candidates="12"))
    plain = join(tell(engine=Babbler(words=[*words, "W", "."]), words="200", candidates="1"))

    assert repeated_ngrams(text, 4, language="en") <= repeated_ngrams(plain, 4, language="en")


def test_an_opening_that_was_made_up_is_told() -> None:
    text = join(tell("Tell me a story about a fox.", words="20"))

    assert text.startswith(("Once upon a time there was a fox. ", "Once upon a time there was a fox.\n"))


def test_a_message_goes_on_with_the_story_before() -> None:
    engine = Babbler()
    context = (Turn("person", OPENING), Turn("reply", " It ran."))
    list(answer(Story(), Request("continue", context, options={"words": "20"}), engine))

    assert engine.prompts[0].beginning == f"{OPENING} It ran."


@pytest.mark.parametrize("language", ["en", "zh"])
def test_text_that_was_not_downloaded_is_missing_with_where_to_get_it(language: str, tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="chatlstm corpora fetch"):
        list(Story().records_in(language, tmp_path))

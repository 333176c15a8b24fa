"""A constraint for one sentence."""

import pytest

from chatlstm.engine.api import Prompt, Sampling
from chatlstm.pipeline.sentences import ends_sentence
from chatlstm.pipeline.writing import OneSentence, SentencePlan, TokenTable
from tests.babbler import Babbler

ENGINE = Babbler()
TABLE = TokenTable(ENGINE)


def draw(plan: SentencePlan, before: str = "", *, n: int = 40) -> list[str]:
    constraint = OneSentence(TABLE, before, plan)
    sampling = Sampling(max_tokens=constraint.max_tokens)
    drawn = ENGINE.draw(Prompt("story"), sampling, n=n, seed=1, constraint=constraint)
    assert all(one.finish in ("constraint", "end") for one in drawn)
    return [one.text for one in drawn]


def test_what_is_closed_always_ends_as_a_sentence() -> None:
    assert all(ends_sentence(text, "en") for text in draw(SentencePlan(tokens=10, closes=True)))


def test_a_quotation_that_was_open_before_is_closed() -> None:
    before = 'Tom said, "I saw'

    assert all(ends_sentence(before + text, "en") for text in draw(SentencePlan(tokens=10, closes=True), before))


def test_what_is_not_closed_is_given_up_after_its_tokens() -> None:
    counts = [ENGINE.count_tokens(text) for text in draw(SentencePlan(tokens=5))]

    assert max(counts) == 5


def test_the_lead_stands_first_and_is_no_sentence_alone() -> None:
    texts = draw(SentencePlan(lead=" Yahoo!", closes=True), "He ran.")

    assert all(text.startswith(" Yahoo!") and len(text) > len(" Yahoo!") for text in texts)


def test_the_lead_ends_where_a_word_ends() -> None:
    assert not any(text[len(" flood")].isalnum() for text in draw(SentencePlan(lead=" flood"), "He ran."))


def test_a_lead_of_all_tokens_is_closed_at_once() -> None:
    assert set(draw(SentencePlan(lead=' He said, "Go', tokens=0, closes=True), "So.")) == {' He said, "Go."'}


def test_what_has_its_stop_gets_no_second_one() -> None:
    assert set(draw(SentencePlan(lead=" Go!", tokens=0, closes=True), "So.")) == {" Go!"}


def test_a_sentence_has_the_words_it_must_have() -> None:
    texts = [text for text in draw(SentencePlan(least=6)) if ends_sentence(text, "en")]

    assert texts and min(len(text.split()) for text in texts) >= 6


def test_a_first_sentence_begins_without_a_blank() -> None:
    assert not any(text[0].isspace() for text in draw(SentencePlan()))


def test_a_later_sentence_begins_with_a_blank() -> None:
    assert all(text[0] == " " for text in draw(SentencePlan(), "He ran."))


def test_a_sentence_goes_on_where_it_was_left() -> None:
    assert {text[0] for text in draw(SentencePlan(), "He ran", n=200)} >= {" ", ","}


def test_a_paragraph_breaks_between_sentences_alone() -> None:
    texts = draw(SentencePlan(breaks=True), "He ran.", n=200)
    broken = [text for text in texts if "\n" in text]

    assert broken and all(text.startswith("\n\n") and text[2] not in " \n" for text in broken)


def test_no_paragraph_breaks_within_a_sentence() -> None:
    assert not any("\n" in text for text in draw(SentencePlan(breaks=True), "He ran", n=200))


def test_a_line_may_end_without_a_stop() -> None:
    texts = draw(SentencePlan(least=2, is_line=True), n=200)

    assert not all(ends_sentence(text, "en") for text in texts) and not any("\n" in text for text in texts)
    assert all(len(text.split()) >= 2 for text in texts)


def test_chinese_sentences_have_no_blanks() -> None:
    engine = Babbler("zh")
    constraint = OneSentence(TokenTable(engine), "他走了。", SentencePlan(tokens=10, closes=True))
    drawn = engine.draw(Prompt("story"), Sampling(max_tokens=50), n=40, seed=1, constraint=constraint)

    assert all(ends_sentence(one.text, "zh") and " " not in one.text for one in drawn)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_marks_are_never_allowed(language: str) -> None:
    engine = Babbler(language)
    constraint = OneSentence(TokenTable(engine), "", SentencePlan())

    assert not constraint.allowed([])[:16].any()

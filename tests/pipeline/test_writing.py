"""A constraint for one sentence."""

import numpy as np
import pytest

from chatlstm.engine.api import Prompt, Sampling
from chatlstm.pipeline.sentences import ends_sentence, find_word
from chatlstm.pipeline.writing import (
    AVERSION,
    HINT,
    URGENCY,
    WISH,
    OneSentence,
    SentencePlan,
    TokenTable,
)
from tests.babbler import Babbler

ENGINE = Babbler()
TABLE = TokenTable(ENGINE)


def draw(plan: SentencePlan, before: str = "", *, n: int = 40) -> list[str]:
    constraint = OneSentence(TABLE, before, plan)
    sampling = Sampling(max_tokens=constraint.max_tokens)
    drawn = ENGINE.draw(Prompt("story"), sampling, n=n, seed=1, constraint=constraint)
    assert all(one.finish in ("constraint", "end") for one in drawn)
    return [one.text for one in drawn]


def draw_some(plan: SentencePlan, before: str = "") -> list[str]:
    constraint = OneSentence(TABLE, before, plan)
    sampling = Sampling(max_tokens=constraint.max_tokens)
    return [one.text for one in ENGINE.draw(Prompt("story"), sampling, n=40, seed=1, constraint=constraint)]


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


@pytest.mark.parametrize("before", ["", "He ran."])
def test_a_sentence_holds_what_is_wanted_before_it_ends(before: str) -> None:
    drawn = draw_some(SentencePlan(wanted=("ship", "red sails")), before)
    texts = [text for text in drawn if ends_sentence(text, "en")]

    assert texts and all(find_word("ship", text) and find_word("red sails", text) for text in texts)


def test_a_line_does_not_end_with_its_turn_before_it_holds_what_is_wanted() -> None:
    constraint = OneSentence(TABLE, "", SentencePlan(is_line=True, wanted=("ship",)))
    ends = [np.isfinite(constraint.allowed(ENGINE.encode(text)))[0] for text in ("The fox", "The ship")]

    assert ends == [False, True]


def test_a_wanted_word_is_not_drawn_into_a_longer_one() -> None:
    constraint = OneSentence(TABLE, "", SentencePlan(wanted=("ship",)))
    allowed = constraint.allowed(ENGINE.encode("The ship"))

    assert allowed.dtype == np.bool_ and not allowed[ENGINE.encode("s")[0]] and allowed[ENGINE.encode(" came")[0]]


def test_the_rest_of_a_wanted_word_is_wished_for_twice_as_much() -> None:
    constraint = OneSentence(TABLE, "", SentencePlan(wanted=("zoo",)))
    blank, _, o, _ = ENGINE.encode(" zoo")
    first, later = (constraint.allowed(ENGINE.encode(text)) for text in ("The fox", "The fox z"))

    assert first[blank] == pytest.approx(WISH + 2 * URGENCY) and later[o] == pytest.approx(2 * (WISH + 4 * URGENCY))


def test_words_that_would_suit_are_hinted_at_and_may_be_left_out() -> None:
    constraint = OneSentence(TABLE, "", SentencePlan(suited=("ship", "red")))
    nats = constraint.allowed(ENGINE.encode("The fox"))
    said = constraint.allowed(ENGINE.encode("The red ship"))

    assert nats[ENGINE.encode(" ship")[0]] == nats[ENGINE.encode(" red")[0]] == HINT
    assert nats[ENGINE.encode(".")[0]] == 0 and said.dtype == np.bool_


def test_words_to_be_avoided_are_made_less_likely_even_where_nothing_is_wanted() -> None:
    constraint = OneSentence(TABLE, "", SentencePlan(avoided=("ship",), wanted=("fox",)))
    before, after = (constraint.allowed(ENGINE.encode(text)) for text in ("The", "The fox"))

    assert before[ENGINE.encode(" ship")[0]] == after[ENGINE.encode(" ship")[0]] == -AVERSION
    assert after[ENGINE.encode(" came")[0]] == 0


def test_a_stands_before_no_vowel_and_an_before_no_consonant() -> None:
    def may_follow(text: str, word: str) -> bool:
        engine = Babbler(words=[" a", "A", " an", " old", " fox", " European", " hour", " union", " Irish", "."])
        mask = OneSentence(TokenTable(engine), "", SentencePlan()).allowed(engine.encode(text))
        return bool(mask[engine.encode(word)[0]])

    assert [may_follow("A", word) for word in (" old", " Irish", " fox", " European", " union")] == [
        *(False, False, True, True, True)
    ]
    assert [may_follow("A fox an", word) for word in (" old", " hour", " fox")] == [True, True, False]


def test_a_wanted_word_may_begin_the_sentence() -> None:
    wished = OneSentence(TABLE, "", SentencePlan(wanted=("the",))).allowed([])

    assert np.flatnonzero(wished > 0).tolist() == ENGINE.encode("The")


def test_chinese_words_are_wished_for_without_blanks() -> None:
    engine = Babbler("zh")
    constraint = OneSentence(TokenTable(engine), "", SentencePlan(wanted=("雨",), tokens=30))
    drawn = engine.draw(Prompt("story"), Sampling(max_tokens=50), n=20, seed=1, constraint=constraint)

    assert all("雨" in one.text for one in drawn if ends_sentence(one.text, "zh"))


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

"""What the desk remembers of an article, and how it rates a sentence."""

import pytest

from chatlstm.plugin import Candidate
from tests.babbler import Babbler
from tests.plugins.newsroom import make_desk


def test_a_sentence_is_not_said_twice() -> None:
    desk = make_desk(Babbler(), "ship")
    desk.keep("The fox ran.")

    assert [desk.is_new(text) for text in ("the fox ran!", "The fox slept.", "...")] == [False, True, False]


def test_runs_that_were_said_count_against_a_sentence() -> None:
    desk = make_desk(Babbler(), "ship")
    one = Candidate(" The old fox ran home.", (17,) * 6, -6.0, "constraint")
    before = desk.rate(one)
    desk.keep("Then the old fox ran.")

    assert before == -1.0 and desk.rate(one) == pytest.approx(-1.0 - 5.0 / 2)


def test_keywords_still_to_come_count_for_a_sentence() -> None:
    desk = make_desk(Babbler(), "ship", "fox")

    assert desk.rate(Candidate(" A ship saw a fox.", (17,) * 6, -6.0, "constraint")) == pytest.approx(-0.6)


def test_words_that_were_said_count_against_a_sentence_but_not_what_it_is_about() -> None:
    desk = make_desk(Babbler(), "ship")
    desk.keep("Ships carry children to islands.")
    about = desk.rate(Candidate(" A ship came.", (17,) * 4, -4.0, "constraint"))
    other = desk.rate(Candidate(" A child came.", (17,) * 4, -4.0, "constraint"))

    assert other == pytest.approx(-1.0 - 0.08) and about == pytest.approx(-1.0 + 0.2)


def test_words_that_go_with_a_keyword_count_for_a_sentence() -> None:
    desk = make_desk(Babbler(), "train")
    desk.open_sentence(["train"])

    assert desk.rate(Candidate(" A railway.", (17,) * 3, -3.0, "constraint")) == pytest.approx(-1.0 + 0.15)


def test_deaths_are_avoided_unless_they_are_ordered() -> None:
    assert "killed" in make_desk(Babbler(), "train").avoided
    assert "killed" not in make_desk(Babbler(), "Killed").avoided
    assert make_desk(Babbler("zh"), "火车").avoided == ()


def test_a_word_said_twice_in_a_row_counts_against_a_sentence() -> None:
    desk = make_desk(Babbler(), "ship")

    assert desk.rate(Candidate(" The fox fox ran.", (17,) * 5, -5.0, "constraint")) == pytest.approx(-1.5)

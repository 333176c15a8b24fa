"""Patterns unfolded, and orders put in many ways."""

import random

import pytest
from chatlstm_code.wording import FRAMES, frame, name_parameters, say_does, unfold


def test_choices_multiply() -> None:
    assert unfold("{a|b} {c|}", "en") == ["a c", "a ", "b c", "b "]


def test_a_wave_stands_for_three_verbs() -> None:
    assert unfold("~the sum", "en") == ["return the sum", "give the sum", "find the sum"]


def test_a_wave_takes_no_blank_in_chinese() -> None:
    assert unfold("~ $n 的和", "zh")[0] == "返回$n 的和"


@pytest.mark.parametrize(
    ("imperative", "told"),
    [
        ("check if it is so", "checks if it is so"),
        ("multiply two numbers", "multiplies two numbers"),
        ("play it", "plays it"),
        ("push it", "pushes it"),
        ("divide two numbers and round up", "divides two numbers and round up"),
        ("drop the zeros and keep the rest", "drops the zeros and keeps the rest"),
    ],
)
def test_an_order_is_told_of_a_function(imperative: str, told: str) -> None:
    assert say_does(imperative) == told


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_frame_holds_the_order(language: str) -> None:
    found = {frame("add a and b", language, random.Random(seed)).lower() for seed in range(200)}

    assert len(found) >= len({text.lower() for text in FRAMES[language]})
    assert all("a and b" in text or "aandb" in text for text in found)


def test_chinese_marks_take_no_blanks_and_letters_sometimes() -> None:
    found = {frame("把 $k 、 $n 相加", "zh", random.Random(seed)) for seed in range(80)}

    assert all("$k、$n" in text for text in found)
    assert {"把 $k、$n 相加" in text for text in found} == {True, False}


def test_only_known_parameters_are_named() -> None:
    assert name_parameters("大于$k的数 in $numbers.", {"k": "limit", "numbers": "values"}) == "大于limit的数 in values."

"""The values the rest of the house shares with the engine."""

import math
from dataclasses import FrozenInstanceError

import pytest

from chatlstm.engine.api import Candidate, Piece, Prompt, Sampling

RULES: dict[str, tuple[list[float], list[float], str]] = {
    "temperature": ([0, 1000], [-0.1, 1001, math.nan, math.inf], "in [0, 1000]"),
    "repetition_penalty": ([1, 1000], [0.9, 1001, math.nan, math.inf], "in [1, 1000]"),
    "no_repeat_ngram": ([0, 5], [-1], "at least 0"),
    "top_k": ([0, 40], [-1], "at least 0"),
    "nucleus": ([0.01, 1], [0, -0.1, 1.1, math.nan], "in (0, 1]"),
    "min_p": ([0, 0.99], [-0.1, 1, math.nan], "in [0, 1)"),
    "typical": ([0.01, 1], [0, -0.1, 1.1, math.nan], "in (0, 1]"),
    "max_tokens": ([1, 10_000], [0, -1], "at least 1"),
}
WITHIN = [(name, value) for name, (values, _, _) in RULES.items() for value in values]
OUTSIDE = [(name, value, rule) for name, (_, values, rule) in RULES.items() for value in values]


@pytest.mark.parametrize(("name", "value"), WITHIN)
def test_a_value_within_its_range_is_taken(name: str, value: float) -> None:
    sampling = Sampling(**{name: value})  # type: ignore[arg-type]  # whole where it must be

    assert vars(sampling)[name] == value


@pytest.mark.parametrize(("name", "value", "rule"), OUTSIDE)
def test_a_value_outside_its_range_is_refused(name: str, value: float, rule: str) -> None:
    with pytest.raises(ValueError) as caught:
        Sampling(**{name: value})  # type: ignore[arg-type]  # whole where it must be

    assert str(caught.value) == f"{name} must be {rule}, got {value}"


def test_by_default_no_filter_acts() -> None:
    sampling = Sampling()

    assert (sampling.temperature, sampling.repetition_penalty, sampling.no_repeat_ngram) == (1, 1, 0)
    assert (sampling.top_k, sampling.nucleus, sampling.min_p, sampling.typical) == (0, 1, 0, 1)


VALUES = [Sampling(), Prompt("news"), Candidate("", (), 0.0, "end"), Piece("", 0)]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_cannot_be_changed(value: object) -> None:
    field = next(iter(vars(value)))

    with pytest.raises(FrozenInstanceError):
        setattr(value, field, None)


@pytest.mark.parametrize(
    ("turns", "beginning", "behind"), [((), "", b""), (("Hello.",), "I am", b""), ((), "I am", b"state")]
)
def test_a_prompt_within_a_turn_has_a_beginning_alone(turns: tuple[str, ...], beginning: str, behind: bytes) -> None:
    with pytest.raises(ValueError, match="needs a beginning, no turns and no state behind them"):
        Prompt("story", turns, beginning, behind, b"state")


@pytest.mark.parametrize("recall", [-0.1, 1.0, float("nan")])
def test_recall_leaves_the_model_a_share(recall: float) -> None:
    with pytest.raises(ValueError, match=r"recall must be in \[0, 1\), got"):
        Prompt("story", recall=recall)

"""What a constraint rejects, beside probabilities summed by hand."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from chatlstm.engine.api import Prompt, Sampling
from chatlstm.engine.benchmarks.rejection import measure_rejected
from chatlstm.engine.checkpoint import WEIGHTS, CheckpointConfig
from chatlstm.engine.evaluation import Model
from chatlstm.tokens.tokenizer import END
from tests.engine.small_model import (
    LAID_OUT,
    NETWORK,
    PROMPT,
    STEPPERS,
    TOKENIZER,
    Nothing,
    OnlyEnds,
    Spelling,
    V,
    rate_by_hand,
)

CONFIG = CheckpointConfig("tiny", "en", ("dialogue",), NETWORK.config, {WEIGHTS: "0123abcd"})
MODEL = Model(STEPPERS["float32"], TOKENIZER, CONFIG)


class Everything:
    """A constraint that forbids nothing."""

    def allowed(self, generated: Sequence[int]) -> NDArray[np.bool_]:
        return np.full(V, True)


def test_where_all_is_allowed_nothing_is_rejected() -> None:
    nats, share = measure_rejected(MODEL, PROMPT, Everything(), sampling=Sampling(max_tokens=5), seeds=[1, 2])

    assert (nats, share) == pytest.approx((0.0, 0.0), abs=1e-9)


def test_where_one_token_is_allowed_all_but_its_probability_is_rejected() -> None:
    ids = TOKENIZER.encode("Yes")

    nats, share = measure_rejected(MODEL, PROMPT, Spelling("Yes"), sampling=Sampling(max_tokens=len(ids)), seeds=[1])

    rated = [rate_by_hand("float32", ids[place : place + 1], [*LAID_OUT, *ids[:place]]) for place in range(len(ids))]
    assert nats == pytest.approx(-sum(rated) / len(ids), rel=1e-4)
    assert share == pytest.approx(1 - sum(map(math.exp, rated)) / len(ids), rel=1e-4)


def test_a_beginning_is_read_before() -> None:
    found = measure_rejected(
        MODEL, Prompt(PROMPT.domain, PROMPT.turns, "Ye"), Spelling("s"), sampling=Sampling(max_tokens=1), seeds=[1]
    )

    rated = rate_by_hand("float32", TOKENIZER.encode("s"), [*LAID_OUT, *TOKENIZER.encode("Ye")])
    assert found == pytest.approx((-rated, 1 - math.exp(rated)), rel=1e-4)


def test_the_marks_that_end_a_text_count_as_a_token() -> None:
    found = measure_rejected(
        MODEL, Prompt(PROMPT.domain, PROMPT.turns, "Ye"), OnlyEnds(), sampling=Sampling(max_tokens=3), seeds=[1]
    )

    rated = rate_by_hand("float32", [END], [*LAID_OUT, *TOKENIZER.encode("Ye")])
    assert found == pytest.approx((-rated, 1 - math.exp(rated)), rel=1e-4)


def test_where_nothing_could_be_drawn_nothing_was_rejected() -> None:
    assert measure_rejected(MODEL, PROMPT, Nothing(), sampling=Sampling(max_tokens=1), seeds=[1]) == (0.0, 0.0)

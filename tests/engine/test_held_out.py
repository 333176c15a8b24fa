"""What held-out text costs, by steps and by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatlstm.engine.held_out import HeldOut, measure_steps, predict_rows, sum_held_out
from chatlstm.engine.measure import measure_domains
from chatlstm.tokens.tokenizer import END
from tests.engine.small_model import NETWORK, STEPPERS, TOKENIZER, V
from tests.engine.texts import make_token_file

texts = st.lists(st.integers(0, V - 1), max_size=6)


def sum_by_hand(name: str, row: list[int]) -> float:
    """Read one token after the other and add up what each next one cost."""
    stepper = STEPPERS[name]
    nats, state, before = 0.0, stepper.start(1), END
    for token_id in row:
        logits, state = stepper.step(np.array([before]), state)
        powers = np.exp(logits[0].astype(np.float64))
        nats -= math.log(powers[token_id] / powers.sum())
        before = token_id
    return nats


@settings(max_examples=20)
@given(rows=st.lists(texts, min_size=1, max_size=33))
def test_texts_cost_the_sum_over_their_tokens(rows: list[list[int]]) -> None:
    nats, tokens = predict_rows(STEPPERS["float32"], [np.array(row, np.int64) for row in rows])

    assert tokens == sum(map(len, rows))
    assert nats == pytest.approx(sum(sum_by_hand("float32", row) for row in rows), rel=1e-5, abs=1e-6)


def test_steps_measure_what_training_measures() -> None:
    random = np.random.default_rng(1)
    records = [[*random.integers(16, V, 9).tolist(), END] for _ in range(70)]
    tokens = make_token_file(records, sources=[n % 2 for n in range(70)], names=("a/x", "b/y"))
    token_bytes = TOKENIZER.count_bytes()

    found = measure_steps(STEPPERS["float32"], tokens, token_bytes)
    wanted = measure_domains(NETWORK, tokens, token_bytes, bfloat16=False)
    assert {domain: (part.tokens, part.bytes) for domain, part in found.items()} == {
        domain: (part.tokens, part.bytes) for domain, part in wanted.items()
    }
    assert [part.nats for part in found.values()] == pytest.approx([part.nats for part in wanted.values()], rel=1e-5)


def test_no_text_costs_nothing() -> None:
    assert predict_rows(STEPPERS["torch"], []) == (0.0, 0)


def test_perplexity_and_bits_follow_from_the_nats() -> None:
    found = HeldOut(nats=math.log(2) * 80, tokens=20, bytes=40)

    assert (round(found.perplexity, 9), found.bits_per_byte) == (16.0, 2.0)


def test_the_perplexity_of_a_hopeless_model_is_a_number() -> None:
    assert math.isfinite(HeldOut(nats=1e6, tokens=1, bytes=1).perplexity)


def test_parts_add_up() -> None:
    assert sum_held_out([HeldOut(1.5, 2, 3), HeldOut(2.5, 3, 4)]) == HeldOut(4.0, 5, 7)

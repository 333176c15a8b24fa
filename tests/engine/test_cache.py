"""What a text held before, mixed into what is expected next."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.numpy import load, save

from chatlstm.engine.api import Generator, Prompt
from chatlstm.engine.cache import FILLED, SHARPNESS, SIZE, Cache
from chatlstm.errors import ChatLSTMError
from chatlstm.tokens.tokenizer import TURN
from tests.engine.small_model import ENGINES, LAID_OUT, PROMPT, SHORT, STEPPERS, TOKENIZER, Spelling

V, H = 24, 3
RECALL = 0.3
RECALLING = replace(PROMPT, recall=RECALL)
Doubles = NDArray[np.float64]


def take_shares(logits: NDArray[Any]) -> Doubles:  # Any: of floats of any width
    """Turn logits into probabilities."""
    powers = np.exp(logits.astype(np.float64) - logits.max())
    shares: Doubles = powers / powers.sum()
    return shares


def mix_by_hand(cache: Cache, logits: NDArray[Any], features: NDArray[Any], recall: float) -> Doubles:  # Any: likewise
    """Mix the probabilities as the paper has it, pair by pair."""
    pairs = [
        (float(np.exp(SHARPNESS * float(features @ before))), int(token_id))
        for before, token_id in zip(cache.features[:-1].astype(np.float64), cache.token_ids[1:], strict=True)
        if token_id >= 16  # no mark
    ]
    weight = recall * len(pairs) / (len(pairs) + FILLED)
    mixed = (1 - weight) * take_shares(logits)
    for near, token_id in pairs:
        mixed[token_id] += weight * near / sum(near for near, _ in pairs)
    return mixed


@given(count=st.integers(0, 40), rows=st.integers(1, 3), seed=st.integers(0, 99), recall=st.floats(0.01, 0.99))
def test_probabilities_are_mixed_as_in_the_paper(count: int, rows: int, seed: int, recall: float) -> None:
    random = np.random.default_rng(seed)
    cache = Cache(random.normal(size=(count, H)).astype(np.float32), random.integers(0, V, count))
    features, logits = (random.normal(size=(rows, width)).astype(np.float32) for width in (H, V))

    found = cache.mix(logits.copy(), features, recall)
    for row in range(rows):
        wanted = mix_by_hand(cache, logits[row], features[row], recall)
        assert np.allclose(take_shares(found[row]), wanted, atol=1e-5)


def test_a_token_that_stood_where_nothing_is_alike_gains_nothing() -> None:
    keys = np.array([[1.0, 0, 0], [-1, 0, 0], [0, 0, 0]], np.float32)
    cache = Cache(keys * 1e4, np.array([16, 17, 18]))

    mixed = take_shares(cache.mix(np.zeros((1, V), np.float32), keys[:1], recall=0.5)[0])
    assert mixed[17] > mixed[0]
    assert mixed[18] == pytest.approx(mixed[0])


def test_the_cache_keeps_so_many_tokens_and_the_one_before_them() -> None:
    cache = Cache(np.zeros((0, H), np.float32), np.zeros(0, np.int64))
    for token_id in range(SIZE + 9):
        cache = cache.extend(np.full((1, H), token_id, np.float32), np.array([token_id]))

    assert cache.token_ids.tolist() == list(range(8, SIZE + 9)) == cache.features[:, 0].tolist()


def test_a_score_with_recall_is_the_mixture_step_by_step(engine: Generator, ran_by: str) -> None:
    stepper = STEPPERS[ran_by]
    read, state = stepper.read_features(np.array([LAID_OUT]), stepper.start(1))
    cache, features, nats = Cache(read[0], np.array(LAID_OUT)), read[:, -1], 0.0
    for token_id in [*TOKENIZER.encode("Hello."), TURN]:
        mixed = mix_by_hand(cache, stepper.project(features)[0], features[0], RECALL)
        nats += float(np.log(mixed[token_id] if token_id != TURN else mixed[[0, TURN]].sum()))
        features, state = stepper.advance(np.array([token_id]), state)

    assert engine.score(RECALLING, ["Hello."]) == [pytest.approx(nats, abs=1e-3)]


def test_what_is_drawn_with_recall_is_scored_as_it_was_drawn(engine: Generator) -> None:
    (drawn,) = engine.draw(RECALLING, SHORT, n=1, seed=1, constraint=Spelling("Hello."))

    assert engine.score(RECALLING, ["Hello."]) == [pytest.approx(drawn.log_probability, abs=1e-4)]


def test_recall_streams_what_it_draws(engine: Generator) -> None:
    (drawn,) = engine.draw(RECALLING, SHORT, n=1, seed=3)

    assert "".join(piece.text for piece in engine.stream(RECALLING, SHORT, seed=3)) == drawn.text


def test_a_text_read_in_parts_is_recalled_as_a_whole(engine: Generator) -> None:
    first = engine.save_state(Prompt("dialogue", ("Hello.", "Hi."), "I am", recall=RECALL))
    rest = Prompt("dialogue", beginning=" fine, thanks", within=first, recall=RECALL)
    whole = replace(RECALLING, beginning="I am fine, thanks")

    (found,), (wanted,) = (engine.score(prompt, [". Hi."]) for prompt in (rest, whole))
    assert found == pytest.approx(wanted, abs=1e-4)


def test_a_state_goes_on_recalling(engine: Generator) -> None:
    first = engine.save_state(Prompt("dialogue", ("Hello.",), recall=RECALL))

    found, wanted = (
        load(engine.save_state(prompt)) for prompt in (replace(RECALLING, turns=("Hi.",), behind=first), RECALLING)
    )
    assert all(np.allclose(found[name], wanted[name], atol=1e-4) for name in wanted)
    assert len(wanted) == 4


def test_nothing_more_to_read_leaves_what_is_recalled(engine: Generator) -> None:
    state = engine.save_state(RECALLING)

    assert engine.save_state(Prompt("dialogue", behind=state, recall=RECALL)) == state


def test_a_state_with_recall_has_a_bound(engine: Generator) -> None:
    sizes = {len(engine.save_state(Prompt("story", beginning="zq" * words, recall=RECALL))) for words in (400, 900)}

    assert len(sizes) == 1


def test_a_state_saved_without_recall_holds_no_cache(engine: Generator) -> None:
    state = engine.save_state(RECALLING)

    assert len(load(engine.save_state(Prompt("dialogue", ("Hi.",), behind=state)))) == 2


def swap(name: str, part: NDArray[Any]) -> bytes:  # Any: of any type
    """Put another part into a saved state."""
    parts = load(ENGINES["torch"].save_state(RECALLING))
    return save({**parts, f"{name}@0123abcd": part})


DAMAGED = {
    "of fewer features than tokens": swap("features", np.zeros((2, 8), np.float32)),
    "of features of another width": swap("features", np.zeros((len(LAID_OUT) - 1, 4), np.float32)),
    "of tokens that are none": swap("token_ids", np.full(len(LAID_OUT) - 1, 9999)),
}


@pytest.mark.parametrize("state", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_cache_is_refused(state: bytes) -> None:
    with pytest.raises(ChatLSTMError, match="does not fit the checkpoint tiny@0123abcd: it is damaged"):
        ENGINES["torch"].save_state(replace(RECALLING, behind=state))

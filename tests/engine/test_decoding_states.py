"""Scoring, long prompts and saved states."""

import numpy as np
import pytest
from safetensors.numpy import load, save

from chatlstm.engine import torch_stepper
from chatlstm.engine.api import Generator, Prompt, Sampling
from chatlstm.engine.decoding import StepGenerator
from chatlstm.engine.stepper import Floats
from chatlstm.engine.torch_stepper import TorchStepper
from chatlstm.errors import ChatLSTMError
from chatlstm.tokens.tokenizer import END
from tests.engine.small_model import (
    ENGINES,
    LAID_OUT,
    PROMPT,
    SHORT,
    STEPPERS,
    TOKENIZER,
    Spelling,
    make_network,
    rate_by_hand,
)

TEXTS = ["zq", "hello there, how are you?", "", "春", "a"]


def test_a_score_is_the_sum_of_its_steps(engine: Generator, ran_by: str) -> None:
    by_hand = [rate_by_hand(ran_by, [*TOKENIZER.encode(text), END], LAID_OUT) for text in TEXTS]

    assert engine.score(PROMPT, TEXTS) == pytest.approx(by_hand, abs=1e-4)


def test_a_score_does_not_depend_on_its_company(engine: Generator) -> None:
    alone = [engine.score(PROMPT, [text])[0] for text in TEXTS]

    assert engine.score(PROMPT, TEXTS) == pytest.approx(alone, abs=1e-4)


def test_what_was_drawn_is_scored_as_it_was_drawn(engine: Generator) -> None:
    (drawn,) = engine.draw(PROMPT, Sampling(), n=1, seed=1, constraint=Spelling("hello"))

    assert engine.score(PROMPT, ["hello"]) == [pytest.approx(drawn.log_probability, abs=1e-4)]


def test_of_no_continuations_there_are_no_scores(engine: Generator) -> None:
    assert engine.score(PROMPT, []) == []


def test_a_lone_surrogate_is_refused(engine: Generator) -> None:
    with pytest.raises(ValueError, match="lone surrogate"):
        engine.score(PROMPT, ["\ud800"])


def test_a_very_long_prompt_is_read(engine: Generator) -> None:
    prompt = Prompt("dialogue", ("zq" * 5000,))

    assert len(list(engine.stream(prompt, Sampling(max_tokens=2), seed=1))) <= 3


def test_reading_in_parts_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    stepper = STEPPERS["torch"]
    whole = stepper.export_state(stepper.read(np.array([LAID_OUT]), stepper.start(1)))
    monkeypatch.setattr(torch_stepper, "READ_STEPS", 3)

    parts = stepper.export_state(stepper.read(np.array([LAID_OUT]), stepper.start(1)))
    assert np.allclose(np.stack(parts), np.stack(whole), atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_a_saved_state_goes_on_as_if_all_was_read(engine: Generator, seed: int) -> None:
    whole = Prompt("dialogue", ("Hello.", "Hi.", "How are you?"), "I am")
    state = engine.save_state(Prompt("dialogue", ("Hello.", "Hi.")))

    rest = Prompt("dialogue", ("How are you?",), "I am", behind=state)
    assert list(engine.stream(rest, SHORT, seed=seed)) == list(engine.stream(whole, SHORT, seed=seed))


@pytest.mark.parametrize("seed", range(5))
def test_a_state_within_a_turn_goes_on_as_if_all_was_read(engine: Generator, seed: int) -> None:
    whole = Prompt("dialogue", ("Hello.",), "I am fine")
    state = engine.save_state(Prompt("dialogue", ("Hello.",), "I am"))

    rest = Prompt("dialogue", beginning=" fine", within=state)
    assert list(engine.stream(rest, SHORT, seed=seed)) == list(engine.stream(whole, SHORT, seed=seed))


def test_a_state_is_carried_on_within_a_turn(engine: Generator) -> None:
    begun = engine.save_state(Prompt("dialogue", ("Hello.",), "I am"))
    state = engine.save_state(Prompt("dialogue", beginning=" fine", within=begun))

    assert np.allclose(load_parts(state), load_parts(engine.save_state(Prompt("dialogue", ("Hello.",), "I am fine"))))


def test_candidates_are_drawn_within_a_turn(engine: Generator) -> None:
    state = engine.save_state(Prompt("dialogue", ("Hello.",), "I am"))
    drawn = engine.draw(Prompt("dialogue", beginning=" fine", within=state), SHORT, n=3, seed=1)

    whole = engine.draw(Prompt("dialogue", ("Hello.",), "I am fine"), SHORT, n=3, seed=1)
    assert [candidate.token_ids for candidate in drawn] == [candidate.token_ids for candidate in whole]


def load_parts(state: bytes) -> Floats:
    """Load hidden and cell states, shape ``(2, L, 1, H)``."""
    parts = load(state)
    return np.stack([parts["hidden@0123abcd"], parts["cell@0123abcd"]])


def test_states_saved_on_top_of_each_other_equal_one(engine: Generator) -> None:
    first = engine.save_state(Prompt("dialogue", ("Hello.",)))
    second = engine.save_state(Prompt("dialogue", ("Hi.",), behind=first))

    found, wanted = load_parts(second), load_parts(engine.save_state(PROMPT))
    assert np.allclose(found, wanted, atol=1e-6)


def test_a_beginning_is_kept_in_the_state(engine: Generator) -> None:
    begun = engine.save_state(Prompt("dialogue", ("Hello.",), "Hi."))

    assert np.array_equal(load_parts(begun), load_parts(engine.save_state(PROMPT)))


def test_nothing_more_to_read_leaves_the_state_as_it_is(engine: Generator) -> None:
    state = engine.save_state(PROMPT)

    assert engine.save_state(Prompt("dialogue", behind=state)) == state


def test_an_empty_prompt_has_a_state(engine: Generator) -> None:
    assert load_parts(engine.save_state(Prompt("dialogue"))).shape == (2, 2, 1, 8)


def test_a_state_takes_a_few_hundred_bytes_whatever_was_read(engine: Generator) -> None:
    sizes = {len(engine.save_state(Prompt("dialogue", ("Hello.",) * turns))) for turns in (0, 1, 100)}

    assert (len(sizes), max(sizes) < 500) == (1, True)


def resize(state: bytes) -> bytes:
    parts = load(state)
    return save({name: np.ascontiguousarray(part[:1]) for name, part in parts.items()})


FOREIGN = {
    "another checkpoint's": (
        StepGenerator(TorchStepper(make_network(2)), TOKENIZER, "tiny@ffff0000").save_state(PROMPT),
        "was not saved with the checkpoint tiny@0123abcd",
    ),
    "no state": (b"state", "was not saved with the checkpoint tiny@0123abcd"),
    "of another size": (
        resize(ENGINES["torch"].save_state(PROMPT)),
        "does not fit the checkpoint tiny@0123abcd",
    ),
}


@pytest.mark.parametrize(("state", "fault"), FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_state_is_refused(engine: Generator, state: bytes, fault: str) -> None:
    with pytest.raises(ChatLSTMError, match=fault):
        next(engine.stream(Prompt("dialogue", ("Hello.",), behind=state), SHORT, seed=1))




def test_candidates_behind_a_state_equal_those_of_the_whole(engine: Generator) -> None:
    whole = Prompt("dialogue", ("Hello.", "Hi.", "How are you?"))
    rest = Prompt("dialogue", ("How are you?",), behind=engine.save_state(Prompt("dialogue", ("Hello.", "Hi."))))

    drawn = [candidate.token_ids for candidate in engine.draw(rest, SHORT, n=3, seed=1)]
    assert drawn == [candidate.token_ids for candidate in engine.draw(whole, SHORT, n=3, seed=1)]
    assert engine.score(rest, ["Fine."]) == pytest.approx(engine.score(whole, ["Fine."]), abs=1e-4)

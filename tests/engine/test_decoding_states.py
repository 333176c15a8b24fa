"""Scoring, long prompts and saved states."""

import pytest
import torch
from safetensors.torch import load, save

from chatlstm.engine import decoding
from chatlstm.engine.api import Prompt, Sampling
from chatlstm.engine.decoding import TorchGenerator
from chatlstm.engine.network import LSTMState
from chatlstm.errors import ChatLSTMError
from chatlstm.tokens.tokenizer import END
from tests.engine.small_model import (
    ENGINE,
    LAID_OUT,
    NETWORK,
    PROMPT,
    SHORT,
    TOKENIZER,
    Spelling,
    make_network,
    rate_by_hand,
)

TEXTS = ["zq", "hello there, how are you?", "", "春", "a"]


def test_a_score_is_the_sum_of_its_steps() -> None:
    by_hand = [rate_by_hand([*TOKENIZER.encode(text), END], LAID_OUT) for text in TEXTS]

    assert ENGINE.score(PROMPT, TEXTS) == pytest.approx(by_hand, abs=1e-4)


def test_a_score_does_not_depend_on_its_company() -> None:
    alone = [ENGINE.score(PROMPT, [text])[0] for text in TEXTS]

    assert ENGINE.score(PROMPT, TEXTS) == pytest.approx(alone, abs=1e-4)


def test_scoring_in_parts_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ENGINE.score(PROMPT, TEXTS)
    monkeypatch.setattr(decoding, "SCORE_ENTRIES", 1)

    assert ENGINE.score(PROMPT, TEXTS) == pytest.approx(whole, abs=1e-4)


def test_what_was_drawn_is_scored_as_it_was_drawn() -> None:
    (drawn,) = ENGINE.draw(PROMPT, Sampling(), n=1, seed=1, constraint=Spelling("hello"))

    assert ENGINE.score(PROMPT, ["hello"]) == [pytest.approx(drawn.log_probability, abs=1e-4)]


def test_of_no_continuations_there_are_no_scores() -> None:
    assert ENGINE.score(PROMPT, []) == []


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(ValueError, match="lone surrogate"):
        ENGINE.score(PROMPT, ["\ud800"])


def test_a_very_long_prompt_is_read() -> None:
    prompt = Prompt("dialogue", ("zq" * 5000,))

    assert len(list(ENGINE.stream(prompt, Sampling(max_tokens=2), seed=1))) <= 3


def test_reading_in_parts_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ENGINE.draw(PROMPT, SHORT, n=3, seed=1)
    monkeypatch.setattr(decoding, "READ_STEPS", 3)

    assert [each.text for each in ENGINE.draw(PROMPT, SHORT, n=3, seed=1)] == [each.text for each in whole]


@pytest.mark.parametrize("seed", range(5))
def test_a_saved_state_goes_on_as_if_all_was_read(seed: int) -> None:
    whole = Prompt("dialogue", ("Hello.", "Hi.", "How are you?"), "I am")
    state = ENGINE.save_state(Prompt("dialogue", ("Hello.", "Hi.")))

    rest = Prompt("dialogue", ("How are you?",), "I am")
    assert list(ENGINE.stream(rest, SHORT, seed=seed, state=state)) == list(ENGINE.stream(whole, SHORT, seed=seed))


def load_parts(state: bytes) -> LSTMState:
    parts = load(state)
    return LSTMState(parts["hidden@0123abcd"], parts["cell@0123abcd"])


def test_states_saved_on_top_of_each_other_equal_one() -> None:
    first = ENGINE.save_state(Prompt("dialogue", ("Hello.",)))
    second = ENGINE.save_state(Prompt("dialogue", ("Hi.",)), state=first)

    found, wanted = load_parts(second), load_parts(ENGINE.save_state(PROMPT))
    assert torch.allclose(torch.stack(found), torch.stack(wanted), atol=1e-6)


def test_a_beginning_is_kept_in_the_state() -> None:
    begun = ENGINE.save_state(Prompt("dialogue", ("Hello.",), "Hi."))

    assert torch.equal(load_parts(begun).hidden, load_parts(ENGINE.save_state(PROMPT)).hidden)


def test_nothing_more_to_read_leaves_the_state_as_it_is() -> None:
    state = ENGINE.save_state(PROMPT)

    assert ENGINE.save_state(Prompt("dialogue"), state=state) == state


def test_an_empty_prompt_has_a_state() -> None:
    assert load_parts(ENGINE.save_state(Prompt("dialogue"))).hidden.shape == (2, 1, 8)


def test_a_state_takes_a_few_hundred_bytes_whatever_was_read() -> None:
    sizes = {len(ENGINE.save_state(Prompt("dialogue", ("Hello.",) * turns))) for turns in (0, 1, 100)}

    assert (len(sizes), max(sizes) < 500) == (1, True)


def resize(state: bytes) -> bytes:
    parts = load(state)
    return save({name: part[:1].contiguous() for name, part in parts.items()})


FOREIGN = {
    "another checkpoint's": (
        TorchGenerator(make_network(2), TOKENIZER, "tiny@ffff0000").save_state(PROMPT),
        "was not saved with the checkpoint tiny@0123abcd",
    ),
    "no state": (b"state", "was not saved with the checkpoint tiny@0123abcd"),
    "empty": (b"", "was not saved with the checkpoint tiny@0123abcd"),
    "of another size": (
        resize(TorchGenerator(NETWORK, TOKENIZER, "tiny@0123abcd").save_state(PROMPT)),
        "does not fit the checkpoint tiny@0123abcd",
    ),
}


@pytest.mark.parametrize(("state", "fault"), FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_state_is_refused(state: bytes, fault: str) -> None:
    with pytest.raises(ChatLSTMError, match=fault):
        next(ENGINE.stream(PROMPT, SHORT, seed=1, state=state))



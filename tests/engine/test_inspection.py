"""What a model expected of a text that is there already."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.engine.api import Generator, Reading
from chatlstm.engine.decoding import StepGenerator
from chatlstm.engine.network import Network
from chatlstm.engine.torch_stepper import TorchStepper
from chatlstm.tokens.tokenizer import DOMAIN, END, FIELD, TURN
from tests.engine.small_model import ENGINES, LAID_OUT, NETWORK, PROMPT, TOKENIZER, make_network

TEXTS = ("hello there", "", "zq, 你好 😀\nhow")


def read_by_torch(ids: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """Give the next token's probabilities ``(V,)`` and ``tanh(c)`` ``(L, H)`` behind tokens, by ``torch.lstm``."""
    with torch.no_grad():
        features, state = NETWORK.read(torch.tensor([ids]), NETWORK.zero_state(1))
        return torch.softmax(NETWORK.logits(features)[0, -1].double(), 0), state.cell[:, 0].tanh()


def inspect(text: str, name: str = "torch") -> list[Reading]:
    return list(ENGINES[name].inspect(PROMPT, text))


@pytest.mark.parametrize("name", ["torch", "float32"])
def test_probabilities_are_those_of_torch_s_softmax(name: str) -> None:
    ids = TOKENIZER.encode("hello there")
    by_torch = [float(read_by_torch(LAID_OUT + ids[:n])[0][token_id]) for n, token_id in enumerate(ids)]

    found = [reading.probability for reading in inspect("hello there", name)]
    assert found[:-1] == pytest.approx(by_torch, rel=1e-3)


def test_alternatives_are_the_five_most_probable_of_torch_s_softmax() -> None:
    probabilities, _ = read_by_torch(LAID_OUT)
    probabilities[TURN] += probabilities[END]
    probabilities[[END, DOMAIN, FIELD, *range(4, 16)]] = 0
    by_torch = probabilities.topk(5).values.tolist()

    (first, *_) = inspect("hello")
    assert [nats for _, nats in first.alternatives] == pytest.approx(by_torch, rel=1e-3)


@pytest.mark.parametrize("name", ["torch", "float32"])
def test_cells_are_those_of_torch_s_lstm(name: str) -> None:
    ids = TOKENIZER.encode("hello there")
    for n, reading in enumerate(inspect("hello there", name)[:-1]):
        _, cells = read_by_torch(LAID_OUT + ids[: n + 1])
        assert np.allclose(reading.cells, cells, atol=1e-4)


@pytest.mark.parametrize("text", TEXTS)
def test_the_logarithms_add_up_to_the_score(engine: Generator, text: str) -> None:
    nats = sum(math.log(reading.probability) for reading in engine.inspect(PROMPT, text))

    assert nats == pytest.approx(engine.score(PROMPT, [text])[0], abs=1e-3)


def test_what_a_prompt_recalls_counts(engine: Generator) -> None:
    recalling = replace(PROMPT, recall=0.3)
    nats = sum(math.log(reading.probability) for reading in engine.inspect(recalling, "hello"))

    assert nats == pytest.approx(engine.score(recalling, ["hello"])[0], abs=1e-3)
    assert nats != pytest.approx(engine.score(PROMPT, ["hello"])[0], abs=1e-3)


@given(st.text(max_size=12))
def test_readings_join_to_the_text_character_by_whole_character(text: str) -> None:
    readings = inspect(text)

    assert "".join(reading.text for reading in readings) == text
    assert [n for n, reading in enumerate(readings) if not reading.text] == [len(readings) - 1]


def test_a_character_of_several_tokens_is_one_reading() -> None:
    assert [reading.text for reading in inspect("z你😀")] == ["z", "你", "😀", ""]


def test_its_alternatives_are_those_of_its_first_token() -> None:
    (expected, *_), (found, *_) = inspect("zq"), inspect("你")

    assert found.alternatives == expected.alternatives


def test_an_alternative_that_is_part_of_a_character_is_written_as_its_byte() -> None:
    network = make_network()
    with torch.no_grad():
        network.projection.bias[TOKENIZER.encode("你")[0]] = 30
    (first, *_) = StepGenerator(TorchStepper(network), TOKENIZER, "tiny@0123abcd").inspect(PROMPT, "hello")

    assert first.alternatives[0][0] == "\\xe4"


def test_the_end_may_be_an_alternative(engine: Generator) -> None:
    shown = [text for reading in engine.inspect(PROMPT, "hello") for text, _ in reading.alternatives]

    assert "" in shown


def test_marks_that_no_reply_holds_are_no_alternatives() -> None:
    network = make_network()
    with torch.no_grad():
        network.projection.bias[[DOMAIN, FIELD, 9]] = 30
    (first, *_) = StepGenerator(TorchStepper(network), TOKENIZER, "tiny@0123abcd").inspect(PROMPT, "hello")

    assert len(first.alternatives) == 5 and all(probability < 0.01 for _, probability in first.alternatives)


def test_cells_lie_between_minus_one_and_one(engine: Generator) -> None:
    for reading in engine.inspect(PROMPT, "hello there"):
        assert reading.cells.shape == (2, 8) and np.abs(reading.cells).max() <= 1


def test_a_network_of_certainties_gives_no_probability_beyond_one() -> None:
    network = Network(NETWORK.config).eval()
    with torch.no_grad():
        network.projection.bias[[TURN, END]] = 300
    (end,) = StepGenerator(TorchStepper(network), TOKENIZER, "tiny@0123abcd").inspect(PROMPT, "")

    assert end.probability == 1


@pytest.mark.parametrize("probability", [-0.1, 1.1, math.nan])
def test_a_reading_has_a_probability(probability: float) -> None:
    with pytest.raises(ValueError, match="probability must be in"):
        Reading("a", probability, (), np.zeros((1, 1), np.float32))

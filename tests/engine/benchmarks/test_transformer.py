import math
from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from chatlstm.engine.benchmarks.transformer import (
    Transformer,
    TransformerConfig,
    TransformerTrainer,
    measure_transformer,
)

TINY = TransformerConfig(5, width=8, layers=2, heads=2, context=4, batch_size=3, steps=60, warmup_steps=5)
TEXT = torch.arange(40) % 5


def make_network() -> Transformer:
    torch.manual_seed(1)
    return Transformer(TINY)


def test_the_usual_recipe_has_four_layers_of_128() -> None:
    weights = sum(weight.numel() for weight in Transformer(TransformerConfig(65)).parameters())

    # tokens and places; a layer: four attention matrices, two of 4 x 128, biases, two norms; a last norm
    layer = 4 * 128 * 128 + 4 * 128 + 2 * 4 * 128 * 128 + 4 * 128 + 128 + 2 * 2 * 128
    assert weights == (65 + 64) * 128 + 4 * layer + 2 * 128


def test_what_comes_later_changes_nothing_before() -> None:
    network = make_network()
    first, second = torch.tensor([[1, 2, 3, 4]]), torch.tensor([[1, 2, 3, 0]])

    assert torch.allclose(network(first)[:, :3], network(second)[:, :3], atol=1e-6)
    assert not torch.allclose(network(first)[:, 3], network(second)[:, 3], atol=1e-6)


@pytest.mark.parametrize("length", [5, 6, 7, 8, 9, 40])
def test_every_token_but_the_first_is_predicted_once(length: int) -> None:
    network, text = make_network(), TEXT[:length]

    nats = 0.0
    for place in range(1, length):
        # the first context at once, then two tokens at a time, each behind at least two others
        start = 0 if place <= 4 else (place - 3) // 2 * 2
        if place == length - 1 and length % 2 == 0 and length > 5:
            start = length - 5
        logits = network(text[None, start:place])[0, -1].detach()
        nats += float(functional.cross_entropy(logits, text[place]))

    assert measure_transformer(network, text) == pytest.approx(nats / (length - 1), rel=1e-5)


def test_an_even_guess_costs_the_logarithm_of_the_vocabulary() -> None:
    network = make_network()
    torch.nn.init.zeros_(network.tokens.weight)

    assert measure_transformer(network, TEXT) == pytest.approx(math.log(5))


def test_it_learns_a_simple_text() -> None:
    trainer = TransformerTrainer(replace(TINY, learning_rate=0.02), TEXT, seed=1)

    losses = [trainer.step() for _ in range(60)]

    assert trainer.steps_done == 60
    assert losses[-1] < losses[0] / 2


def test_the_same_seed_learns_the_same() -> None:
    first, second = (TransformerTrainer(TINY, TEXT, seed=1) for _ in range(2))

    assert [first.step() for _ in range(3)] == [second.step() for _ in range(3)]

"""How fast text is made on one core, beside PyTorch's own layers and bare products of the same shapes.

Axes: B rows, V vocabulary, L layers, H hidden.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from chatlstm.engine.api import Prompt, Sampling
from chatlstm.engine.benchmarks.products import open_products
from chatlstm.engine.benchmarks.row import Aim, Row, Section
from chatlstm.engine.benchmarks.timing import time_in_turns, use_threads
from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.evaluation import Model, load_model
from chatlstm.engine.sampling import choose_tokens
from chatlstm.engine.stepper import Floats
from chatlstm.tokens.tokenizer import END, SPECIAL_TOKENS, TURN

TOKENS, REPEATS, CANDIDATES = 200, 9, 8
STORY = Prompt("story", (), "Once upon a time there was a little fox")
PROMPT = Prompt("dialogue", ("What do you like to read?",))
USUAL = Sampling(temperature=0.8, repetition_penalty=1.2, no_repeat_ngram=3, min_p=0.05)
EVERY = replace(USUAL, top_k=100, nucleus=0.95, min_p=0.02, typical=0.95)


class GoOn:
    """A constraint under which nothing ends, so that every text has the same length."""

    def __init__(self, vocabulary_size: int) -> None:
        self._mask = np.ones(vocabulary_size, np.bool_)
        self._mask[[END, TURN]] = False

    def allowed(self, generated: Sequence[int]) -> NDArray[np.bool_]:
        """Allow all but the marks that end a turn."""
        return self._mask


def measure_decoding(folder: Path, cache: Path, *, tokens: int = TOKENS, repeats: int = REPEATS) -> Section:
    """Measure one token at a time, several candidates at once, and what choosing costs.

    Args:
        folder: The checkpoint's folder.
        cache: Folder for what is derived from its weights.
        tokens: Drawn a text, ``>= 1``.
        repeats: How often each is timed, ``>= 1``.
    """
    yield "loading the checkpoint"
    model, exact = (load_model(folder, cache=cache, precision=precision) for precision in ("int8", "float32"))
    config = model.config.network
    bytes_read = count_weights(config)
    products = open_products(list_products(config))
    with use_threads(1), torch.inference_mode():
        yield "drawing token by token"
        seconds = time_in_turns(
            {
                "one": lambda: tell_stories(model, tokens),
                "alone": lambda: draw_text(model, 1, tokens),
                "several": lambda: draw_text(model, CANDIDATES, tokens),
                "float32": lambda: tell_stories(exact, tokens),
                "steps": lambda: take_steps(model, tokens),
                "products": lambda: [products() for _ in range(tokens)],
                "plain": write_plainly(config, tokens),
            },
            repeats=repeats,
        )
    rate = {name: tokens / taken for name, taken in seconds.items()}
    note = "one core, stories as a person gets them; the reference is nn.LSTM in a loop, float32"
    aim = Aim("at least", 20, of="ratio")
    yield Row("one token at a time, int8", "tokens/s", rate["one"], rate["plain"], aim, note)
    yield Row("one token at a time, float32", "tokens/s", rate["float32"], rate["plain"], None, note)
    note = "the reference is a plain int8 matrix-vector product of the same shapes"
    read, able = (bytes_read * rate[name] / 1e9 for name in ("one", "products"))
    yield Row("weights read while drawing", "GB/s", read, able, Aim("at least", 0.6, of="ratio"), note)
    yield Row("weights read by the network alone", "GB/s", bytes_read * rate["steps"] / 1e9, able, None, note)
    name = f"{CANDIDATES} candidates of {tokens} tokens"
    yield Row(name, "s", seconds["several"], seconds["alone"], Aim("at most", 2.5, of="ratio"), "the reference is one")
    yield from _measure_choosing(model, seconds["steps"] / tokens, repeats=repeats)


def _measure_choosing(model: "Model[Floats]", step_seconds: float, *, repeats: int) -> Section:
    yield "choosing among logits"
    logits, _ = model.stepper.step(np.array([TURN]), model.stepper.start(1))
    logits[:, : len(SPECIAL_TOKENS)] = -np.inf
    allowed = np.arange(logits.shape[1]) % 50 != 0
    drawn = np.random.default_rng(1).integers(len(SPECIAL_TOKENS), logits.shape[1], 60).tolist()
    random = np.random.default_rng(2)

    def choose(sampling: Sampling) -> Callable[[], object]:
        def run() -> None:
            for _ in range(100):
                masked = logits.copy()
                masked[0, ~allowed] = -np.inf
                choose_tokens(masked, [drawn], sampling, random)

        return run

    seconds = time_in_turns({"usual": choose(USUAL), "every": choose(EVERY)}, repeats=repeats)
    usual, every = (seconds[name] / 100 * 1e6 for name in ("usual", "every"))
    aim, note = Aim("at most", 0.25, of="ratio"), "the reference is a step of the network"
    yield Row("sampling, two penalties and a constraint", "µs", usual, step_seconds * 1e6, aim, note)
    yield Row("the same with every filter there is", "µs", every, step_seconds * 1e6, None, note)


def tell_stories(model: "Model[Floats]", tokens: int) -> None:
    """Stream stories, one after the other, until so many tokens are drawn."""
    drawn = 0
    while drawn < tokens:
        sampling = replace(USUAL, repetition_penalty=1.0, max_tokens=tokens - drawn)
        for piece in model.engine.stream(STORY, sampling, seed=drawn):
            told = piece.tokens
        drawn += max(told, 1)


def draw_text(model: "Model[Floats]", candidates: int, tokens: int) -> None:
    """Draw so many candidates of so many tokens as the dialogue plugin does, none of which ends early."""
    constraint = GoOn(model.config.network.vocabulary_size)
    sampling = replace(USUAL, repetition_penalty=1.0, max_tokens=tokens)
    if candidates == 1:
        for _ in model.engine.stream(PROMPT, sampling, seed=1, constraint=constraint):
            pass
    else:
        model.engine.draw(PROMPT, sampling, n=candidates, seed=1, constraint=constraint)


def take_steps(model: "Model[Floats]", tokens: int) -> None:
    """Step through so many tokens; nothing is chosen."""
    state, token_ids = model.stepper.start(1), np.array([TURN])
    for _ in range(tokens):
        _, state = model.stepper.step(token_ids, state)


def write_plainly(config: NetworkConfig, tokens: int) -> Callable[[], object]:
    """Draw tokens as PyTorch's own layers are used: ``nn.LSTM`` called for one step at a time.

    Args:
        config: Shape of the network; the layers are stacked without residual connections.
        tokens: How many.

    Returns:
        What draws them, with random weights: time does not depend on their values.
    """
    size = config.hidden_size
    embedding = nn.Embedding(config.vocabulary_size, size)
    layers = nn.LSTM(size, size, config.num_layers, batch_first=True)
    projection = nn.Linear(size, config.vocabulary_size)

    def write() -> None:
        state, token_ids = None, torch.tensor([[TURN]])
        for _ in range(tokens):
            features, state = layers(embedding(token_ids), state)  # (1, 1, H)
            probabilities = (projection(features[:, -1]) / USUAL.temperature).softmax(1)
            token_ids = torch.multinomial(probabilities, 1)

    return write


def list_products(config: NetworkConfig) -> list[tuple[int, int]]:
    """List the shapes of the matrices that a step multiplies, as rows and columns."""
    size = config.hidden_size
    return [(4 * size, size)] * (2 * config.num_layers) + [(config.vocabulary_size, size)]


def count_weights(config: NetworkConfig) -> int:
    """Count the entries of the matrices that a step reads, a byte each in int8.

    Example:
        >>> count_weights(NetworkConfig(8192, hidden_size=512, num_layers=3))
        10485760
    """
    return sum(rows * columns for rows, columns in list_products(config))

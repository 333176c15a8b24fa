"""How fast text is made on one core, beside PyTorch's own layers and bare products of the same shapes.

Axes: B rows, V vocabulary, L layers, H hidden.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from chatlstm.engine.api import Generator, Prompt, Sampling
from chatlstm.engine.benchmarks.products import open_products
from chatlstm.engine.benchmarks.row import Aim, Row, Section
from chatlstm.engine.benchmarks.timing import time_in_turns, use_threads
from chatlstm.engine.checkpoint import WEIGHTS, read_checkpoint
from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.derived import build_graphs
from chatlstm.engine.encoding import read_arrays
from chatlstm.engine.evaluation import Model
from chatlstm.engine.onnx_stepper import OnnxStepper
from chatlstm.engine.sampling import choose_tokens
from chatlstm.engine.stepper import Floats
from chatlstm.tokens.tokenizer import END, SPECIAL_TOKENS, TURN

TOKENS, REPEATS, CANDIDATES = 200, 15, 8
PROMPT = Prompt("story", (), "Once upon a time there was a little fox")
USUAL = Sampling(temperature=0.8, repetition_penalty=1.2, no_repeat_ngram=3, min_p=0.05)
EVERY = replace(USUAL, top_k=100, nucleus=0.95, min_p=0.02, typical=0.95)
UNLIKELY = -1e4  # bias of the marks that end a turn, so that every text has the length asked


def measure_decoding(folder: Path, *, tokens: int = TOKENS, repeats: int = REPEATS) -> Section:
    """Measure one token at a time, several candidates at once, and what choosing costs.

    Args:
        folder: The checkpoint's folder.
        tokens: Drawn a text, ``>= 1``.
        repeats: How often each is timed, ``>= 1``.
    """
    yield "loading the checkpoint"
    model, exact = (load_endless(folder, precision) for precision in ("int8", "float32"))
    engine, exact_engine = model.engine, exact.engine  # they keep the prompt they have read
    config = model.config.network
    bytes_read = count_weights(config)
    products = open_products(list_products(config))
    with use_threads(1), torch.inference_mode():
        yield "drawing token by token"
        seconds = time_in_turns(
            {
                "one": lambda: draw_text(engine, 1, tokens),
                "several": lambda: draw_text(engine, CANDIDATES, tokens),
                "float32": lambda: draw_text(exact_engine, 1, tokens),
                "steps": lambda: take_steps(model, tokens),
                "products": lambda: [products() for _ in range(tokens)],
                "plain": write_plainly(config, tokens),
            },
            repeats=repeats,
        )
    rate = {name: tokens / taken for name, taken in seconds.items()}
    note = "one core, sampled as a story is; the reference is nn.LSTM in a loop, float32"
    aim = Aim("at least", 20, of="ratio")
    yield Row("one token at a time, int8", "tokens/s", rate["one"], rate["plain"], aim, note)
    yield Row("one token at a time, float32", "tokens/s", rate["float32"], rate["plain"], None, note)
    note = "the reference is a plain int8 matrix-vector product of the same shapes"
    read, able = (bytes_read * rate[name] / 1e9 for name in ("one", "products"))
    yield Row("weights read while drawing", "GB/s", read, able, Aim("at least", 0.6, of="ratio"), note)
    yield Row("weights read by the network alone", "GB/s", bytes_read * rate["steps"] / 1e9, able, None, note)
    name = f"{CANDIDATES} candidates of {tokens} tokens"
    yield Row(name, "s", seconds["several"], seconds["one"], Aim("at most", 2.5, of="ratio"), "the reference is one")
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


def load_endless(folder: Path, precision: str) -> "Model[Floats]":
    """Load a checkpoint whose texts never end by themselves, after checking every file of it."""
    config, tokenizer = read_checkpoint(folder)
    arrays = read_arrays(folder / WEIGHTS)
    arrays["projection.bias"][[END, TURN]] = UNLIKELY
    return Model(OnnxStepper(config.network, build_graphs(config.network, arrays, precision)), tokenizer, config)


def draw_text(engine: Generator, candidates: int, tokens: int) -> int:
    """Stream a text of so many tokens, or draw several such candidates; returns all tokens drawn."""
    sampling = replace(USUAL, repetition_penalty=1.0, max_tokens=tokens)
    if candidates == 1:
        return max(piece.tokens for piece in engine.stream(PROMPT, sampling, seed=1))
    return sum(len(drawn.token_ids) for drawn in engine.draw(PROMPT, sampling, n=candidates, seed=1))


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

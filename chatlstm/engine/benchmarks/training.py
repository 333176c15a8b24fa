"""How fast training is: beside PyTorch's plain recipe, and beside bare matrix products.

Axes: B rows, T steps, L layers, H hidden, V vocabulary.
"""

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from chatlstm.engine.benchmarks.memory import run_apart
from chatlstm.engine.benchmarks.plain import PlainLSTM, PlainTrainer
from chatlstm.engine.benchmarks.row import Aim, Row, Section
from chatlstm.engine.benchmarks.timing import time_in_turns
from chatlstm.engine.config import Budget, NetworkConfig, TrainingConfig
from chatlstm.engine.corpus import TokenFile
from chatlstm.engine.device import prefers_bfloat16
from chatlstm.engine.loss import CHUNK_ROWS
from chatlstm.engine.network import Network
from chatlstm.engine.training import REPORT_TOKENS, Trainer
from chatlstm.engine.workplace import TrainingText, Workplace

STARTER = NetworkConfig(8192, hidden_size=512, num_layers=3, hidden_dropout=0.1, output_dropout=0.1)
CPU = torch.device("cpu")
RECORD_TOKENS = 200
GIGA = 1e9
Shape = tuple[int, int, int]


def measure_training(
    config: NetworkConfig = STARTER, *, batch_size: int = 64, backprop_steps: int = 64, repeats: int = 9
) -> Section:
    """Train a network of the starter's size, PyTorch's plain recipe and bare products by turns.

    Args:
        config: The network's sizes.
        batch_size: Rows B.
        backprop_steps: Steps T.
        repeats: How often each is timed; one time is 10,000 tokens or so.

    Yields:
        Tokens a second, and how near the products of the model come to bare ones.
    """
    size, rows = config.hidden_size, batch_size * backprop_steps
    bfloat16 = prefers_bfloat16(CPU, size=size)
    steps = math.ceil(REPORT_TOKENS / rows)
    shapes = [(rows, size, 4 * size), (min(rows, CHUNK_ROWS), size, config.vocabulary_size)]
    products = {
        f"{m} x {k} x {n} {str(kind).partition('.')[2]}": (make_product((m, k, n), kind), 2.0 * m * k * n)
        for m, k, n in shapes
        for kind in (torch.float32, torch.bfloat16)
    }
    yield f"{repeats} times {steps * rows:,} tokens, and as many by the plain recipe"
    with TemporaryDirectory() as folder:
        training = make_training(batch_size, backprop_steps)
        trainer = make_trainer(Path(folder), config, training, bfloat16=bfloat16)
        contenders: dict[str, Callable[[], object]] = {"ours": partial(next, trainer.run())}
        contenders |= {name: product for name, (product, _) in products.items()}
        seconds = time_in_turns(contenders, repeats=repeats, warmups=2)
    shape = batch_size, backprop_steps
    seconds["plain"], _ = run_apart(partial(time_plainly, config, shape, training.learning_rate, steps, repeats))
    speeds = {name: steps * rows / seconds[name] for name in ("ours", "plain")}
    rates = {name: flops / seconds[name] / GIGA for name, (_, flops) in products.items()}
    fastest = max(rates, key=rates.__getitem__)
    precision = "bfloat16" if bfloat16 else "float32"
    yield Row(
        "training", "tokens/s", speeds["ours"], speeds["plain"], Aim("at least", 2, of="ratio"),
        f"in {precision}, B {batch_size} x T {backprop_steps}; the reference is nn.LSTM in float32 with the "
        "full softmax and AdamW, of the same size",
    )  # fmt: skip
    achieved = speeds["ours"] * count_flops(config) / GIGA
    yield Row(
        "model FLOP/s of training", "GFLOP/s", achieved, rates[fastest], Aim("at least", 0.55, of="ratio"),
        f"{count_flops(config):,} a token; the reference is the fastest torch.mm of like shapes, {fastest}",
    )  # fmt: skip


def count_flops(config: NetworkConfig) -> int:
    """Count the floating-point operations training needs a token: 6 times the weights it multiplies by.

    Two forward and four backward for each weight of the layers and of the projection; looking up an
    embedding takes none.

    Example:
        >>> count_flops(NetworkConfig(vocabulary_size=3, hidden_size=2, num_layers=1))
        228
    """
    size = config.hidden_size
    return 6 * (config.num_layers * 2 * 4 * size * size + config.vocabulary_size * size)


def time_plainly(
    config: NetworkConfig, shape: tuple[int, int], learning_rate: float, steps: int, repeats: int
) -> float:
    """Time PyTorch's plain recipe; in a process of its own, since ours tells the C library to keep memory.

    Args:
        config: The network's sizes.
        shape: Rows B and steps T of a window.
        learning_rate: ``> 0``.
        steps: Windows a time, ``>= 1``.
        repeats: How often, ``>= 1``.

    Returns:
        The median seconds of so many windows.
    """
    batch_size, backprop_steps = shape
    plain = PlainTrainer(PlainLSTM(config), batch_size=batch_size, learning_rate=learning_rate)
    window = torch.randint(config.vocabulary_size, (batch_size, backprop_steps + 1))
    return time_in_turns({"plain": lambda: [plain.step(window) for _ in range(steps)]}, repeats=repeats)["plain"]


def make_product(shape: Shape, kind: torch.dtype) -> Callable[[], object]:
    """Make a function that multiplies two matrices.

    Args:
        shape: Rows, inner size and columns.
        kind: Type of the numbers.
    """
    rows, inner, columns = shape
    left, right = torch.randn(rows, inner).to(kind), torch.randn(inner, columns).to(kind)
    return partial(torch.mm, left, right, out=torch.empty(rows, columns, dtype=kind))


def make_training(batch_size: int, backprop_steps: int) -> TrainingConfig:
    """Make the settings of a run that goes on as long as it is asked to, at one size of batch."""
    budget = Budget(tokens=2**40)
    return TrainingConfig(
        budget, batch_size=batch_size, backprop_steps=backprop_steps, small_batches=0.0, validations=1
    )


def make_trainer(folder: Path, config: NetworkConfig, training: TrainingConfig, *, bfloat16: bool) -> Trainer:
    """Make a trainer of a new network on random text.

    Args:
        folder: Where it keeps its snapshot.
        config: The network's sizes.
        training: How it is trained.
        bfloat16: Whether matrix products run in bfloat16.
    """
    text = draw_text(config.vocabulary_size, records=4 * training.batch_size)
    read = TrainingText(text, text, np.ones(config.vocabulary_size, np.int32))
    return Trainer(Network(config), read, training, Workplace(folder, bfloat16))


def draw_text(vocabulary_size: int, *, records: int) -> TokenFile:
    """Draw records of 200 random tokens."""
    tokens = np.random.default_rng(1).integers(vocabulary_size, size=records * RECORD_TOKENS)
    return TokenFile(
        tokens=tokens.astype(np.uint16),
        starts=np.arange(records + 1) * RECORD_TOKENS,
        weights=np.ones(records, np.float32),
        sources=np.zeros(records, np.int32),
        names=("random/text",),
    )

"""How much is learned in a few minutes: tiny Shakespeare by characters, beside two other recipes.

Axes: B rows, T steps.
"""

import lzma
import math
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from chatlstm.engine.benchmarks.pictures import Panel, draw_panels
from chatlstm.engine.benchmarks.plain import PlainLSTM, PlainTrainer
from chatlstm.engine.benchmarks.row import Aim, Row, Section
from chatlstm.engine.benchmarks.transformer import (
    TransformerConfig,
    TransformerTrainer,
    measure_transformer,
)
from chatlstm.engine.config import Budget, NetworkConfig, TrainingConfig
from chatlstm.engine.corpus import TokenFile
from chatlstm.engine.device import prefers_bfloat16
from chatlstm.engine.network import Network
from chatlstm.engine.training import Trainer
from chatlstm.engine.workplace import TrainingText, Workplace

FILE = "bench_tinyshakespeare.txt.xz"
HELD_OUT = 0.1
MARKS = 6
PIECE = 16_384  # characters of a record; a row reads one after the other
AIM = Aim("at most", 1.45)
UNIT = "nats/character"
CPU = torch.device("cpu")
Point = tuple[float, float]


@dataclass(frozen=True)
class Text:
    """A text as token ids, the first nine tenths to learn from and the last to measure on.

    Args:
        train: Shape ``(tokens,)``.
        held_out: Shape ``(tokens,)``.
        vocabulary_size: How many characters there are.
    """

    train: NDArray[np.int64]
    held_out: NDArray[np.int64]
    vocabulary_size: int


@dataclass(frozen=True)
class Recipe:
    """The sizes the contenders learn with.

    Args:
        network: Ours, and the plain recipe's of the same width; its vocabulary is the text's.
        training: Ours; its budget and seed are those of the benchmark.
        transformer: The small GPT; its vocabulary is the text's.
        plain_rate: Learning rate of the plain recipe; it learned more at this one than at half of it.
    """

    network: NetworkConfig
    training: TrainingConfig
    transformer: TransformerConfig
    plain_rate: float = 4e-3


def make_recipe() -> Recipe:
    """Make the recipe that is measured."""
    return Recipe(
        NetworkConfig(1, hidden_size=256, num_layers=2, hidden_dropout=0.1, output_dropout=0.1),
        TrainingConfig(
            Budget(minutes=3), batch_size=32, backprop_steps=64, learning_rate=4e-3, validations=MARKS,
            patience=MARKS,
        ),
        TransformerConfig(1),
    )  # fmt: skip


def measure_learning(
    corpora: Path, pictures: Path, *, minutes: float = 3.0, seeds: int = 3, recipe: Recipe | None = None
) -> Section:
    """Let each recipe learn for some minutes, with several seeds by turns.

    Args:
        corpora: Folder of ``bench_tinyshakespeare.txt.xz``, which is not shipped.
        pictures: Folder ``learning.png`` is written to.
        minutes: How long each learns, ``> 0``; measuring time is not counted.
        seeds: How often each does, ``>= 1``.
        recipe: What they learn with; the measured one if not given.

    Yields:
        The held-out loss of each recipe as it falls, and at its end.
    """
    path = corpora / FILE
    if not path.is_file():
        yield Row("held-out loss", UNIT, None, aim=AIM, note=f"needs {FILE} in the folder given by --corpora")
        return
    text = split_text(lzma.decompress(path.read_bytes()).decode("utf-8"))
    chosen = recipe or make_recipe()
    curves: dict[str, list[list[Point]]] = {"ChatLSTM": [], "small GPT": [], "plain nn.LSTM": []}
    learners = (learn_ours, learn_transformer, learn_plain)
    for seed in range(1, seeds + 1):
        for (name, found), learn in zip(curves.items(), learners, strict=True):
            yield f"{name}, seed {seed} of {seeds}, {minutes:g} minutes"
            found.append(list(learn(text, chosen, minutes, seed)))
    picture = pictures / "learning.png"
    draw_panels([Panel("seconds of training", f"held-out {UNIT}", curves)], picture)
    yield from list_rows(curves, picture)


def split_text(text: str) -> Text:
    """Number the characters of a text and hold out its last tenth.

    Example:
        >>> text = split_text("abcabcabca")
        >>> text.train.tolist(), text.held_out.tolist(), text.vocabulary_size
        ([0, 1, 2, 0, 1, 2, 0, 1, 2], [0], 3)
    """
    characters, ids = np.unique(np.array(list(text)), return_inverse=True)
    place = len(ids) - int(len(ids) * HELD_OUT)
    return Text(ids[:place].astype(np.int64), ids[place:].astype(np.int64), len(characters))


def learn_ours(text: Text, recipe: Recipe, minutes: float, seed: int) -> Iterator[Point]:
    """Train as ``chatlstm train`` does; yield seconds and held-out loss."""
    config = replace(recipe.network, vocabulary_size=text.vocabulary_size)
    training = replace(recipe.training, budget=Budget(minutes=minutes), seed=seed)
    files = TrainingText(
        cut_pieces(text.train, PIECE),
        cut_pieces(text.held_out, len(text.held_out)),
        np.ones(text.vocabulary_size, np.int32),
    )
    torch.manual_seed(seed)
    bfloat16 = prefers_bfloat16(CPU, size=config.hidden_size)
    with TemporaryDirectory() as folder:
        trainer = Trainer(Network(config), files, training, Workplace(Path(folder), bfloat16))
        for progress in trainer.run():
            if progress.validation:  # a character counts as a byte
                yield progress.seconds, progress.validation["all"] * math.log(2)


def cut_pieces(token_ids: NDArray[np.int64], length: int) -> TokenFile:
    """Cut a text into records of a length, the last one shorter."""
    starts = np.append(np.arange(0, len(token_ids), length), len(token_ids))
    return TokenFile(
        tokens=token_ids.astype(np.uint16),
        starts=starts,
        weights=np.ones(len(starts) - 1, np.float32),
        sources=np.zeros(len(starts) - 1, np.int32),
        names=("characters/text",),
    )


def learn_transformer(text: Text, recipe: Recipe, minutes: float, seed: int) -> Iterator[Point]:
    """Train the small GPT by its recipe, for the minutes or its steps if they end before."""
    config = replace(recipe.transformer, vocabulary_size=text.vocabulary_size)
    trainer = TransformerTrainer(config, torch.from_numpy(text.train), seed=seed)
    held_out = torch.from_numpy(text.held_out)

    def step() -> bool:
        trainer.step()
        return trainer.steps_done < config.steps

    yield from learn_by_steps(step, lambda: measure_transformer(trainer.network, held_out), minutes)


def learn_plain(text: Text, recipe: Recipe, minutes: float, seed: int) -> Iterator[Point]:
    """Train the plain recipe on as many rows and steps as ours."""
    torch.manual_seed(seed)
    rows, steps = recipe.training.batch_size, recipe.training.backprop_steps
    network = PlainLSTM(replace(recipe.network, vocabulary_size=text.vocabulary_size))
    trainer = PlainTrainer(network, batch_size=rows, learning_rate=recipe.plain_rate)
    length = (len(text.train) - 1) // rows
    streams = torch.from_numpy(text.train[: rows * length + 1]).unfold(0, length + 1, length)  # (B, tokens)
    held_out = torch.from_numpy(text.held_out)
    place = 0

    def step() -> bool:
        nonlocal place
        if place + steps > length:
            place = 0
        trainer.step(streams[:, place : place + steps + 1])
        place += steps
        return True

    yield from learn_by_steps(step, lambda: measure_plain(network, held_out), minutes)


def learn_by_steps(
    step: Callable[[], bool], measure: Callable[[], float], minutes: float
) -> Iterator[Point]:
    """Take steps until the time is up, measuring on the way.

    Args:
        step: Takes one; tells whether another may follow.
        measure: Gives the held-out loss.
        minutes: How long to take steps, measuring not counted.

    Yields:
        Seconds and loss, at each sixth of the time and at the end.
    """
    seconds, marks, going = 0.0, 0, True
    while going:
        start = time.perf_counter()
        going = step()
        seconds += time.perf_counter() - start
        going = going and seconds < 60 * minutes
        passed = int(MARKS * seconds / (60 * minutes))
        if passed > marks or not going:
            marks = passed
            yield seconds, measure()


@torch.no_grad()
def measure_plain(network: PlainLSTM, text: Tensor) -> float:
    """Predict every token of a text but the first, in order, with the state carried; nats per token."""
    network.eval()
    state, nats = network.zero_state(1), 0.0
    for start in range(0, len(text) - 1, 1024):
        window = text[start : start + 1025]
        logits, state = network(window[None, :-1], state)
        nats += float(functional.cross_entropy(logits[0], window[1:], reduction="sum"))
    network.train()
    return nats / (len(text) - 1)


def list_rows(curves: dict[str, list[list[Point]]], picture: Path) -> Iterator[Row]:
    """List what was learned: means over the seeds as the loss falls, then the end.

    Args:
        curves: A curve a seed, by contender; the first is ours, the second the reference.
        picture: Where they are drawn.

    Yields:
        Rows.
    """
    for name, found in curves.items():
        for points in zip(*found, strict=False):
            seconds = statistics.mean(point[0] for point in points)
            loss = statistics.mean(point[1] for point in points)
            yield Row(f"{name} after {seconds:.3g} s", UNIT, loss)
    ends = {name: [curve[-1][1] for curve in found] for name, found in curves.items()}
    ours, other, plain = ends.values()
    for seed, loss in enumerate(ours, start=1):
        yield Row(f"held-out loss, seed {seed}", UNIT, loss, other[seed - 1], AIM)
    mean = statistics.mean(ours)
    yield Row(
        "held-out loss beside the plain recipe", UNIT, mean, statistics.mean(plain),
        note="mean of the seeds; the reference is nn.LSTM of the same width",
    )  # fmt: skip
    note = f"mean of the seeds; the reference is the small GPT's recipe, to its end; curves in {picture}"
    yield Row("held-out loss", UNIT, mean, statistics.mean(other), AIM, note)

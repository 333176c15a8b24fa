"""How time and memory grow with the network, the text and the batch, a decade each.

Each point is trained in a process of its own, so that its memory is its own.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from chatlstm.engine.benchmarks.memory import run_apart
from chatlstm.engine.benchmarks.pictures import Panel, draw_panels
from chatlstm.engine.benchmarks.row import Row, Section
from chatlstm.engine.benchmarks.training import make_training
from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.corpus import TRAIN, VALIDATION, read_token_file, write_token_files
from chatlstm.engine.device import prefers_bfloat16
from chatlstm.engine.network import Network
from chatlstm.engine.training import Trainer
from chatlstm.engine.workplace import TrainingText, Workplace
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import train_bytes

VOCABULARY = 2048
RECORD_WORDS = 150
STEPS = 64
MEGA = 1_000_000


@dataclass(frozen=True)
class Load:
    """What one point trains.

    Args:
        hidden_size: Width of the network, of two layers.
        characters: Size of the text.
        batch_size: Rows read at once.
        reports: How long it trains, 10,000 tokens or so each.
        bfloat16: Whether matrix products run in bfloat16.
    """

    hidden_size: int = 256
    characters: int = MEGA
    batch_size: int = 32
    reports: int = 5
    bfloat16: bool = False


@dataclass(frozen=True)
class Cost:
    """What a point cost.

    Args:
        parameters: Weights of the network.
        tokenising: Seconds to cut the text into tokens and write them.
        speed: Tokens a second while training, the median.
        memory: Peak of the process in bytes; None where the system does not tell it.
    """

    parameters: int
    tokenising: float
    speed: float
    memory: int | None = None


AXES = {
    "parameters": (Load(128), Load(256), Load(512)),  # 0.5, 1.6 and 5.3 million
    "text": (Load(), Load(characters=3 * MEGA), Load(characters=10 * MEGA)),
    "batch": (Load(batch_size=8), Load(batch_size=25), Load(batch_size=80)),
}


def measure_growth(pictures: Path, *, axes: dict[str, tuple[Load, ...]] | None = None) -> Section:
    """Train small and large networks, texts and batches.

    Args:
        pictures: Folder ``growth.png`` is written to.
        axes: What is trained, by what grows; a decade of each if not given.

    Yields:
        Speed and memory of each; the reference is the smallest of its kind.
    """
    bfloat16 = prefers_bfloat16(torch.device("cpu"), size=256)
    speeds: dict[str, list[tuple[float, float]]] = {}
    memories: dict[str, list[tuple[float, float]]] = {}
    for axis, loads in (axes or AXES).items():
        costs: list[Cost] = []
        for load in loads:
            size = describe_size(axis, load)
            yield f"{axis}: {size:,}"
            cost, memory = run_apart(partial(train_apart, replace(load, bfloat16=bfloat16)))
            costs.append(replace(cost, memory=memory))
            factor = size / describe_size(axis, loads[0])
            speeds.setdefault(axis, []).append((factor, cost.speed))
            if memory is not None:
                memories.setdefault(axis, []).append((factor, memory / MEGA))
            yield from list_rows(f"{axis} {size:,}", axis, costs, load)
    panels = [("tokens/s", speeds), ("peak memory, MB", memories)]
    across = "times the smallest"
    drawn = [Panel(across, up, {axis: [line] for axis, line in found.items()}, True) for up, found in panels if found]
    draw_panels(drawn, pictures / "growth.png")


def describe_size(axis: str, load: Load) -> int:
    """Give what grows along an axis: weights, characters or rows."""
    if axis == "parameters":
        return count_parameters(load.hidden_size)
    return load.characters if axis == "text" else load.batch_size


def count_parameters(hidden_size: int) -> int:
    """Count the weights of the network that is trained, of two layers and 2,048 tokens.

    Example:
        >>> count_parameters(1)  # embedding, projection's bias; 4 + 4 + 4 a layer; three norms of 2
        4126
    """
    with torch.device("meta"):
        network = Network(NetworkConfig(VOCABULARY, hidden_size, num_layers=2))
    return sum(weight.numel() for weight in network.parameters())


def list_rows(name: str, axis: str, costs: list[Cost], load: Load) -> Iterator[Row]:
    """List what the last point cost beside the first.

    Args:
        name: Of the point.
        axis: What grows.
        costs: Of the points so far.
        load: The last one's.
    """
    first, cost = costs[0], costs[-1]
    note = "a process of its own each; the reference is the smallest; drawn in growth.png"
    yield Row(f"{name}: training", "tokens/s", cost.speed, first.speed, note=note)
    if cost.memory is None or first.memory is None:
        yield Row(f"{name}: peak memory", "MB", None, note="this system does not tell a process's peak")
    else:
        yield Row(f"{name}: peak memory", "MB", cost.memory / MEGA, first.memory / MEGA, note=note)
    if axis == "text":
        reference = costs[0].tokenising
        yield Row(f"{name}: cutting into tokens", "s", cost.tokenising, reference, note=note)
        speed = load.characters / MEGA / cost.tokenising
        yield Row(f"{name}: cut a second", "MB/s", speed, note=note)


def train_apart(load: Load) -> Cost:
    """Write a text, cut it into tokens, and train on it for a while."""
    random = np.random.default_rng(1)
    sample = (record.turns[0] for record in islice(write_records(random, 200_000), 200))
    tokenizer = train_bytes(sample, vocabulary_size=VOCABULARY)
    config = NetworkConfig(VOCABULARY, load.hidden_size, num_layers=2)
    with TemporaryDirectory() as name:
        folder = Path(name)
        start = time.perf_counter()
        write_token_files(write_records(random, load.characters), tokenizer, folder)
        tokenising = time.perf_counter() - start
        train, validation = read_token_file(folder / TRAIN), read_token_file(folder / VALIDATION)
        text = TrainingText(train, validation, np.ones(VOCABULARY, np.int32))
        training = make_training(load.batch_size, STEPS)
        trainer = Trainer(Network(config), text, training, Workplace(folder, load.bfloat16))
        speeds = [progress.tokens_per_second for progress in islice(trainer.run(), load.reports + 1)]
    return Cost(count_parameters(load.hidden_size), tokenising, float(np.median(speeds[1:])))


def write_records(random: np.random.Generator, characters: int) -> Iterator[Record]:
    """Write records of made-up words, the frequent ones as frequent as in a language.

    Args:
        random: Draws them.
        characters: How many in all, to a record.
    """
    syllables = [first + second for first in "bdfglmnprst" for second in ("a", "e", "i", "o", "u", "an", "er")]
    words = np.array(["".join(random.choice(syllables, 1 + number % 3)) for number in range(4000)])
    written = 0
    while written < characters:
        ranks = np.minimum(random.zipf(1.2, RECORD_WORDS), len(words)) - 1
        text = " ".join(words[ranks])
        written += len(text)
        yield Record("story", (text,), "made up")

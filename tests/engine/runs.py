"""Training runs of tiny networks, from nothing and from a checkpoint."""

from dataclasses import replace
from pathlib import Path

import torch

from chatlstm.engine.config import Budget, NetworkConfig, TrainingConfig
from chatlstm.engine.run import RunConfig, Start, prepare_run
from chatlstm.engine.weights import load_checkpoint
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import Tokenizer
from tests.doubles import write_tiny_checkpoint

CPU = torch.device("cpu")
RECORDS = [Record("dialogue", (f"Is it {n}?", f"It is {n * n}."), "own") for n in range(200)]
TRAINING = TrainingConfig(Budget(tokens=2000), batch_size=4, backprop_steps=10, validations=2)


def make_config(tokenizer: Tokenizer) -> RunConfig:
    network = NetworkConfig(tokenizer.vocabulary_size, hidden_size=8, num_layers=1)
    return RunConfig("en", ("dialogue",), network, TRAINING, bfloat16=False)


def prepare(folder: Path, tokenizer: Tokenizer, records: list[Record] = RECORDS) -> RunConfig:
    config = make_config(tokenizer)
    prepare_run(folder, lambda: iter(records), tokenizer, config)
    return config


def load_start(folder: Path) -> tuple[Start, Tokenizer]:
    network, tokenizer, config = load_checkpoint(write_tiny_checkpoint(folder), CPU)
    facts: dict[str, object] = {"sources": ["story/old", "dialogue/own"], "bits_per_byte": {"all": 1.5}}
    config = replace(config, domains=("story",), facts=facts)
    return Start(network.state_dict(), config), tokenizer


def prepare_tuning(folder: Path) -> Start:
    start, tokenizer = load_start(folder / "en")
    config = RunConfig(
        "en", ("dialogue",), start.config.network, TRAINING, bfloat16=False, start=start.config.identity
    )
    prepare_run(folder / "run", lambda: iter(RECORDS), tokenizer, config, start)
    return start


def prepare_student(folder: Path, *, hidden_size: int, taught: bool = True) -> Start:
    """Prepare a run of a student; its teacher has sixteen units in two layers."""
    start, tokenizer = load_start(folder / "en")
    network = NetworkConfig(tokenizer.vocabulary_size, hidden_size=hidden_size, num_layers=2)
    config = RunConfig("en", ("dialogue",), network, TRAINING, bfloat16=False, start="en@0", taught=taught)
    prepare_run(folder / "run", lambda: iter(RECORDS), tokenizer, config, start)
    return start



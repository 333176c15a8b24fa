"""A training run's folder: what was asked, the text as tokens, and how to go on with it."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from chatlstm.engine.config import Budget, NetworkConfig, TrainingConfig
from chatlstm.engine.corpus import TRAIN, VALIDATION, read_token_file, write_token_files
from chatlstm.engine.files import write_whole
from chatlstm.engine.network import Network
from chatlstm.engine.snapshot import read_snapshot
from chatlstm.engine.training import Trainer
from chatlstm.errors import CheckpointError, MisuseError
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import Tokenizer, read_tokenizer, train_bytes, train_characters

FORMAT = 1


@dataclass(frozen=True)
class RunConfig:
    """What a training run was asked to do.

    Args:
        language: ``"en"``, ``"zh"`` or ``"code"``; Chinese is cut into characters.
        domains: The domains trained on.
        network: Shape of the network.
        training: How it is trained.
        bfloat16: Whether matrix products run in bfloat16; measured once, kept for a resume.
        start: Checkpoint it started from; empty when from nothing.
    """

    language: str
    domains: tuple[str, ...]
    network: NetworkConfig
    training: TrainingConfig
    bfloat16: bool
    start: str = ""


def learn_tokenizer(records: Iterable[Record], language: str, vocabulary_size: int) -> Tokenizer:
    """Learn the vocabulary for a language: bytes for ``en`` and ``code``, characters for ``zh``."""
    texts = (text for record in records for text in record.turns)
    learn = train_characters if language == "zh" else train_bytes
    return learn(texts, vocabulary_size=vocabulary_size)


def prepare_run(folder: Path, read: Callable[[], Iterator[Record]], tokenizer: Tokenizer, config: RunConfig) -> None:
    """Write everything a run needs into its folder; ``run.json`` comes last and makes it whole.

    Args:
        folder: The run's folder; it is made.
        read: Gives the records to train on.
        tokenizer: Cuts them.
        config: What to do.

    Raises:
        MisuseError: No record fell on the training side.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for stale in ("run.json", "snapshot.safetensors", "best.safetensors", "metrics.jsonl"):
        (folder / stale).unlink(missing_ok=True)
    counts = write_token_files(read(), tokenizer, folder / "tokens")
    if not counts[TRAIN]:
        raise MisuseError("there is nothing to train on: the corpus gave no record")
    write_whole(folder / "tokenizer.json", tokenizer.definition.encode())
    facts = {"format": FORMAT, "tokens": counts, **asdict(config)}
    write_whole(folder / "run.json", json.dumps(facts, indent=1).encode())


def read_run(folder: Path) -> RunConfig:
    """Read what a run was asked to do.

    Raises:
        CheckpointError: There is no whole run in this folder, or it is from a newer ChatLSTM.
    """
    path = folder / "run.json"
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        if facts["format"] != FORMAT:
            raise CheckpointError(f"{path}: has format {facts['format']}, this ChatLSTM reads {FORMAT}")
        training = {**facts["training"], "budget": Budget(**facts["training"]["budget"])}
        return RunConfig(
            language=facts["language"],
            domains=tuple(facts["domains"]),
            network=NetworkConfig(**facts["network"]),
            training=TrainingConfig(**training),
            bfloat16=facts["bfloat16"],
            start=facts["start"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{path}: there is no training run to go on with: {error}") from error


def open_run(
    folder: Path,
    device: torch.device,
    *,
    weights: dict[str, torch.Tensor] | None = None,
    draw_sample: Callable[[Network, Tokenizer], str] | None = None,
) -> Trainer:
    """Make the trainer of a prepared run, gone back to its last snapshot where there is one.

    Args:
        folder: The run's folder.
        device: Where to train.
        weights: First weights, when the run starts from a checkpoint.
        draw_sample: Writes the text shown at each validation.
    """
    config = read_run(folder)
    tokenizer = read_tokenizer(folder / "tokenizer.json")
    torch.manual_seed(config.training.seed)
    network = Network(config.network)
    if weights is not None:
        network.load_state_dict(weights)
    trainer = Trainer(
        network.to(device),
        read_token_file(folder / "tokens" / TRAIN),
        read_token_file(folder / "tokens" / VALIDATION),
        token_bytes=tokenizer.count_bytes(),
        config=config.training,
        folder=folder,
        bfloat16=config.bfloat16,
        draw_sample=(lambda network: draw_sample(network, tokenizer)) if draw_sample else None,
    )
    if (folder / "snapshot.safetensors").exists():
        trainer.restore()
    return trainer


def read_best(folder: Path) -> tuple[dict[str, torch.Tensor], dict[str, object]]:
    """Read the best weights of a run and the facts of their validation."""
    return read_snapshot(folder / "best.safetensors", torch.device("cpu"))



"""A training run's folder: what was asked, the text as tokens, and how to go on with it."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock, Timeout

from chatlstm.engine.checkpoint import CheckpointConfig
from chatlstm.engine.config import Budget, NetworkConfig, TrainingConfig
from chatlstm.engine.corpus import (
    TRAIN,
    VALIDATION,
    TokenFile,
    hold_out_tenth,
    read_token_file,
    sample_texts,
    write_token_files,
)
from chatlstm.engine.distillation import Teacher
from chatlstm.engine.files import remove_leftovers, write_whole
from chatlstm.engine.network import Network
from chatlstm.engine.packer import Packer
from chatlstm.engine.pruning import prune_network
from chatlstm.engine.snapshot import read_snapshot, write_snapshot
from chatlstm.engine.training import Trainer
from chatlstm.engine.unlikelihood import choose_objective
from chatlstm.engine.workers import ALONE, Workers
from chatlstm.engine.workplace import TrainingText, Workplace
from chatlstm.errors import CheckpointError, MisuseError
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import Tokenizer, read_tokenizer, train_bytes, train_characters

FORMAT = 1
RUN, SNAPSHOT, BEST = "run.json", "snapshot.safetensors", "best.safetensors"
START, MATCHER = "start.safetensors", "matcher.safetensors"
LEAST_VALIDATION = 2_000  # tokens; fewer say too little

_logger = logging.getLogger(__name__)


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
        taught: Whether that checkpoint, larger than the network, is cut down to it and teaches it.
        shards: For how many workers the text is shared out; 0 where all read the same.
    """

    language: str
    domains: tuple[str, ...]
    network: NetworkConfig
    training: TrainingConfig
    bfloat16: bool
    start: str = ""
    taught: bool = False
    shards: int = 0


@dataclass(frozen=True)
class Start:
    """What a run starts from instead of nothing.

    Args:
        weights: The first weights.
        config: Of the checkpoint they come from.
    """

    weights: dict[str, torch.Tensor]
    config: CheckpointConfig


def learn_tokenizer(records: Iterable[Record], language: str, vocabulary_size: int) -> Tokenizer:
    """Learn the vocabulary for a language: bytes for ``en`` and ``code``, characters for ``zh``.

    A text of more than 90 MB or so is not learned whole but a sample, evenly spread over it.

    Args:
        records: The text; read once.
        language: ``"en"``, ``"zh"`` or ``"code"``.
        vocabulary_size: Tokens at most, ``>= 272``.
    """
    texts, step = sample_texts(records)
    if step > 1:
        _logger.warning("the vocabulary is learned from a sample: one turn in %d, evenly spread over the text", step)
    learn = train_characters if language == "zh" else train_bytes
    return learn(texts, vocabulary_size=vocabulary_size)


@contextmanager
def lock_run(folder: Path) -> Iterator[None]:
    """Keep every other process from this run while the context lasts; a kill frees it.

    Args:
        folder: The run's folder; it is made.

    Raises:
        MisuseError: Another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise MisuseError(
            f"{folder}: another process is training {folder.name!r}; "
            "wait until it ends, or choose another --name"
        ) from error
    try:
        remove_leftovers(folder)
        yield
    finally:
        lock.release()


def prepare_run(
    folder: Path,
    read: Callable[[], Iterator[Record]],
    tokenizer: Tokenizer,
    config: RunConfig,
    start: Start | None = None,
) -> None:
    """Write everything a run needs into its folder; ``run.json`` comes last and makes it whole.

    Where the hash of the records leaves too little to validate on, a tenth of them is held out
    instead; a single record is validated on itself.

    Args:
        folder: The run's folder; it is made.
        read: Gives the records to train on; called once, and again when the text is small.
        tokenizer: Cuts them.
        config: What to do.
        start: What to start from.

    Raises:
        MisuseError: There is no record.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for stale in (RUN, SNAPSHOT, BEST, START, MATCHER, "metrics.jsonl", "curve.png"):
        (folder / stale).unlink(missing_ok=True)
    counts = write_token_files(read(), tokenizer, folder / "tokens")
    if not any(counts.values()):
        raise MisuseError("there is nothing to train on: the corpus gave no record")
    held_out = "one in forty"
    if not counts[TRAIN] or counts[VALIDATION] < LEAST_VALIDATION:
        split = hold_out_tenth(read())
        counts = write_token_files(read(), tokenizer, folder / "tokens", split=split)
        held_out = "one in ten" if counts[VALIDATION] else "none"
    write_whole(folder / "tokenizer.json", tokenizer.definition.encode())
    if start is not None:
        facts = start.config.facts
        told: dict[str, object] = {"domains": start.config.domains, "sources": facts.get("sources", [])}
        told |= {"network": asdict(start.config.network), "bits_per_byte": facts.get("bits_per_byte", {})}
        spent = (facts.get("minutes"), facts.get("minutes_before"))
        told["minutes"] = round(sum(part for part in spent if isinstance(part, float)), 2)
        write_snapshot(folder / START, start.weights, told)
    facts = {"format": FORMAT, "tokens": counts, "held_out": held_out, **asdict(config)}
    write_whole(folder / RUN, json.dumps(facts, indent=1).encode())


def read_run(folder: Path, workers: Workers = ALONE) -> RunConfig:
    """Read what a run was asked to do.

    Args:
        folder: The run's folder.
        workers: Who wants to know; only the leading one needs the folder.

    Raises:
        CheckpointError: There is no whole run in this folder, or it is from a newer ChatLSTM.
    """
    path = folder / RUN
    try:
        facts = workers.share(json.loads(path.read_text(encoding="utf-8")) if workers.leads else {})
        if facts["format"] != FORMAT:
            raise CheckpointError(f"{path}: has format {facts['format']}, this ChatLSTM reads {FORMAT}")
        return make_run_config(facts)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{path}: there is no training run to go on with: {error}") from error


def make_run_config(facts: Mapping[str, Any]) -> RunConfig:  # Any: JSON
    """Make a config of its plain values; what is of no use to it is passed over.

    Raises:
        ValueError: A value is outside its range.
        KeyError: One is missing.
        TypeError: One is of another kind.
    """
    training = {**facts["training"], "budget": Budget(**facts["training"]["budget"])}
    return RunConfig(
        language=facts["language"],
        domains=tuple(facts["domains"]),
        network=NetworkConfig(**facts["network"]),
        training=TrainingConfig(**training),
        bfloat16=facts["bfloat16"],
        start=facts["start"],
        taught=facts.get("taught", False),  # runs made before there were students
        shards=facts.get("shards", 0),  # or workers
    )


def read_held_out(folder: Path) -> str:
    """Tell what a run validates on: ``"one in forty"`` records, ``"one in ten"`` or ``"none"``."""
    facts = json.loads((folder / RUN).read_text(encoding="utf-8"))
    return str(facts.get("held_out", "one in forty"))


def open_run(folder: Path, device: torch.device, workers: Workers = ALONE) -> Trainer:
    """Make the trainer of a prepared run, gone back to its last snapshot where there is one.

    Args:
        folder: The run's folder.
        device: Where to train.
        workers: Who trains; the first weights and the snapshot are the leading one's.

    Raises:
        CheckpointError: A file of the run is missing or damaged.
        MisuseError: The text is shared out for another number of workers.
    """
    config = read_run(folder, workers)
    if config.shards not in (0, workers.count):
        raise MisuseError(
            f"{folder.name!r} has its text shared out for {config.shards} workers, not for {workers.count}; "
            "start as many, or train anew"
        )
    torch.manual_seed(config.training.seed)
    network = Network(config.network).to(device)
    objective = choose_objective(config.training.unlikelihood)
    resumed = workers.share((folder / SNAPSHOT).exists())
    tokenizer, train, validation = read_text(find_share(folder, workers) if config.shards else folder)
    if config.taught:
        teacher = _read_teacher(folder).to(device)
        objective = Teacher(teacher).teach
        if workers.leads and not resumed:
            network.load_state_dict(_cut_student(teacher, train, config).state_dict())
    elif config.start and workers.leads and not resumed:
        network.load_state_dict(read_snapshot(folder / START, device)[0])
    network.load_state_dict(workers.share_tensors(network.state_dict(), device))
    trainer = Trainer(
        network,
        TrainingText(train, validation, tokenizer.count_bytes(), objective, sharded=config.shards > 0),
        config.training,
        Workplace(folder, config.bfloat16, workers),
    )
    if resumed:
        trainer.restore()
    return trainer


def find_share(folder: Path, workers: Workers) -> Path:
    """Tell where a worker keeps its share of the text: the leading one in the run's folder itself."""
    return folder if workers.leads else folder / f"share-{workers.rank}-of-{workers.count}"


def read_text(folder: Path) -> tuple[Tokenizer, TokenFile, TokenFile]:
    """Read a run's tokenizer, training records and the records it validates on.

    Returns:
        The three; where nothing was held out the records to validate on are those trained on.

    Raises:
        CheckpointError: One is missing or damaged.
    """
    train = read_token_file(folder / "tokens" / TRAIN)
    validation = read_token_file(folder / "tokens" / VALIDATION)
    return read_tokenizer(folder / "tokenizer.json"), train, validation if len(validation) else train


def _read_teacher(folder: Path) -> Network:
    weights, told = read_snapshot(folder / START, torch.device("cpu"))
    shape: dict[str, Any] = told["network"]  # type: ignore[assignment]  # Any: as prepare_run wrote it
    network = Network(NetworkConfig(**shape)).eval()
    network.load_state_dict(weights)
    return network


def _cut_student(teacher: Network, train: TokenFile, config: RunConfig) -> Network:
    """Cut the student out of its teacher by what is active on records from all over the text."""
    packer = Packer(train, batch_size=config.training.batch_size, seed=config.training.seed)
    window = torch.from_numpy(packer.next_window(config.training.backprop_steps))  # (B, T + 1)
    shape = config.network
    return prune_network(
        teacher,
        window.to(teacher.embedding.weight.device),
        hidden_size=shape.hidden_size,
        num_layers=shape.num_layers,
    )

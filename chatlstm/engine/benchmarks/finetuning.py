"""What fine-tuning on a person's own 100 kB of text takes and gives, by ``chatlstm train`` as it is used."""

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from chatlstm.engine.benchmarks.row import Aim, Row, Section
from chatlstm.engine.checkpoint import read_config
from chatlstm.engine.evaluation import load_reference
from chatlstm.engine.metrics import read_metrics
from chatlstm.errors import ChatLSTMError
from chatlstm.records import Record

# Python's own manual, which every interpreter brings and no starter was trained on.
MANUAL = "pydoc_data.topics"
SHORTEST, LONGEST = 500, 9_000  # characters of a document
CHARACTERS = 100_000
DOMAIN, NAME = "story", "tuned"
BITS = "bits/byte"


@dataclass(frozen=True)
class Tuned:
    """What a run of ``chatlstm train`` left.

    Args:
        minutes: From its start to its end, the reading and the saving too.
        home: Folder with its run and its checkpoint.
    """

    minutes: float
    home: Path


def measure_finetuning(
    checkpoint: Path, *, characters: int = CHARACTERS, options: Sequence[str] = ()
) -> Section:
    """Tune a checkpoint on nine tenths of a text, and measure it on the documents it did not see.

    Args:
        checkpoint: Folder of what it starts from.
        characters: Text to train on, ``>= 1``; a ninth of it more is held out.
        options: Further arguments of ``chatlstm train``; its defaults if none.

    Yields:
        Minutes, bits per byte before and after, whether it overfitted, and how much it copies.
    """
    train, held_out = split_documents(read_documents(), characters)
    yield f"training on {len(train)} documents, {sum(map(len, train)):,} characters"
    with TemporaryDirectory() as folder:
        tuned = train_apart(Path(folder), checkpoint, train, options)
        yield f"measuring on {len(held_out)} other documents"
        place = tuned.home / "checkpoints" / NAME
        before, after = (measure_bits(path, held_out) for path in (checkpoint, place))
        yield Row("fine-tuning on 100 kB", "minutes", tuned.minutes, aim=Aim("at most", 3))
        yield Row(
            "held-out text after fine-tuning", BITS, after, before, Aim("at most", 0.85, of="ratio"),
            f"{len(held_out)} documents of Python's manual that were not trained on; the reference is before",
        )  # fmt: skip
        yield from list_stop(tuned.home / "runs" / NAME)
        yield from list_copied(place)


def read_documents() -> list[str]:
    """Read the manual that Python brings, its topics in the order of their names."""
    topics: dict[str, str] = importlib.import_module(MANUAL).topics
    return [topics[name] for name in sorted(topics) if SHORTEST <= len(topics[name]) <= LONGEST]


def split_documents(documents: Sequence[str], characters: int) -> tuple[list[str], list[str]]:
    """Take documents until there is enough to train on; every tenth is held out.

    Args:
        documents: In any order.
        characters: How many to train on, ``>= 1``.

    Returns:
        Documents to train on, and documents to measure on.

    Raises:
        ChatLSTMError: There are too few.

    Example:
        >>> train, held_out = split_documents([f"document {n}" for n in range(12)], characters=90)
        >>> len(train), held_out
        (9, ['document 9'])
    """
    parts: tuple[list[str], list[str]] = ([], [])
    for number, document in enumerate(documents):
        parts[number % 10 == 9].append(document)
        if sum(map(len, parts[0])) >= characters and parts[1]:
            return parts
    raise ChatLSTMError(f"there is less text than {characters:,} characters")


def train_apart(folder: Path, checkpoint: Path, documents: Sequence[str], options: Sequence[str]) -> Tuned:
    """Train as a person does: the command, in a process and a home of its own.

    Raises:
        ChatLSTMError: The command failed; the sentence is its last.
    """
    home, text = folder / "home", folder / "own.jsonl"
    lines = [json.dumps({"text": document}) + "\n" for document in documents]
    text.write_text("".join(lines), encoding="utf-8")
    command = [sys.executable, "-m", "chatlstm", "train", DOMAIN, "--corpus", str(text)]
    command += ["--from", str(checkpoint), "--name", NAME, *options]
    start = time.perf_counter()
    ended = subprocess.run(
        command, env={**os.environ, "CHATLSTM_HOME": str(home)}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if ended.returncode:
        raise ChatLSTMError(f"chatlstm train ended with {ended.returncode}: {ended.stderr.strip()[-300:]}")
    return Tuned((time.perf_counter() - start) / 60, home)


def measure_bits(checkpoint: Path, documents: Sequence[str]) -> float:
    """Measure a checkpoint's bits per byte on documents."""
    model = load_reference(checkpoint, torch.device("cpu"))
    return model.measure([Record(DOMAIN, (document,)) for document in documents], in_context=True).bits_per_byte


def list_stop(run: Path) -> Iterator[Row]:
    """Tell how far a run went, and whether its held-out loss had begun to rise when it stopped."""
    validated = [report for report in read_metrics(run / "metrics.jsonl") if report.validation]
    losses = [report.validation["all"] for report in validated]
    last = validated[-1]
    told = f"stopped by itself at {100 * last.share:.0f} % of its budget" if last.share < 1 else "went to its end"
    yield Row("passes over the text", "epochs", last.epochs, note=told)
    note = f"on the tenth of the text that {NAME!r} validates on; the reference is the least, whose weights are kept"
    yield Row("loss when it stopped", BITS, losses[-1], min(losses), Aim("at most", 1.02, of="ratio"), note)


def list_copied(checkpoint: Path) -> Iterator[Row]:
    """Tell how much of what a checkpoint writes stands in its training text."""
    copied = read_config(checkpoint).facts.get("copied")
    if not isinstance(copied, dict):
        raise ChatLSTMError(f"{checkpoint}: its facts do not tell what is copied")
    yield Row("copied of what it writes", "%", 100 * float(copied["share"]), note="runs of eight tokens in 16 texts")
    yield Row("longest passage copied", "tokens", float(copied["longest"]))

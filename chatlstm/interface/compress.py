"""``chatlstm checkpoints compress``: smaller checkpoints of one, and what each takes and loses."""

import sys
import time
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from chatlstm.engine.api import Prompt, Sampling
from chatlstm.engine.checkpoint import (
    WEIGHTS,
    CheckpointConfig,
    find_checkpoint,
    read_config,
)
from chatlstm.engine.encoding import HALVES, Encoding
from chatlstm.errors import CheckpointError, MisuseError
from chatlstm.interface import assemble
from chatlstm.interface.indexing import carry_index
from chatlstm.interface.measured import TEXTS, MeasuredText, find_text
from chatlstm.interface.output import show_json, show_table, tell
from chatlstm.interface.preparation import prepare_student
from chatlstm.interface.settings import CompressSettings, TrainSettings
from chatlstm.interface.train import run_train
from chatlstm.pipeline.card import find_sources, write_card

if TYPE_CHECKING:
    from chatlstm.engine.compression import Figures

MINUTES = 60.0  # of distilling
TIMED_TOKENS = 1000
USUAL = Sampling(temperature=0.8, min_p=0.05)


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Args:
        checkpoint: Its name.
        weights: How they are stored.
        layers: Number and width of the layers.
        bytes: Size of the weights as a file.
        tokens_per_second: How fast one continuation is written, by the engine's matrices of bytes.
        tokens_per_second_float32: The same by matrices in full precision.
        bits_per_byte: Loss by domain, and over ``"all"`` of them.
    """

    checkpoint: str
    weights: str
    layers: str
    bytes: int
    tokens_per_second: float
    tokens_per_second_float32: float
    bits_per_byte: dict[str, float]


def run_compress(settings: CompressSettings, *, as_json: bool) -> int:
    """Make smaller checkpoints, and print what each takes and loses.

    A table of all ways has a line for ``NAME-distilled`` too, where it has been made before.

    Args:
        settings: What was asked.
        as_json: Print JSON instead of a table.

    Returns:
        The exit code: 0 done, 130 stopped by Ctrl-C while distilling.

    Raises:
        ChatLSTMError: The checkpoint or a text is missing, or a name is taken.
    """
    folder = find_checkpoint(settings.name, assemble.checkpoint_folders())
    config = read_config(folder)
    encodings = choose_encodings(settings, config)
    ways = encodings or ["distilled"]
    places = {way: choose_place(settings.new_name or f"{folder.name}-{way}") for way in ways}
    run = folder.name
    if not encodings:
        run = places["distilled"].name
        if code := distil(settings, config, run):
            return code
    text = find_text(folder, settings.corpora, assemble.run_folder(run))
    tell(f"bits per byte are of {TEXTS[text.held_out]}")
    figures = {folder: measure(folder, text)}
    for way, place in places.items():
        told = figures[folder]
        figures[place] = compress(folder, place, encodings[way], text, told) if encodings else measure(place, text)
    taught = assemble.checkpoint_folders()[0] / f"{folder.name}-distilled"
    if settings.kind is None and taught.is_dir():
        figures[taught] = measure(taught, text)
    rows = [describe_row(place, found) for place, found in figures.items()]
    show_rows(rows, TEXTS[text.held_out], as_json=as_json)
    return 0


def choose_encodings(settings: CompressSettings, config: CheckpointConfig) -> dict[str, Encoding]:
    """Choose how to store the weights anew: as asked, or in every way but the present one.

    Returns:
        Encodings by the word for ``--as``; none for ``distilled``, which is trained instead.
    """
    rank = settings.rank or max(1, config.network.hidden_size // 2)
    known = {"half": HALVES, "int8": Encoding("int8"), "low-rank": Encoding("low-rank", rank)}
    if settings.kind is None:
        return {way: encoding for way, encoding in known.items() if encoding != config.encoding}
    return {way: encoding for way, encoding in known.items() if way == settings.kind}


def choose_place(name: str) -> Path:
    """Tell where a new checkpoint goes; one that was made by compressing may be replaced.

    Raises:
        MisuseError: There is another checkpoint of this name, or an unfinished run.
    """
    for parent in assemble.checkpoint_folders():
        if (parent / name).exists() and not read_config(parent / name).facts.get("compression"):
            raise MisuseError(f"there is a checkpoint {name!r} already; another --name leaves it")
    return assemble.checkpoint_folders()[0] / name


def distil(settings: CompressSettings, config: CheckpointConfig, name: str) -> int:
    """Train a smaller network with the checkpoint as its teacher.

    Args:
        settings: What was asked.
        config: The teacher's.
        name: Of the run and of the new checkpoint.

    Returns:
        The exit code, as ``train`` has it.

    Raises:
        MisuseError: There is a run of this name.
    """
    if (assemble.run_folder(name) / "run.json").exists():
        raise MisuseError(
            f"there is a run {name!r} already; 'chatlstm train --resume --name {name}' goes on with it, "
            "another --name leaves it"
        )
    asked = TrainSettings(
        plugins=config.domains,
        corpora=settings.corpora,
        start=settings.name,
        name=name,
        minutes=settings.minutes or MINUTES,
        batch_size=64,
        learning_rate=3e-3,
    )
    prepare = partial(prepare_student, hidden_size=settings.hidden_size, num_layers=settings.num_layers)
    with redirect_stdout(sys.stderr):  # standard output is the table's
        return run_train(asked, prepare)


def measure(folder: Path, text: MeasuredText) -> "Figures":
    """Measure a checkpoint."""
    from chatlstm.engine.compression import Figures, measure_bits
    from chatlstm.engine.weights import load_checkpoint

    network, tokenizer, _ = load_checkpoint(folder, assemble.choose_torch_device(None))
    bits = measure_bits(network, text.tokens, tokenizer.count_bytes())
    return Figures((folder / WEIGHTS).stat().st_size, bits)


def compress(folder: Path, place: Path, encoding: Encoding, text: MeasuredText, before: "Figures") -> "Figures":
    """Store a checkpoint in another way, with a card that tells what was lost.

    Args:
        folder: The checkpoint's.
        place: Folder of the new one.
        encoding: How its weights are stored.
        text: What is measured on.
        before: Figures of the checkpoint.

    Returns:
        Those of the new one.

    Raises:
        CheckpointError: The checkpoint tells too little of itself for a model card.
    """
    from chatlstm.engine.compression import (
        Figures,
        compress_network,
        describe_compressed,
        measure_bits,
    )
    from chatlstm.engine.weights import load_checkpoint, save_checkpoint

    network, tokenizer, config = load_checkpoint(folder, assemble.choose_torch_device(None))
    left, size = compress_network(network, encoding)
    after = Figures(size, measure_bits(left, text.tokens, tokenizer.count_bytes()))
    described = describe_compressed(config, encoding, before, after, held_out=text.held_out)
    try:
        card = write_card(replace(described, name=place.name), find_sources(described))
    except KeyError as error:
        raise CheckpointError(f"{folder}: its config tells no {error}, which a model card needs") from error
    save_checkpoint(place, network.state_dict(), tokenizer, described, card=card)
    carry_index(folder, place)
    return after


def describe_row(folder: Path, figures: "Figures") -> Row:
    """Lay out what is known of a checkpoint, its speed included."""
    config = read_config(folder)
    encoding, network = config.encoding, config.network
    return Row(
        checkpoint=folder.name,
        weights=f"{encoding.kind} {encoding.rank or ''}".rstrip(),
        layers=f"{network.num_layers} x {network.hidden_size}",
        bytes=figures.bytes,
        tokens_per_second=time_tokens(folder, config.domains[0], precision="int8"),
        tokens_per_second_float32=time_tokens(folder, config.domains[0], precision="float32"),
        bits_per_byte=figures.bits_per_byte,
    )


def time_tokens(folder: Path, domain: str, *, precision: str) -> float:
    """Time how many tokens a second one continuation after the other brings."""
    engine = assemble.load_model(str(folder), None, precision=precision).engine
    tokens = 0
    start = time.perf_counter()
    while tokens < TIMED_TOKENS:
        *_, last = engine.stream(Prompt(domain), USUAL, seed=tokens)
        tokens += last.tokens
    return tokens / (time.perf_counter() - start)


def show_rows(rows: list[Row], text: str, *, as_json: bool) -> None:
    """Print what each checkpoint takes, how fast it writes and how well it predicts."""
    if as_json:
        show_json({"text": text, "rows": [asdict(row) for row in rows]})
        return
    domains = rows[0].bits_per_byte
    cells = [
        (
            row.checkpoint,
            row.weights,
            row.layers,
            f"{row.bytes / 1e6:.1f}",
            f"{row.tokens_per_second:.0f}",
            f"{row.tokens_per_second_float32:.0f}",
            *(f"{row.bits_per_byte[domain]:.4f}" for domain in domains),
        )
        for row in rows
    ]
    show_table(("checkpoint", "weights", "layers", "MB", "tokens/s", "in float32", *domains), cells)

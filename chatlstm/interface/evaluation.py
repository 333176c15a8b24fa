"""What a plugin reaches on records that the model never saw."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from chatlstm.engine.corpus import TRAIN, choose_split
from chatlstm.engine.held_out import sum_held_out
from chatlstm.engine.ngrams import measure_ngrams
from chatlstm.errors import MissingError
from chatlstm.interface import assemble
from chatlstm.interface.generate import split_options
from chatlstm.interface.generation import read_options
from chatlstm.pipeline.domain import Domain, Measure, Written, list_records
from chatlstm.pipeline.passages import measure_copying
from chatlstm.pipeline.statistics import interval, split_units
from chatlstm.pipeline.training_text import TrainingText
from chatlstm.records import Record

if TYPE_CHECKING:
    from chatlstm.engine.evaluation import Model

PARTS = 20
COUNTED_BYTES = 6 * 2**20  # of training text for the n-gram model, some two million tokens


@dataclass(frozen=True)
class EvaluateSettings:
    """What is measured, and on what.

    Args:
        checkpoint: Name or path of the checkpoint; None is the starter of the plugin's first language.
        corpora: Folder of the downloaded corpora.
        split: ``"test"``, or ``"validation"`` to choose options by.
        limit: Records at most; 0 is all of them.
        options: The plugin's options, each ``KEY=VALUE``.
        seed: Every random choice follows from it.
        device: Where to compute; None is the CPU.
        precision: Of the weights on the CPU, ``"int8"`` or ``"float32"``.
    """

    checkpoint: str | None
    corpora: Path
    split: str
    limit: int
    options: tuple[str, ...]
    seed: int
    device: str | None
    precision: str


def collect_measures(domain: Domain, settings: EvaluateSettings) -> dict[str, object]:
    """Measure a plugin.

    Args:
        domain: The plugin.
        settings: On what.

    Returns:
        The plugin's figures by name, under ``intervals`` the ends of their 95 % confidence
        intervals, and under ``references`` what each reference reached.

    Raises:
        MissingError: No checkpoint or corpus of that name, or no record is held out.
        MisuseError: An option is not the plugin's.
    """
    options = read_options(domain, split_options(settings.options))
    checkpoint = settings.checkpoint or domain.languages[0]
    model = assemble.load_model(checkpoint, settings.device, precision=settings.precision)
    with TemporaryFile() as file:
        training = TrainingText(file)
        held_out = hold_out(domain, model.config.language, settings, training)
        measures = [*measure_prediction(model, held_out)]
        measures += measure_counts(model, held_out, [*training.sample(COUNTED_BYTES)])
        measures += measure_writing(domain, model, held_out, training, settings)
    told: dict[str, object] = {
        "plugin": domain.name,
        "checkpoint": model.engine.checkpoint,
        "language": model.config.language,
        "precision": settings.precision if settings.device in (None, "cpu") else "float32",
        "split": settings.split,
        "records": len(held_out),
        "seed": settings.seed,
        "options": options,
    }
    return {**told, **arrange_measures(measures)}


def arrange_measures(measures: Iterable[Measure]) -> dict[str, object]:
    """Put a plugin's figures by name, their intervals and what references reached into one table."""
    told: dict[str, object] = {}
    references: dict[str, dict[str, float]] = {}
    intervals: dict[str, list[float]] = {}
    for measure in measures:
        place = references.setdefault(measure.reference, {}) if measure.reference else told
        place[measure.name] = float(measure.value)
        if not measure.reference and measure.low is not None and measure.high is not None:
            intervals[measure.name] = [measure.low, measure.high]
    return {**told, "intervals": intervals, "references": references}


def hold_out(domain: Domain, language: str, settings: EvaluateSettings, training: TrainingText) -> list[Record]:
    """Read a plugin's records in a language.

    Args:
        domain: The plugin.
        language: One of its languages.
        settings: Where the text is, and what is held out.
        training: Takes the records that are trained on.

    Returns:
        Those that fall into the split that is measured on.

    Raises:
        MissingError: None does.
    """
    held_out = []
    for record in list_records(domain, settings.corpora, language=language):
        split = choose_split(record)
        if split == TRAIN:
            training.add(record)
        elif split == settings.split:
            held_out.append(record)
    if not held_out:
        raise MissingError(f"{domain.name} has no held-out records; see: chatlstm corpora list")
    return held_out[: settings.limit or None]


# Any: whose states the model has matters to nobody here
def measure_writing(
    domain: Domain, model: "Model[Any]", held_out: list[Record], training: TrainingText, settings: EvaluateSettings
) -> Iterator[Measure]:
    """Take a plugin's own measures, and look up what it writes meanwhile in its training text."""
    written = []
    for one in domain.evaluate(model.engine, held_out, options=split_options(settings.options), seed=settings.seed):
        if isinstance(one, Written):
            written.append(one.text)
        else:
            yield one
    if written:
        yield from measure_copying(written, held_out, training, language=model.config.language)


# Any: as above
def measure_counts(model: "Model[Any]", held_out: list[Record], training: list[Record]) -> Iterator[Measure]:
    """Measure how well counts of runs of tokens predict, taken from some of the training text; nothing without any."""
    if not training:
        return
    bits = measure_ngrams(training, held_out, model.tokenizer).bits_per_byte
    yield Measure("bits_per_byte", bits, "ngram")
    yield Measure("word_perplexity", 2 ** (bits * measure_word(held_out, model.config.language)), "ngram")


def measure_word(records: list[Record], language: str) -> float:
    """Give the mean UTF-8 bytes a word, blanks and signs included; a word of Chinese is a character."""
    turns = [turn for record in records for turn in record.turns]
    words = sum(len(split_units(turn, "zh")) if language == "zh" else len(turn.split()) for turn in turns)
    return sum(len(turn.encode()) for turn in turns) / words


# Any: as above
def measure_prediction(model: "Model[Any]", held_out: list[Record]) -> tuple[Measure, ...]:
    """Measure how well the next token is predicted, with the context, without, and by chance.

    The intervals are those of twenty parts of the records.
    """
    word = measure_word(held_out, model.config.language)
    parts = [model.measure(held_out[n::PARTS], in_context=True) for n in range(min(PARTS, len(held_out)))]
    with_context = sum_held_out(parts)
    _, low, high = interval([part.bits_per_byte for part in parts])
    without = model.measure(held_out, in_context=False)
    uniform = with_context.tokens * math.log2(model.tokenizer.vocabulary_size) / with_context.bytes
    perplexity = 2 ** (with_context.bits_per_byte * word)
    return (
        Measure("bits_per_byte", with_context.bits_per_byte, low=low, high=high),
        Measure("word_perplexity", perplexity, low=2 ** (low * word), high=2 ** (high * word)),
        Measure("bits_per_byte", without.bits_per_byte, "no_context"),
        Measure("word_perplexity", 2 ** (without.bits_per_byte * word), "no_context"),
        Measure("bits_per_byte", uniform, "random"),
    )

"""``chatlstm evaluate``: a plugin's own measures on records the model never saw."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chatlstm.engine.corpus import TEST, VALIDATION, choose_split
from chatlstm.errors import MissingError
from chatlstm.interface import assemble
from chatlstm.interface.command import SettingsCommand
from chatlstm.interface.generate import split_options
from chatlstm.interface.generation import read_options
from chatlstm.interface.output import json_option, say, show_facts, show_json, show_table
from chatlstm.pipeline.domain import Domain, Measure, list_records
from chatlstm.records import Record

if TYPE_CHECKING:
    from chatlstm.engine.evaluation import Model


@dataclass(frozen=True)
class EvaluateSettings:
    """What is measured, and on what.

    Args:
        plugin: Name of a plugin, or path of a ``.py`` file that holds one.
        checkpoint: Name or path of the checkpoint; None is the starter of the plugin's first language.
        corpora: Folder of the downloaded corpora.
        split: ``"test"``, or ``"validation"`` to choose options by.
        limit: Records at most; 0 is all of them.
        options: The plugin's options, each ``KEY=VALUE``.
        seed: Every random choice follows from it.
        device: Where to compute; None is the CPU.
        precision: Of the weights on the CPU, ``"int8"`` or ``"float32"``.
    """

    plugin: str
    checkpoint: str | None
    corpora: Path
    split: str
    limit: int
    options: tuple[str, ...]
    seed: int
    device: str | None
    precision: str


@click.command(cls=SettingsCommand)
@click.argument("plugin", metavar="PLUGIN")
@click.option("--checkpoint", metavar="NAME", help="The model; its language is that of the records.")
@click.option("--corpora", type=click.Path(path_type=Path), help="Folder of the downloaded corpora.")
@click.option("--split", type=click.Choice([TEST, VALIDATION]), default=TEST, show_default=True)
@click.option("--limit", type=click.IntRange(0), default=0, help="Records at most; 0 is all of them.")
@click.option("-o", "options", metavar="KEY=VALUE", multiple=True, help="Set a plugin's option.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--device", metavar="cuda|mps|cpu", help="Where to compute; the CPU if not named.")
@click.option("--precision", type=click.Choice(["int8", "float32"]), default="int8", help="Of the weights on the CPU.")
@json_option
def evaluate(context: click.Context) -> None:
    """Measure a plugin on held-out records.

    Beside each figure stands what plain references reach: chance, the same model without the
    context, and people.
    """
    values = dict(context.params)
    as_json = values.pop("as_json")
    values["corpora"] = values["corpora"] or assemble.corpora_folder()
    settings = EvaluateSettings(**values)
    told = collect_measures(settings)
    if as_json:
        show_json(told)
    else:
        show_measures(told)


def collect_measures(settings: EvaluateSettings) -> dict[str, object]:
    """Measure a plugin.

    Args:
        settings: What and on what.

    Returns:
        The plugin's figures by name, and under ``references`` those of each reference.

    Raises:
        MissingError: No plugin, checkpoint or corpus of that name, or no record is held out.
        MisuseError: An option is not the plugin's.
    """
    _, domain = assemble.assemble_plugin(settings.plugin)
    options = split_options(settings.options)
    read_options(domain, options)
    checkpoint = settings.checkpoint or domain.languages[0]
    model = assemble.load_model(checkpoint, settings.device, precision=settings.precision)
    held_out = hold_out(domain, model.config.language, settings)
    measures = [*measure_prediction(model, held_out)]
    measures += domain.evaluate(model.engine, held_out, options=options, seed=settings.seed)
    told: dict[str, object] = {
        "plugin": domain.name,
        "checkpoint": model.engine.checkpoint,
        "precision": settings.precision if settings.device in (None, "cpu") else "float32",
        "split": settings.split,
        "records": len(held_out),
        "seed": settings.seed,
        "options": read_options(domain, options),
    }
    references: dict[str, dict[str, float]] = {}
    for measure in measures:
        if measure.reference:
            references.setdefault(measure.reference, {})[measure.name] = measure.value
        else:
            told[measure.name] = measure.value
    return {**told, "references": references}


def show_measures(told: dict[str, object]) -> None:
    """Print what was measured, and the figures as a table with a column a reference."""
    references: dict[str, dict[str, float]] = told["references"]  # type: ignore[assignment]  # as collected
    figures = {name: value for name, value in told.items() if isinstance(value, float)}
    show_facts({name: value for name, value in told.items() if name not in figures and name != "references"})
    say("")
    rows = [
        (name, f"{value:.4g}", *(f"{other[name]:.4g}" if name in other else "" for other in references.values()))
        for name, value in figures.items()
    ]
    show_table(("measure", "reached", *references), rows)


def hold_out(domain: Domain, language: str, settings: EvaluateSettings) -> list[Record]:
    """Read the records of a plugin in a language that fall into a split.

    Raises:
        MissingError: None does.
    """
    listed = list_records(domain, settings.corpora, language=language)
    held_out = [record for record in listed if choose_split(record) == settings.split]
    if not held_out:
        raise MissingError(f"{domain.name} has no held-out records; see: chatlstm corpora list")
    return held_out[: settings.limit or None]


# Any: whose states the model has matters to nobody here
def measure_prediction(model: "Model[Any]", held_out: list[Record]) -> tuple[Measure, ...]:
    """Measure how well the next token is predicted, with the context, without, and by chance."""
    words = sum(len(turn.split()) for record in held_out for turn in record.turns)
    with_context = model.measure(held_out, in_context=True)
    without = model.measure(held_out, in_context=False)
    uniform = with_context.tokens * math.log2(model.tokenizer.vocabulary_size) / with_context.bytes
    return (
        Measure("bits_per_byte", with_context.bits_per_byte),
        Measure("word_perplexity", math.exp(with_context.nats / words)),
        Measure("bits_per_byte", without.bits_per_byte, "no_context"),
        Measure("word_perplexity", math.exp(without.nats / words), "no_context"),
        Measure("bits_per_byte", uniform, "random"),
    )

"""``chatlstm evaluate``: a plugin's own measures on records the model never saw."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from chatlstm.engine.corpus import TEST, VALIDATION
from chatlstm.engine.files import write_whole
from chatlstm.errors import MissingError, MisuseError
from chatlstm.interface import assemble
from chatlstm.interface.command import SettingsCommand
from chatlstm.interface.evaluation import EvaluateSettings, collect_measures
from chatlstm.interface.output import json_option, say, show_facts, show_json, show_table, tell
from chatlstm.interface.report import draw_report


@click.command(cls=SettingsCommand)
@click.argument("plugin", metavar="[PLUGIN]", required=False)
@click.option("--all", "all_plugins", is_flag=True, help="Measure every plugin in every language.")
@click.option("--html", type=click.Path(path_type=Path), help="Write a page of all figures, with plots.")
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
    """Measure a plugin, or all of them, on held-out records.

    Beside each figure stand what plain references reach: chance, an n-gram model, the same model
    without the context or the plugin's pipeline, and people; and the ends of its 95 % confidence interval.
    """
    values = dict(context.params)
    plugin, all_plugins = values.pop("plugin"), values.pop("all_plugins")
    page, as_json = values.pop("html"), values.pop("as_json")
    if all_plugins == (plugin is not None):
        raise MisuseError("evaluate needs the name of a plugin, or --all")
    values["corpora"] = values["corpora"] or assemble.corpora_folder()
    settings = EvaluateSettings(**values)
    found = measure_all(settings) if all_plugins else iter([measure_one(plugin, settings)])
    told = []
    for measures in found:
        told.append(measures)
        if not as_json:
            say("") if len(told) > 1 else None
            show_measures(measures)
    if as_json:
        show_json(told if all_plugins else told[0])
    if page is not None:
        write_whole(page, draw_report(told).encode())
        tell(f"written: {page}")


def measure_one(plugin: str, settings: EvaluateSettings) -> dict[str, object]:
    """Measure one plugin, with the checkpoint named or the starter of its first language."""
    _, domain = assemble.assemble_plugin(plugin)
    return collect_measures(domain, settings)


def measure_all(settings: EvaluateSettings) -> Iterator[dict[str, object]]:
    """Measure every plugin in every language that it writes and a starter exists for.

    Raises:
        MisuseError: A checkpoint or an option was named, which is one plugin's or language's.
    """
    if settings.checkpoint is not None or settings.options:
        raise MisuseError("--all takes no --checkpoint and no -o; name one plugin for that")
    for domain in assemble.assemble_registry().domains.values():
        for language in domain.languages:
            try:
                yield collect_measures(domain, replace(settings, checkpoint=language))
            except MissingError as error:
                tell(f"{domain.name} in {language} is left out: {error}")


def show_measures(told: dict[str, object]) -> None:
    """Print what was measured, and the figures as a table with a column a reference."""
    references: dict[str, dict[str, float]] = told["references"]  # type: ignore[assignment]  # as collected
    intervals: dict[str, list[float]] = told["intervals"]  # type: ignore[assignment]  # as collected
    figures = {name: value for name, value in told.items() if isinstance(value, float)}
    hidden = {*figures, "references", "intervals"}
    show_facts({name: value for name, value in told.items() if name not in hidden})
    say("")
    rows = []
    for name, value in figures.items():
        ends = "..".join(f"{end:.4g}" for end in intervals.get(name, []))
        others = (f"{other[name]:.4g}" if name in other else "" for other in references.values())
        rows.append((name, f"{value:.4g}", ends, *others))
    show_table(("measure", "reached", "95 %", *references), rows)

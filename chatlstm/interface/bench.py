"""``chatlstm bench``: the project's own measurements, each with its aim and what was reached."""

import datetime
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path

import click

from chatlstm.engine.api import Generator
from chatlstm.engine.benchmarks.row import Row, Section
from chatlstm.engine.checkpoint import find_checkpoint, list_checkpoints, read_config
from chatlstm.engine.corpus import TEST
from chatlstm.errors import MissingError, MisuseError
from chatlstm.interface import assemble
from chatlstm.interface.command import SettingsCommand
from chatlstm.interface.figures import describe_row, show_rows
from chatlstm.interface.measured import TEXTS, MeasuredText, find_text, hold_out
from chatlstm.interface.output import json_option, show_facts, show_json, tell

INTERRUPTED = 130
LONGEST = "story"  # the domain whose texts go on


@dataclass(frozen=True)
class BenchSettings:
    """What is measured, and with what.

    Args:
        sections: Names in ``SECTIONS``, in the order they are measured.
        checkpoint: Name or path of the checkpoint that answers and is tuned.
        corpora: Folder of the downloaded texts.
        pictures: Folder the plots are written to.
        minutes: How long each contender learns, ``> 0``.
        seeds: How often it does, ``>= 1``.
        before: Name or path of the checkpoint that ``creativity`` sets beside it; empty for none.
    """

    sections: tuple[str, ...]
    checkpoint: str
    corpora: Path
    pictures: Path
    minutes: float
    seeds: int
    before: str = ""


def _measure_decoding(settings: BenchSettings) -> Section:
    from chatlstm.engine.benchmarks.decoding import measure_decoding

    return measure_decoding(find_checkpoint(settings.checkpoint, assemble.checkpoint_folders()))


def _measure_start(settings: BenchSettings) -> Section:
    from chatlstm.engine.benchmarks.prompt import measure_prompt
    from chatlstm.engine.benchmarks.start import measure_start

    chat = [sys.executable, "-m", "chatlstm", "chat", "--checkpoint", settings.checkpoint]
    return chain(measure_prompt(chat), measure_start(settings.checkpoint))


def _measure_precision(settings: BenchSettings) -> Section:
    from chatlstm.engine.benchmarks.precision import measure_precision

    yield "reading held-out records"
    folder, text = _find_text(settings)
    yield from measure_precision(folder, assemble.cache_folder(), text.tokens, TEXTS[text.held_out])


def _measure_compression(settings: BenchSettings) -> Section:
    from chatlstm.engine.benchmarks.precision import measure_compression

    yield "reading held-out records"
    folder, text = _find_text(settings)
    present = {found.name: found for found in list_checkpoints(assemble.checkpoint_folders())}
    student = present.get(f"{folder.name}-distilled")
    yield from measure_compression(folder, student, text.tokens, TEXTS[text.held_out])


def _find_text(settings: BenchSettings) -> tuple[Path, MeasuredText]:
    folder = find_checkpoint(settings.checkpoint, assemble.checkpoint_folders())
    named = settings.corpora if settings.corpora.is_dir() else None
    return folder, find_text(folder, named, assemble.run_folder(folder.name))


def _measure_turns(settings: BenchSettings) -> Section:
    from chatlstm.session.benchmark import Parts, measure_turns

    return measure_turns(Parts(assemble.assemble_registry, partial(_load_engine, settings.checkpoint)))


def _load_engine(checkpoint: str) -> Generator:
    return assemble.load_model(checkpoint, "cpu").engine


def _measure_training(settings: BenchSettings) -> Section:
    from chatlstm.engine.benchmarks.training import measure_training

    return measure_training()


def _measure_learning(settings: BenchSettings) -> Section:
    from chatlstm.engine.benchmarks.learning import measure_learning

    return measure_learning(
        settings.corpora, settings.pictures, minutes=settings.minutes, seeds=settings.seeds
    )


def _measure_growth(settings: BenchSettings) -> Section:
    from chatlstm.engine.benchmarks.growth import measure_growth

    return measure_growth(settings.pictures)


def _measure_finetuning(settings: BenchSettings) -> Section:
    from chatlstm.engine.benchmarks.finetuning import measure_finetuning

    return measure_finetuning(find_checkpoint(settings.checkpoint, assemble.checkpoint_folders()))


def _measure_creativity(settings: BenchSettings) -> Section:
    from chatlstm.pipeline.creativity import Size, measure_creativity

    names = [settings.checkpoint, *filter(None, [settings.before])]
    models = [assemble.load_model(name, None) for name in names]
    yield "reading held-out records"
    held_out = hold_out(models[0].config, settings.corpora, split=TEST)
    yield from measure_creativity(models, assemble.assemble_registry().domains, held_out, Size())


def _measure_coherence(settings: BenchSettings) -> Section:
    from chatlstm.engine.benchmarks.coherence import measure_coherence

    yield "reading held-out records"
    folder = find_checkpoint(settings.checkpoint, assemble.checkpoint_folders())
    stories = [one for one in hold_out(read_config(folder), settings.corpora) if one.domain == LONGEST]
    if not stories:
        raise MissingError(f"{folder.name} has learned no {LONGEST}, or none is held out")
    yield from measure_coherence(folder, assemble.cache_folder(), stories, "held-out stories")


SECTIONS: dict[str, Callable[[BenchSettings], Section]] = {
    "decoding": _measure_decoding,
    "start": _measure_start,
    "precision": _measure_precision,
    "turns": _measure_turns,
    "training": _measure_training,
    "learning": _measure_learning,
    "growth": _measure_growth,
    "finetuning": _measure_finetuning,
    "compression": _measure_compression,
    "creativity": _measure_creativity,
    "coherence": _measure_coherence,
}
"""A section's name and what measures it; each imports its part of the engine when it is called."""


@dataclass
class Results:
    """What was measured so far; an interrupt leaves it as it is.

    Args:
        rows: Each figure with the section it belongs to.
        interrupted: Whether Ctrl-C ended it.
    """

    rows: list[tuple[str, Row]] = field(default_factory=list)
    interrupted: bool = False


@click.command(cls=SettingsCommand)
@click.argument("sections", nargs=-1, metavar="[SECTION]...")
@click.option("--checkpoint", metavar="NAME", default=assemble.STARTER, show_default=True, help="The model.")
@click.option("--corpora", type=click.Path(path_type=Path), help="Folder of the downloaded corpora.")
@click.option(
    "--pictures",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("."),
    help="Folder for the plots; this one.",
)
@click.option("--minutes", type=click.FloatRange(0, min_open=True), default=3.0, show_default=True,
              help="How long each contender of 'learning' learns.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(1), default=3, show_default=True, help="How often it does.")
@click.option("--before", metavar="NAME", default="", help="The model that 'creativity' sets beside it.")
@json_option
def bench(context: click.Context) -> int:
    """Measure speed, size and learning on this machine.

    Beside each figure stands what it was aimed at. All sections are measured unless some are
    named: decoding, start, precision, turns, training, learning, growth, finetuning, compression,
    creativity, coherence.
    Ctrl-C ends it and keeps what was measured.
    """
    values = dict(context.params)
    as_json = values.pop("as_json")
    values["corpora"] = values["corpora"] or assemble.corpora_folder()
    values["sections"] = choose_sections(values["sections"])
    return run_bench(BenchSettings(**values), as_json=as_json)


def choose_sections(names: tuple[str, ...]) -> tuple[str, ...]:
    """Take the sections that were named, each once, or all of them.

    Raises:
        MisuseError: There is no section of a name.
    """
    for name in names:
        if name not in SECTIONS:
            raise MisuseError(f"no section {name!r}; there is {', '.join(SECTIONS)}")
    return tuple(dict.fromkeys(names)) or tuple(SECTIONS)


def run_bench(settings: BenchSettings, *, as_json: bool) -> int:
    """Measure section by section, and show the figures.

    Returns:
        The exit code: 0 done, 130 ended by Ctrl-C.
    """
    from chatlstm.engine.benchmarks.machine import describe_machine, read_load

    begun = {"date": datetime.datetime.now().astimezone().isoformat(timespec="seconds")}
    machine: dict[str, object] = {**describe_machine(), **begun, "load_at_begin": read_load()}
    results = Results()
    if not as_json:
        show_facts(machine)
    try:
        for section in settings.sections:
            first = len(results.rows)
            try:
                for row in measure_section(section, settings):
                    results.rows.append((section, row))
            finally:
                if not as_json:
                    show_rows(section, [row for _, row in results.rows[first:]])
    except KeyboardInterrupt:
        results.interrupted = True
    machine["load_at_end"] = read_load()
    if as_json:
        rows = [describe_row(section, row) for section, row in results.rows]
        show_json({"machine": machine, "interrupted": results.interrupted, "rows": rows})
    else:
        show_facts({"\nload_at_end": machine["load_at_end"]})
    return INTERRUPTED if results.interrupted else 0


def measure_section(section: str, settings: BenchSettings) -> Iterator[Row]:
    """Measure a section; one that fails says so in a row of its own, behind what it had measured.

    Args:
        section: A name in ``SECTIONS``.
        settings: What with.

    Yields:
        Its rows. What it says meanwhile goes to standard error, if that is a terminal.
    """
    try:
        for told in SECTIONS[section](settings):
            if isinstance(told, Row):
                yield told
            elif sys.stderr.isatty():
                tell(f"{section}: {told}")
    except Exception as error:  # an hour of other figures must not be lost with it
        yield Row(section, "", None, note=f"{type(error).__name__}: {error}")

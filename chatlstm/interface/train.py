"""``chatlstm train``: a checkpoint from a plugin's text or a person's own."""

import datetime
import shutil
import sys
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, replace
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from chatlstm.errors import ChatLSTMError, MissingError, MisuseError
from chatlstm.interface.assemble import checkpoint_folders, run_folder
from chatlstm.interface.command import SettingsCommand
from chatlstm.interface.crew import join_crew, name_program, watch_termination
from chatlstm.interface.indexing import index_run
from chatlstm.interface.output import say, tell
from chatlstm.interface.preparation import prepare
from chatlstm.interface.reinforce import run_reinforce
from chatlstm.interface.settings import TrainSettings

if TYPE_CHECKING:
    from chatlstm.engine.device import Device
    from chatlstm.engine.run import RunConfig
    from chatlstm.engine.training import Trainer
    from chatlstm.engine.workers import Workers

    Crew = tuple[Workers, Device]
    Prepare = Callable[[TrainSettings, Path, Workers], None]

INTERRUPTED = 130
POSITIVE, COUNT = click.FloatRange(0, min_open=True), click.IntRange(1)
FILE, FOLDER = click.Path(path_type=Path), click.Path(path_type=Path, file_okay=False)


@click.command(cls=SettingsCommand)
@click.argument("plugins", nargs=-1, metavar="PLUGIN...")
@click.option("--corpus", type=FILE, multiple=True, help="Your own text: a file, folder or 'pattern*'.")
@click.option("--shards", is_flag=True, help="Deal the files of --corpus to torchrun's workers.")
@click.option("--corpora", type=FOLDER, help="Folder of the downloaded corpora.")
@click.option("--from", "start", metavar="CHECKPOINT", help="Start from it; the starter if not named.")
@click.option("--scratch", is_flag=True, help="Start from nothing.")
@click.option("--name", help="Name of the new checkpoint.")
@click.option("--minutes", type=POSITIVE, help="Train so long; 10, or 150 from nothing; up to 500 kB: 8 passes.")
@click.option("--tokens", type=COUNT, help="Train on so many tokens.")
@click.option("--epochs", type=POSITIVE, help="Read the text so often.")
@click.option("--resume", is_flag=True, help="Go on with the run --name, or the last one.")
@click.option("--overwrite", is_flag=True, help="Begin anew with a --name that is taken.")
@click.option("--language", type=click.Choice(["en", "zh", "code"]), default="en")
@click.option("--device", metavar="cuda|mps|cpu", help="Where to compute; the fastest if not named.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, help="Makes training repeatable.")
@click.option("--hidden-size", type=COUNT, help="Width of the network; 512.")
@click.option("--num-layers", type=COUNT, help="Layers of the network; 3.")
@click.option("--vocabulary-size", type=click.IntRange(272, 65_536), help="Tokens; 8192.")
@click.option("--plain", is_flag=True, help="Stack the layers without residual connections.")
@click.option("--batch-size", type=COUNT, help="Rows read at once; 16, or 64 from nothing.")
@click.option("--backprop-steps", type=COUNT, help="Steps gradients flow back through; 64.")
@click.option("--learning-rate", type=POSITIVE, help="0.001, or 0.003 from nothing.")
@click.option("--dropout", type=click.FloatRange(0, 1, max_open=True), help="0.2, or 0.1 from nothing.")
@click.option("--patience", type=COUNT, help="Stop after so many validations in vain; 4, or 8.")
@click.option("--unlikelihood", metavar="WEIGHT", type=click.FloatRange(0), default=0.0,
              help="Make repetitions less likely; 1 is usual.")  # fmt: skip
@click.option("--reinforce", metavar="UPDATES", type=COUNT, help="Tune on replies it draws, by the plugin's reward.")
def train(context: click.Context) -> int:
    """Train a checkpoint, or tune one on your own text.

    It starts from the language's starter checkpoint, keeps the weights that predict held-out
    text best, and stops when they get no better. Ctrl-C stops it; --resume goes on. Under torchrun
    several workers train together; --batch-size is of them all.

    With --reinforce it draws replies to the prompts of the text instead, and makes those likelier that
    the plugin can verify to be right; that lasts minutes, and is not resumed.
    """
    settings = TrainSettings(**context.params)
    return run_train(settings) if settings.reinforce is None else run_reinforce(settings)


def run_train(settings: TrainSettings, prepare_run: "Prepare" = prepare) -> int:
    """Prepare a run or go back to one, train, and make its best weights a checkpoint.

    Where torchrun started several workers, the first one prepares, writes and tells how it goes;
    why it ends too early tells who notices first.

    Args:
        settings: What was asked.
        prepare_run: Makes the run's folder ready.

    Returns:
        The exit code, 0.

    Raises:
        Exit: Ctrl-C stopped it, or another worker told why it failed.
        ChatLSTMError: Something is missing or contradicts, the run is locked, or the disk is full.
    """
    with join_crew(settings.device) as (workers, device):
        try:
            name = workers.share(choose_name(settings) if workers.leads else "")
            train_run(settings, name, (workers, device), prepare_run)
        except ChatLSTMError as error:
            if not workers.claim():
                raise Exit(error.exit_code) from error
            raise
    return 0


def train_run(settings: TrainSettings, name: str, crew: "Crew", prepare_run: "Prepare") -> None:
    """Train a run under its name.

    Args:
        settings: What was asked.
        name: Of the run.
        crew: Who trains together, and where this one computes.
        prepare_run: Makes the run's folder ready.

    Raises:
        Exit: Ctrl-C stopped it.
        ChatLSTMError: Something is missing, the run is locked, the disk is full, or a worker ended.
    """
    from chatlstm.engine.run import lock_run
    from chatlstm.engine.workers import WorkerLostError

    workers, _ = crew
    folder = run_folder(name)
    try:
        with ExitStack() as stack:
            if workers.count > 1:
                stack.enter_context(watch_termination(lambda: _tell_end(name, workers)))
            if workers.leads:
                stack.enter_context(lock_run(folder))
            if not settings.resume:
                prepare_run(settings, folder, workers)
            go_on(name, crew)
    except KeyboardInterrupt as error:
        if workers.claim():
            tell(f"stopped; {_tell_remedy(name, workers)}")
        raise Exit(INTERRUPTED) from error
    except OSError as error:
        reason = f"{error.filename or folder}: {error.strerror or error}"
        raise ChatLSTMError(f"{reason}; once that is mended: {_tell_remedy(name, workers)}") from error
    except WorkerLostError as error:
        raise WorkerLostError(f"{error}; {_tell_remedy(name, workers)}") from error


def choose_name(settings: TrainSettings) -> str:
    """Choose the run's name: what was asked, the latest to resume, or a free one.

    Raises:
        MisuseError: There is a run of this name already, and it was not asked to be overwritten.
        MissingError: There is no run to resume.
    """
    runs = run_folder("x").parent
    if settings.resume:
        found = sorted(runs.glob("*/run.json"), key=lambda path: path.stat().st_mtime)
        names = [path.parent.name for path in found]
        if not names or (settings.name or names[-1]) not in names:
            asked = f"no run {settings.name!r}" if settings.name else "no run"
            raise MissingError(f"{asked} to go on with; there is {', '.join(names) or 'none'}")
        return settings.name or names[-1]
    if settings.name is None:
        first = f"my-{settings.plugins[0]}"
        numbered = (f"{first}-{number}" for number in count(2))
        taken = {path.parent.name for path in runs.glob("*/run.json")}
        return next(one for one in chain([first], numbered) if one not in taken)
    if (runs / settings.name / "run.json").exists() and not settings.overwrite:
        raise MisuseError(
            f"there is a run {settings.name!r} already; --resume goes on with it, "
            "--overwrite begins anew, another --name leaves it"
        )
    return settings.name


def go_on(name: str, crew: "Crew") -> None:
    """Train a prepared run from where it is to its end, and save its checkpoint.

    Args:
        name: Of the run.
        crew: Who trains together, and where this one computes.
    """
    from chatlstm.engine.mirror import mirror_text
    from chatlstm.engine.run import open_run, read_run

    workers, device = crew
    folder = run_folder(name)
    config = read_run(folder, workers)
    if not config.shards:
        mirror_text(folder, workers)
    trainer = open_run(folder, device, workers)
    if workers.leads:
        _lead(name, trainer, config, workers.count)
        _save(name, device)
    else:
        deque(trainer.run(measure_first=keeps_start(config)), maxlen=0)
    workers.share("saved")  # all end together


def keeps_start(config: "RunConfig") -> bool:
    """Tell whether a run keeps the weights it starts from where none predicts better; unlikelihood costs a little."""
    return bool(config.start) and not config.training.unlikelihood


def _lead(name: str, trainer: "Trainer", config: "RunConfig", count: int) -> None:
    """Train as the worker that tells how it goes."""
    from chatlstm.engine.run import read_text
    from chatlstm.engine.samples import draw_samples, find_prompts
    from chatlstm.interface.progress import show_training

    tokenizer, _, validation = read_text(run_folder(name))
    prompts = find_prompts(validation, tokenizer)
    kind = f"from {config.start}" if config.start else "from nothing"
    done = f"{100 * trainer.share_used:.0f} % done"
    many = f" by {count} workers" if count > 1 else ""
    tell(f"training {name!r} on {', '.join(config.domains)}, {kind}{many}; {done}")
    with show_training(trainer.share_used) as report:
        reports = trainer.run(
            lambda step: draw_samples(trainer.averaged, tokenizer, prompts, seed=step),
            measure_first=keeps_start(config),
        )
        for progress in reports:
            report(progress)


def _save(name: str, device: "Device") -> None:
    """Make the checkpoint and the learning curve, and tell where they are and how to use them."""
    from chatlstm.engine.curve import draw_curve, plot_curve
    from chatlstm.engine.metrics import read_metrics
    from chatlstm.engine.outcome import describe_run, learn_matching, measure_copied, save_run
    from chatlstm.pipeline.card import find_sources, write_card

    folder, place = run_folder(name), checkpoint_folders()[0] / name
    tell("learning which reply answers which turn")
    hits = learn_matching(folder, device)
    tell("there is too little dialogue to learn it from" if hits is None else f"held-out hits@1 of 20: {hits:.3f}")
    copied = measure_copied(folder, device)
    tell(f"of what it writes, {copied.share:.1%} stands in the training text, {copied.longest} tokens in a row at most")
    described = describe_run(folder, name, date=datetime.date.today().isoformat())
    described = replace(described, facts={**described.facts, "copied": asdict(copied)})
    card = write_card(described, find_sources(described))
    saved = save_run(folder, place, described, card=card)
    index_run(folder, place)
    reports = read_metrics(folder / "metrics.jsonl")
    draw_curve(reports, folder / "curve.png")
    if sys.stderr.isatty():
        columns, _ = shutil.get_terminal_size()
        tell(plot_curve(reports, width=min(columns, 100), height=16))
    tell(f"learning curve: {folder / 'curve.png'}")
    score = min(report.validation["all"] for report in reports if report.validation)
    say(f"{saved.identity}: held-out {score:.3f} bits/byte, in {place}; talk to it: chatlstm --checkpoint {name}")


def _tell_end(name: str, workers: "Workers") -> None:
    """Tell that this worker was asked to end, unless another one told already."""
    if workers.claim():
        tell(f"Error: another worker or torchrun itself was ended; {_tell_remedy(name, workers)}")


def _tell_remedy(name: str, workers: "Workers") -> str:
    """Say how to go on; the snapshot lies on the first machine, where the two ranks are the same."""
    elsewhere = workers.rank != workers.local_rank
    if elsewhere or (run_folder(name) / "snapshot.safetensors").exists():
        return f"'{name_program(workers)} train --resume --name {name}' goes on from the last snapshot"
    return "training had not begun; give the same command again"

"""``chatlstm doctor``: what is installed, what is missing, and the command that mends it."""

import importlib.metadata
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import click

from chatlstm import __version__
from chatlstm.engine.checkpoint import find_checkpoint, list_checkpoints
from chatlstm.errors import ChatLSTMError, MissingError
from chatlstm.history.failure import explain_damage, explain_failure
from chatlstm.interface.assemble import (
    SHIPPED_CHECKPOINTS,
    STARTERS,
    assemble_history,
    assemble_registry,
    checkpoint_folders,
    configuration_path,
    corpora_folder,
    data_folder,
    find_onnxruntime,
    history_path,
    list_torch_devices,
)
from chatlstm.interface.checkpoints import check_checkpoint
from chatlstm.interface.configuration import read_configuration
from chatlstm.interface.corpora import is_present, list_sources
from chatlstm.interface.output import json_option, say, show_json, show_table

_REINSTALL = "python -m pip install --force-reinstall chatlstm"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Args:
        name: What it is.
        state: Whether it is in order; a note is worth knowing, a fault must be mended.
        finding: What was found.
        remedy: The command or step that mends it; empty where nothing is to be mended.
    """

    name: str
    state: Literal["ok", "note", "fault"]
    finding: str
    remedy: str = ""


@click.command()
@json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Check that everything is in order."""
    findings = list(examine())
    healthy = all(finding.state != "fault" for finding in findings)
    if as_json:
        show_json({"healthy": healthy, "findings": [asdict(finding) for finding in findings]})
    else:
        rows = [(one.state, one.name, one.finding) for one in findings]
        show_table(("state", "what", "found"), rows)
        for one in findings:
            if one.remedy:
                say(f"\n{one.name}: {one.remedy}")
    context.exit(0 if healthy else 1)


def examine() -> Iterator[Finding]:
    """Look at everything in turn; nothing is changed."""
    yield Finding("chatlstm", "ok", f"{__version__} on Python {platform.python_version()}")
    yield examine_torch()
    yield examine_onnxruntime()
    yield from examine_checkpoints()
    yield from examine_plugins()
    yield examine_data_folder(data_folder())
    yield examine_history(history_path())
    yield from examine_configuration(configuration_path())
    yield examine_terminal()
    yield examine_corpora()


def examine_onnxruntime() -> Finding:
    """Look for what runs checkpoints on the CPU."""
    remedy = "python -m pip install 'onnxruntime>=1.20'"
    try:
        version = find_onnxruntime()
    except ImportError as error:
        return Finding("onnxruntime", "fault", f"cannot be imported: {error}", remedy)
    return Finding("onnxruntime", "ok", f"{version}; runs checkpoints on the CPU, in int8")


def examine_torch() -> Finding:
    """Look for torch and for the devices it can use."""
    remedy = "python -m pip install 'torch>=2.6,<2.14'"
    try:
        version = importlib.metadata.version("torch")
        devices = list_torch_devices()
    except (importlib.metadata.PackageNotFoundError, ImportError, OSError) as error:
        return Finding("torch", "fault", f"cannot be imported: {error}", remedy)
    return Finding("torch", "ok", f"{version}; devices: {', '.join(devices)}")


def examine_checkpoints() -> Iterator[Finding]:
    """Look for the starters, and compare every checkpoint's files with their hashes."""
    folders = list_checkpoints(checkpoint_folders())
    present = {folder.name for folder in folders}
    for name, what in STARTERS.items():
        if name in present:
            continue
        remedy = f"{_REINSTALL}; or train one: chatlstm train {what} --scratch --name {name}"
        yield Finding(f"checkpoint {name}", "fault", "the starter is not there", remedy)
    for folder in folders:
        state, config = check_checkpoint(folder)
        name = f"checkpoint {folder.name}"
        if state == "working" and config is not None:
            yield Finding(name, "ok", f"{config.identity}, {', '.join(config.domains)}")
        elif folder.parent == SHIPPED_CHECKPOINTS:
            yield Finding(name, "fault", state, _REINSTALL)
        else:
            remedy = f"chatlstm checkpoints delete {folder.name}; then train it again"
            yield Finding(name, "fault", state, remedy)


def examine_plugins() -> Iterator[Finding]:
    """Load the plugins."""
    registry = assemble_registry()
    if registry.domains:
        yield Finding("plugins", "ok", ", ".join(sorted(registry.domains)))
    else:
        yield Finding("plugins", "fault", "none is installed", _REINSTALL)
    for broken in registry.broken:
        file = data_folder() / "plugins" / broken.name
        remedy = f"mend or remove {file}" if file.exists() else "upgrade or uninstall its package"
        yield Finding(f"plugin {broken.name}", "fault", broken.reason, remedy)


def examine_data_folder(folder: Path) -> Finding:
    """Write a file that leaves no trace in the data folder, or where the folder would be made."""
    place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"x" * 4096)
            file.flush()
    except OSError as error:
        remedy = f"chmod u+rwx {place}; or choose another folder with CHATLSTM_HOME"
        return Finding("data folder", "fault", f"{place}: {error.strerror or error}", remedy)
    return Finding("data folder", "ok", str(folder))


def examine_history(path: Path) -> Finding:
    """Open the history as a chat would, and let SQLite check every page of it."""
    if not path.exists():
        return Finding("history", "ok", "no conversation yet")
    try:
        assemble_history().close()
        with closing(sqlite3.connect(path)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise explain_damage(str(path), found)
    except sqlite3.Error as error:
        return _blame_history(explain_failure(str(path), error))
    except ChatLSTMError as error:
        return _blame_history(error)
    return Finding("history", "ok", str(path))


def _blame_history(error: ChatLSTMError) -> Finding:
    """Part what is wrong from what mends it, which the history's errors tell last."""
    fault, _, remedy = str(error).rpartition(". ")
    return Finding("history", "fault", fault or str(error), remedy)


def examine_configuration(path: Path) -> Iterator[Finding]:
    """Read the person's settings as a chat would, and look for what they name."""
    configuration = read_configuration(path)
    values, faults = configuration.values, list(configuration.faults)
    searches: dict[str, Callable[[], object]] = {
        "checkpoint": lambda: find_checkpoint(values["checkpoint"], checkpoint_folders()),
        "plugin": lambda: assemble_registry().find(values["plugin"]),
    }
    for name in [name for name in searches if name in values]:
        try:
            searches[name]()
        except MissingError as error:
            faults.append(configuration.blame(name, error))
    for fault in faults:
        yield Finding("configuration", "fault", fault, f"mend {path}, or remove it: the next chat writes a new one")
    if not faults:
        yield Finding("configuration", "ok", str(path) if path.exists() else f"{path}; the first chat writes it")


def examine_terminal() -> Finding:
    """Look at what standard output is."""
    encoding = sys.stdout.encoding or "unknown"
    kind = f"terminal {os.environ.get('TERM', '')}" if sys.stdout.isatty() else "no terminal"
    color = "no colour" if "NO_COLOR" in os.environ else "colour where it is a terminal"
    told = f"{kind}, {encoding}, {color}"
    if encoding.lower().replace("-", "") != "utf8":
        return Finding("terminal", "fault", told, "export PYTHONUTF8=1")
    return Finding("terminal", "ok", told)


def examine_corpora() -> Finding:
    """Count the training texts at hand; none is needed to chat."""
    try:
        sources = list_sources()
    except ChatLSTMError as error:
        return Finding("corpora", "fault", str(error), _REINSTALL)
    missing = [source.name for source in sources if not is_present(source, corpora_folder())]
    found = f"{len(sources) - len(missing)} of {len(sources)} present"
    if not missing:
        return Finding("corpora", "ok", found)
    return Finding("corpora", "note", found, "to train on the others: chatlstm corpora list")

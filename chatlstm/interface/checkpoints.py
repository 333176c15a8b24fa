"""``chatlstm checkpoints``: which trained models there are."""

import sys
from pathlib import Path

import click

from chatlstm.engine.checkpoint import (
    CARD,
    CheckpointConfig,
    check_files,
    find_checkpoint,
    list_checkpoints,
    read_config,
)
from chatlstm.engine.files import recover_folder, remove_folder
from chatlstm.errors import CheckpointError, MissingError, MisuseError
from chatlstm.interface.assemble import SHIPPED_CHECKPOINTS, checkpoint_folders
from chatlstm.interface.command import CommandGroup, SettingsCommand
from chatlstm.interface.output import json_option, say, show_facts, show_json, show_table, tell
from chatlstm.interface.settings import COMPRESSED, CompressSettings


@click.group(cls=CommandGroup)
def checkpoints() -> None:
    """Which trained models there are."""


@checkpoints.command("list")
@json_option
def list_models(as_json: bool) -> None:
    """List the checkpoints after checking their files."""
    found = [describe_checkpoint(folder) for folder in list_checkpoints(checkpoint_folders())]
    if as_json:
        show_json(found)
        return
    if not found:
        tell("no checkpoint yet; 'chatlstm train dialogue --scratch --name NAME' trains one")
        return
    columns = ("name", "language", "domains", "MB", "from", "state")
    rows = [tuple(_word_cell(one[column]) for column in columns) for one in found]
    show_table(columns, rows)


@checkpoints.command("show")
@click.argument("name", metavar="NAME")
@json_option
def show_checkpoint(name: str, as_json: bool) -> None:
    """Show what a checkpoint says of itself, and its model card."""
    folder = find_checkpoint(name, checkpoint_folders())
    facts = describe_checkpoint(folder)
    card = folder / CARD
    text = card.read_text(encoding="utf-8", errors="replace") if card.is_file() else ""
    if as_json:
        show_json({**facts, "card": text})
        return
    show_facts(facts)
    say(f"\n{text.rstrip()}" if text else "\nIt has no model card.")


@checkpoints.command("compress", cls=SettingsCommand)
@click.argument("name", metavar="NAME")
@click.option("--as", "kind", type=click.Choice(COMPRESSED), help="One way; all but 'distilled' if not named.")
@click.option("--rank", type=click.IntRange(1), help="Of low-rank factors; half the width of NAME.")
@click.option("--name", "new_name", help="Name of the new checkpoint; NAME-int8 and so on.")
@click.option("--minutes", type=click.FloatRange(0, min_open=True), help="Train 'distilled' so long; 60.")
@click.option("--hidden-size", type=click.IntRange(1), help="Width of 'distilled'; three quarters of NAME's.")
@click.option("--num-layers", type=click.IntRange(1), help="Layers of 'distilled'; one less than NAME's.")
@click.option("--corpora", type=click.Path(path_type=Path, file_okay=False), help="Folder of the downloaded corpora.")
@json_option
def compress_model(context: click.Context) -> int:
    """Make smaller checkpoints of one, and tell what each takes and loses.

    'distilled' cuts a smaller network out of it and trains that on the text and on what NAME
    holds likely.
    """
    from chatlstm.interface.compress import run_compress

    values = dict(context.params)
    as_json = values.pop("as_json")
    return run_compress(CompressSettings(**values), as_json=as_json)


@checkpoints.command("index")
@click.argument("name", metavar="NAME")
@click.option("--corpora", type=click.Path(path_type=Path, file_okay=False), help="Folder of the downloaded corpora.")
def index_model(name: str, corpora: Path | None) -> None:
    """Build the index by which /origin finds what a reply shares with the training text."""
    from chatlstm.interface.indexing import index_checkpoint

    index_checkpoint(name, corpora)


@checkpoints.command("delete")
@click.argument("name", metavar="NAME")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete_checkpoint(name: str, yes: bool) -> None:
    """Delete a checkpoint of your own; shipped ones stay."""
    own, _ = checkpoint_folders()
    folder = find_own_checkpoint(name, own)
    if not yes:
        if not sys.stdin.isatty():
            raise MisuseError(f"{folder}: add --yes to delete it without being asked")
        click.confirm(f"Delete {folder} for good?", abort=True, err=True)
    if folder.is_symlink():
        folder.unlink()
    else:
        remove_folder(folder)
    tell(f"deleted {folder}")


def find_own_checkpoint(name: str, own: Path) -> Path:
    """Find a checkpoint that may be deleted, a damaged one too.

    Args:
        name: Its name.
        own: The folder of the person's own checkpoints.

    Raises:
        MissingError: There is none of that name.
        MisuseError: It is a shipped one, or the name is none but a path.
    """
    if not name or Path(name).name != name or name.startswith("."):
        raise MisuseError(f"{name!r} is no name of a checkpoint; 'checkpoints list' names them")
    folder = own / name
    recover_folder(folder)
    if folder.is_dir():
        return folder
    if (SHIPPED_CHECKPOINTS / name).is_dir():
        raise MisuseError(f"{name} came with ChatLSTM and stays; only your own can be deleted")
    present = ", ".join(path.name for path in list_checkpoints((own,))) or "none"
    raise MissingError(f"no checkpoint {name!r} of your own; there is {present}")


def describe_checkpoint(folder: Path) -> dict[str, object]:
    """Lay out what is known of a checkpoint, whether it can be trusted first of all."""
    state, config = check_checkpoint(folder)
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    place = {
        "name": folder.name,
        "state": state,
        "from": "ChatLSTM" if folder.parent == SHIPPED_CHECKPOINTS else str(folder.parent),
        "MB": round(size / 1e6, 1),
    }
    if config is None:
        return {**place, "identity": "", "language": "", "domains": [], "network": {}, "facts": {}}
    return {
        **place,
        "identity": config.identity,
        "language": config.language,
        "domains": list(config.domains),
        "network": vars(config.network),
        "facts": config.facts,
    }


def check_checkpoint(folder: Path) -> tuple[str, CheckpointConfig | None]:
    """Read a checkpoint's config and compare its files with the hashes there.

    Returns:
        ``"working"``, or the fault in a sentence; and the config, where it can be read.
    """
    config = None
    try:
        config = read_config(folder)
        check_files(folder, config, config.sha256)
    except CheckpointError as error:
        return f"broken: {error}", config
    return "working", config


def _word_cell(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)

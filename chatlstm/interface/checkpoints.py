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
from chatlstm.interface.command import CommandGroup
from chatlstm.interface.output import json_option, say, show_facts, show_json, show_table, tell


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
        check_files(folder, config)
    except CheckpointError as error:
        return f"broken: {error}", config
    return "working", config


def _word_cell(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)

"""``chatlstm history``: the conversations so far."""

import click

from chatlstm.interface.assemble import assemble_history, history_path
from chatlstm.interface.command import CommandGroup
from chatlstm.interface.output import json_option, say, show_json, show_table, tell


@click.group(cls=CommandGroup)
def history() -> None:
    """The conversations so far."""


@history.command("list")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many.")
@json_option
def list_conversations(limit: int, as_json: bool) -> None:
    """List the conversations, the latest first."""
    found: list[dict[str, str]] = []
    if history_path().exists():  # looking makes no file
        with assemble_history() as kept:
            found = [
                {
                    "id": one.id,
                    "title": one.title,
                    "plugin": one.plugin,
                    "created": one.created.isoformat(timespec="seconds"),
                    "updated": one.updated.isoformat(timespec="seconds"),
                }
                for one in kept.list_conversations(limit)
            ]
    if as_json:
        show_json(found)
        return
    if not found:
        tell("no conversation yet; 'chatlstm' begins one")
        return
    columns = ("id", "updated", "plugin", "title")
    show_table(columns, [tuple(one[column] for column in columns) for one in found])


@history.command("path")
def show_path() -> None:
    """Print where the history lies."""
    say(str(history_path()))

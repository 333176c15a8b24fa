"""``chatlstm history``: the conversations so far."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chatlstm.interface.assemble import assemble_history, history_path
from chatlstm.interface.command import CommandGroup
from chatlstm.interface.output import (
    json_option,
    say,
    say_marked,
    show_json,
    show_table,
    tell,
)

if TYPE_CHECKING:
    from chatlstm.history.conversation import Conversation
    from chatlstm.history.history import History
    from chatlstm.history.search import Match

_HOURS = {"h": 1, "d": 24, "w": 7 * 24}
FORMATS = ("json", "markdown", "text")


def look_into_history() -> "History":
    """Open the person's history; looking makes no file, so where there is none it is an empty one."""
    if history_path().exists():
        return assemble_history()
    from chatlstm.history.opening import open_memory_history

    return open_memory_history()


@click.group(cls=CommandGroup)
def history() -> None:
    """The conversations so far."""


@history.command("list")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many.")
@json_option
def list_conversations(limit: int, as_json: bool) -> None:
    """List the conversations, the latest first."""
    found: list[dict[str, object]] = []
    if history_path().exists():  # the library that reads it takes a while to import
        with assemble_history() as kept:
            found = [describe_conversation(one) for one in kept.list_conversations(limit)]
    if as_json:
        show_json(found)
        return
    if not found:
        tell("no conversation yet; 'chatlstm' begins one")
        return
    columns = ("id", "updated", "plugin", "turns", "title")
    show_table(columns, [tuple(str(one[column]) for column in columns) for one in found])


def describe_conversation(conversation: "Conversation") -> dict[str, object]:
    """Lay out what ``--json`` prints of a conversation."""
    return {
        "id": conversation.id,
        "title": conversation.title,
        "plugin": conversation.plugin,
        "turns": conversation.turns,
        "created": conversation.created.isoformat(timespec="seconds"),
        "updated": conversation.updated.isoformat(timespec="seconds"),
    }


@history.command("show")
@click.argument("prefix", metavar="ID")
@click.option("--tree", is_flag=True, help="Draw all branches, a line a turn.")
@json_option
def show_conversation(prefix: str, tree: bool, as_json: bool) -> None:
    """Show a conversation, its current branch or all of them."""
    with look_into_history() as kept:
        archive = kept.read_archive(kept.find_conversation(prefix).id)
    from chatlstm.history.archive_file import lay_out_archive
    from chatlstm.history.transcript import write_text
    from chatlstm.interface.tree import draw_tree

    if as_json:
        show_json(lay_out_archive(archive))
        return
    columns = shutil.get_terminal_size().columns
    lines = draw_tree(archive.turns, archive.conversation.tip_id, columns) if tree else write_text(archive)
    for line in lines:
        say(line)


@history.command("search")
@click.argument("words", metavar="TEXT...", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@json_option
def search_history(words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find turns by what was said, in any conversation and on any branch.

    All words must occur; "several words" in quotes, and Chinese, as they stand; poem* finds poems.
    """
    with look_into_history() as kept:
        matches = kept.search(" ".join(words), limit)
    if as_json:
        show_json([describe_match(match) for match in matches])
        return
    if not matches:
        tell("nothing was found; 'chatlstm history list' names the conversations")
    for match in matches:
        say(f"{match.turn.conversation_id}  {match.turn.created:%Y-%m-%d}  {match.title}")
        sign = "> " if match.turn.turn.speaker == "person" else "  "
        indent = len(sign) + 2
        spans = [(start + indent, end + indent) for start, end in match.spans]
        say_marked(f"  {sign}{match.excerpt}", spans)


def describe_match(match: "Match") -> dict[str, object]:
    """Lay out what ``--json`` prints of a turn that was found."""
    return {
        "id": match.turn.conversation_id,
        "title": match.title,
        "turn": match.turn.id,
        "speaker": match.turn.turn.speaker,
        "created": match.turn.created.isoformat(timespec="seconds"),
        "text": match.turn.turn.text,
        "excerpt": match.excerpt,
        "spans": [list(span) for span in match.spans],
    }


@history.command("replay")
@click.argument("prefix", metavar="ID")
@click.argument("turn", type=click.IntRange(1), required=False)
@json_option
def replay_turn(prefix: str, turn: int | None, as_json: bool) -> int:
    """Draw a stored reply again, and tell whether it is the same to the byte.

    TURN is its number in 'history show ID --tree'; the last reply if not named. It is drawn from its
    message, context, stored state, options, seed and checkpoint; nothing is written.
    """
    from chatlstm.interface.replay import run_replay

    return run_replay(prefix, turn, as_json=as_json)


@history.command("export")
@click.argument("prefix", metavar="[ID]", required=False)
@click.option("--all", "everything", is_flag=True, help="Export every conversation.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="json", show_default=True, help="JSON holds all.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
def export_history(prefix: str | None, everything: bool, form: str, output: Path | None) -> None:
    """Write conversations to standard output, or to a file.

    JSON holds every branch, feedback and state, and can be imported; the others hold what was said
    on the current branch.
    """
    if everything == (prefix is not None):
        raise click.UsageError("name the ID of a conversation, or --all of them")
    from chatlstm.interface.exchange import run_export

    run_export(prefix, form, output)


@history.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_history(file: Path) -> None:
    """Take in conversations: an export of ChatLSTM, or the JSON of another chat."""
    from chatlstm.interface.exchange import run_import

    run_import(file)


def read_age(context: click.Context, parameter: click.Parameter, value: str | None) -> timedelta | None:
    """Read how old something must be, such as ``30d``."""
    if value is None:
        return None
    if value[:-1].isdecimal() and value[-1] in _HOURS and len(value) < 8:
        return timedelta(hours=int(value[:-1]) * _HOURS[value[-1]])
    raise click.BadParameter(f"needs a number of hours, days or weeks such as 12h, 30d or 4w, got {value!r}")


@history.command("delete")
@click.argument("prefixes", metavar="[ID]...", nargs=-1)
@click.option("--older-than", "age", metavar="AGE", callback=read_age, help="Last spoken in so long ago: 12h, 30d, 4w.")
@click.option("--all", "everything", is_flag=True, help="Delete every conversation.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete_history(prefixes: tuple[str, ...], age: timedelta | None, everything: bool, yes: bool) -> int:
    """Delete conversations for good: no byte of them is left in any file of the history.

    Copies of the history that an upgrade of ChatLSTM left are removed, too.
    """
    if bool(prefixes) + (age is not None) + everything != 1:
        raise click.UsageError("name the IDs of conversations, or --older-than AGE, or --all of them")
    from chatlstm.interface.deletion import run_delete

    return run_delete(prefixes, age, yes=yes)


@history.command("path")
def show_path() -> None:
    """Print where the history lies."""
    say(str(history_path()))

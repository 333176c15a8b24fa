"""The program: which command, what it ends with, and how an error is told."""

import io
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import click

from chatlstm import __version__
from chatlstm.errors import ChatLSTMError
from chatlstm.interface.command import CommandGroup, SettingsCommand

_MAX_SEED = 2**32 - 1
_INTERRUPTED = 130


@click.command(cls=SettingsCommand)
@click.option("--plugin", metavar="NAME|FILE", help="Send every message to this plugin.")
@click.option("-c", "--continue", "latest", is_flag=True, help="Go on with the last conversation.")
@click.option("-r", "--resume", metavar="ID", help="Go on with this conversation.")
@click.option("--private/--no-private", default=None, help="Write nothing to the disk.")
@click.option("--seed", type=click.IntRange(0, _MAX_SEED), help="Make the replies repeatable.")
@click.option("--checkpoint", metavar="NAME", help="The model; 'checkpoints list' names them.")
@click.option("--device", metavar="cuda|mps|cpu", help="Where to compute; the CPU if not named.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="When to use colour.",
)
def chat(context: click.Context) -> int:
    """Talk; what is said is kept in the history."""
    values = context.params
    if values["latest"] and values["resume"] is not None:
        raise click.UsageError("-c takes the last conversation, -r another; give one of them", context)
    from chatlstm.interface.chat import ChatSettings, run_chat

    settings = ChatSettings(
        plugin=values["plugin"],
        resume="" if values["latest"] else values["resume"],
        private=values["private"],
        seed=values["seed"],
        checkpoint=values["checkpoint"],
        device=values["device"],
        color=values["color"],
        debug=context.find_object(bool) or False,
    )
    return run_chat(settings)


def _load_chat() -> click.Command:
    return chat


def _load_generate() -> click.Command:
    from chatlstm.interface.generate import generate

    return generate


def _load_train() -> click.Command:
    from chatlstm.interface.train import train

    return train


def _load_evaluate() -> click.Command:
    from chatlstm.interface.evaluate import evaluate

    return evaluate


def _load_plugins() -> click.Command:
    from chatlstm.interface.plugins import plugins

    return plugins


def _load_corpora() -> click.Command:
    from chatlstm.interface.corpora import corpora

    return corpora


def _load_checkpoints() -> click.Command:
    from chatlstm.interface.checkpoints import checkpoints

    return checkpoints


def _load_history() -> click.Command:
    from chatlstm.interface.conversations import history

    return history


def _load_replay() -> click.Command:
    from chatlstm.interface.conversations import replay_turn

    return replay_turn


def _load_doctor() -> click.Command:
    from chatlstm.interface.doctor import doctor

    return doctor


def _load_bench() -> click.Command:
    from chatlstm.interface.bench import bench

    return bench


@dataclass(frozen=True)
class Entry:
    """A command that is imported only when it is used.

    Args:
        summary: What the help says of it, the first sentence of its own help.
        load: Imports it.
    """

    summary: str
    load: Callable[[], click.Command]


COMMANDS = {
    "chat": Entry("Talk; what is said is kept in the history.", _load_chat),
    "generate": Entry("Write one text, or many, for a script.", _load_generate),
    "train": Entry("Train a checkpoint, or tune one on your own text.", _load_train),
    "evaluate": Entry("Measure a plugin, or all of them, on held-out records.", _load_evaluate),
    "plugins": Entry("What the installed plugins are.", _load_plugins),
    "corpora": Entry("Which text there is to train on.", _load_corpora),
    "checkpoints": Entry("Which trained models there are.", _load_checkpoints),
    "history": Entry("The conversations so far.", _load_history),
    "replay": Entry("Draw a stored reply again, and tell whether it is the same to the byte.", _load_replay),
    "doctor": Entry("Check that everything is in order.", _load_doctor),
    "bench": Entry("Measure speed, size and learning on this machine.", _load_bench),
}


class MainGroup(CommandGroup):
    """The commands of the table, imported one by one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        return COMMANDS[cmd_name].load() if cmd_name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without importing the commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


@click.group(
    cls=MainGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar="[COMMAND] [ARGS]...",
    epilog="Without a command it is 'chat', so 'chatlstm -c' goes on with the last conversation.",
)
@click.version_option(__version__, prog_name="chatlstm", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, expose_value=False, help="Show where an error arose.")
@click.pass_context
def chatlstm(context: click.Context) -> None:
    """Talk to a small language model that runs, learns and stays on this machine."""
    if context.invoked_subcommand == "chat":
        return  # it shows notices in its own way
    from chatlstm.interface.notices import show_notices
    from chatlstm.interface.output import tell

    context.with_resource(show_notices(tell, debug=bool(context.obj)))


def main() -> NoReturn:
    """Run the program and end this process with its exit code."""
    code = run_program()
    if os.environ.get("WORLD_SIZE", "1") != "1":
        os._exit(code)  # threads of torch's gloo may abort an interpreter that takes its time to end
    sys.exit(code)


def run_program() -> int:
    """Run the program with the arguments of this process.

    Returns:
        The exit code: 0 done, 1 failed, 2 misuse, 3 no checkpoint or plugin, 4 a constraint that
        cannot be met, 130 interrupted. A closed pipe is no failure.
    """
    _replace_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a narrow terminal loses a character, no more
    debug, arguments = _take_debug(sys.argv[1:])
    try:
        code = _run_command(arguments, debug=debug)
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:  # the last place that can tell it
        if debug and not isinstance(error, click.exceptions.Exit):
            traceback.print_exception(error)
        return _explain(error)
    return code


def _replace_closed_streams() -> None:
    """Put the null device where the caller closed a standard stream, as a shell does with ``>&-``.

    Otherwise the next file opened would take its number, and be written on by mistake.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))


def _take_debug(arguments: list[str]) -> tuple[bool, list[str]]:
    """Take ``--debug`` out, wherever it stands before a ``--``."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    kept = [argument for argument in arguments[:end] if argument != "--debug"]
    return len(kept) < end, kept + arguments[end:]


def _run_command(arguments: list[str], *, debug: bool) -> int:
    completion = os.environ.get("_CHATLSTM_COMPLETE")
    if completion:
        from click.shell_completion import shell_complete

        return shell_complete(chatlstm, {}, "chatlstm", "_CHATLSTM_COMPLETE", completion)
    with chatlstm.make_context("chatlstm", arguments, obj=debug) as context:
        code = chatlstm.invoke(context)
    return code if isinstance(code, int) else 0


def _explain(error: BaseException) -> int:
    """Tell an error in a sentence, where it needs one, and give the exit code."""
    match error:
        case click.exceptions.Exit():
            code = error.exit_code
        case BrokenPipeError():
            code = 0
        case KeyboardInterrupt() | click.Abort():
            print(file=sys.stderr)
            code = _INTERRUPTED
        case click.ClickException():
            error.show()
            code = error.exit_code
        case ChatLSTMError():
            code = _tell_error(str(error), error.exit_code)
        case OSError():
            place = f"{error.filename}: " if error.filename else ""
            code = _tell_error(place + (error.strerror or str(error)), 1)
        case _:
            fault = f"a fault of the program, {type(error).__name__}: {error}"
            code = _tell_error(f"{fault}; --debug shows where it arose", 1)
    return _end_output(code)


def _tell_error(sentence: str, code: int) -> int:
    from chatlstm.interface.output import tell

    tell(f"Error: {sentence}")
    return code


def _end_output(code: int) -> int:
    """Flush what can be flushed; the rest must not trouble the interpreter as it ends."""
    try:
        sys.stdout.flush()
    except OSError:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return code

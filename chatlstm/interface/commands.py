"""The slash commands: one table for what they do, for help, and for completion."""

import difflib

from chatlstm.errors import ChatLSTMError, MisuseError
from chatlstm.interface.activity import show_activity
from chatlstm.interface.asking import ASKING
from chatlstm.interface.branching import BRANCHING
from chatlstm.interface.cleaning import clean_text
from chatlstm.interface.confidence import show_confidence
from chatlstm.interface.exhibit import JSON, list_exhibit_options
from chatlstm.interface.finding import FINDING
from chatlstm.interface.keeping import KEEPING
from chatlstm.interface.moving import MOVING
from chatlstm.interface.origin import show_origin
from chatlstm.interface.slash import Command
from chatlstm.interface.taking import TAKING
from chatlstm.interface.talk import Talk


def take_line(talk: Talk, line: str) -> None:
    """Do what the person typed: a command, or a message to answer.

    Args:
        talk: The chat.
        line: As it was typed or pasted; ``//`` at its beginning sends ``/``.

    Raises:
        EOFError: The person leaves.
    """
    text = clean_text(line)
    if not text.strip():
        return
    if text.startswith("//"):
        talk.answer(text[1:])
    elif not text.startswith("/"):
        talk.answer(text)
    else:
        name, _, argument = text[1:].strip().partition(" ")
        try:
            find_command(name).run(talk, argument.strip())
        except ChatLSTMError as error:
            talk.explain(error)


def find_command(name: str) -> Command:
    """Give the command of this name.

    Raises:
        MisuseError: There is none; the nearest is named.
    """
    commands = {command.name: command for command in COMMANDS}
    if name in commands:
        return commands[name]
    near = difflib.get_close_matches(name, commands, n=1, cutoff=0.5)
    hint = f"did you mean /{near[0]}?" if near else "/help lists them."
    raise MisuseError(f"no command /{name}; {hint} Text that begins with / is sent as //{name}")


def show_help(talk: Talk, argument: str) -> None:
    """List commands and keys."""
    forms = [f"/{command.name} {command.argument}".strip() for command in COMMANDS]
    lines = [f"{form:16} {command.summary}" for form, command in zip(forms, COMMANDS, strict=True)]
    keys = [f"{key:16} {what}" for key, what in KEYS]
    talk.screen.say_at_length("\n".join([*lines, "", *keys]))


def leave(talk: Talk, argument: str) -> None:
    """End the chat."""
    raise EOFError


READING = (
    Command(
        "confidence",
        "",
        "how likely the reply is to the model alone; --json, --png FILE",
        show_confidence,
        list_exhibit_options,
    ),
    Command(
        "look",
        "[CELL...]",
        "what cells hold while the model reads it; --json, --png FILE",
        show_activity,
        list_exhibit_options,
    ),
    Command(
        "origin",
        "",
        "which passages match the training text; --json",
        show_origin,
        lambda talk: (JSON,),
    ),
)
COMMANDS = (
    Command("help", "", "this list", show_help),
    *ASKING,
    *BRANCHING,
    *KEEPING,
    *FINDING,
    *READING,
    *TAKING,
    *MOVING,
    Command("quit", "", "leave", leave),
)

KEYS = (
    ("Enter", "send; Alt-Enter or Ctrl-J: a new line"),
    ("Ctrl-C", "stop the reply, or clear the line; twice: leave"),
    ("Ctrl-D", "leave, on an empty line"),
    ("Ctrl-Z", "back to the shell; fg there: back here"),
    ("Ctrl-R, up", "search what you said"),
    ("Ctrl-X Ctrl-E", "write in your editor"),
    ("F4", "vi or emacs keys"),
    ("//text", "send /text as a message"),
)

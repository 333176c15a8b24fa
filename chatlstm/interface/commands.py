"""The slash commands: one table for what they do, for help, and for completion."""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count

from chatlstm.errors import ChatLSTMError, MisuseError
from chatlstm.interface.activity import show_activity
from chatlstm.interface.cleaning import clean_text
from chatlstm.interface.confidence import show_confidence
from chatlstm.interface.exhibit import list_exhibit_options
from chatlstm.interface.talk import Talk
from chatlstm.pipeline.language import detect_language
from chatlstm.pipeline.options import Settable

AUTO = "auto"
STORY = "story"  # the plugin that /continue asks
LISTED = 15
MAX_SEED = 2**62


@dataclass(frozen=True)
class Command:
    """A slash command.

    Args:
        name: As it is typed, without the slash.
        argument: How help shows its argument; empty where it takes none.
        summary: What it does, in a few words.
        run: Does it, given the argument as typed.
        list_values: What its argument may be, for completion.
    """

    name: str
    argument: str
    summary: str
    run: Callable[[Talk, str], None]
    list_values: Callable[[Talk], Iterable[str]] = lambda talk: ()


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
    talk.screen.say("\n".join([*lines, "", *keys]))


def use_plugin(talk: Talk, argument: str) -> None:
    """Choose the plugin for all messages to come."""
    if not argument:
        raise MisuseError(f"/use needs a name: {', '.join(list_plugin_names(talk))}")
    talk.session.choose_plugin(None if argument == AUTO else argument)
    chosen = "the message decides" if argument == AUTO else f"{argument} answers"
    talk.screen.say(f"From now on {chosen}.")


def explain_reply(talk: Talk, argument: str) -> None:
    """Tell which plugin answered, why, and what else it could have said."""
    session = talk.session
    if session.route is None:
        raise MisuseError("/why explains a reply, and there is none yet")
    scores = ", ".join(f"{name} {score}" for name, score in session.route.scores.items())
    lines = [f"{session.route.domain}: {session.route.reason}" + (f" ({scores})" if scores else "")]
    if session.recipe is not None:
        options = "".join(f", {name} {value}" for name, value in session.recipe.options.items())
        lines.append(f"{session.recipe.checkpoint}, seed {session.recipe.seed}{options}")
    for name, value in session.details.items():
        lines += _describe_detail(name, value)
    talk.screen.say(clean_text("\n".join(lines)))


def _describe_detail(name: str, value: object) -> list[str]:
    if not (isinstance(value, list) and all(isinstance(each, dict) for each in value)):
        return [f"{name}: {value}"]
    rows = [
        f"  {each['score']:8.2f}  {each['text']}"
        for each in value
        if isinstance(each.get("score"), int | float) and "text" in each
    ]
    return [f"{name}, best first:", *rows] if rows else [f"{name}: {value}"]


def go_on(talk: Talk, argument: str) -> None:
    """Let the story go on that was told last, whatever plugin is chosen."""
    session = talk.session
    last = " ".join(turn.text for turn in session.read_last_turns(2))
    chosen = session.plugin
    session.choose_plugin(STORY)
    try:
        talk.answer("继续" if detect_language(last) == "zh" else "continue")
    finally:
        session.choose_plugin(chosen)


def begin_anew(talk: Talk, argument: str) -> None:
    """Begin another conversation."""
    talk.session.begin_anew()
    talk.screen.say("A new conversation begins with your next message.")


def choose_seed(talk: Talk, argument: str) -> None:
    """Fix the seed of the replies to come."""
    if not argument.isdecimal() or int(argument) > MAX_SEED:
        raise MisuseError(f"/seed needs a whole number from 0 to 2^62, got {argument!r}")
    talk.session.seeds = count(int(argument))
    talk.screen.say(f"The next reply has seed {int(argument)}, each later one the next number.")


def set_option(talk: Talk, argument: str) -> None:
    """Set an option of the plugins, or show them all."""
    name, _, value = argument.partition(" ")
    if not name:
        show_options(talk)
        return
    options = [option for _, option in list_options(talk) if option.name == name]
    if not options:
        raise MisuseError(f"no option {name!r}; /set shows what there is")
    if not value:
        talk.session.options.pop(name, None)
        talk.screen.say(f"{name} is back at its default.")
        return
    for option in options:
        option.read({name: value.strip()})
    talk.session.options[name] = value.strip()
    talk.screen.say(f"{name} is {value.strip()}.")


def show_options(talk: Talk) -> None:
    """List the options that /set takes."""
    chosen = talk.session.options
    lines = [
        f"{plugin}: {option.name} = {chosen.get(option.name, option.default)}"
        f"  ({option.bounds}) {option.help}"
        for plugin, option in list_options(talk)
    ]
    talk.screen.say("\n".join(lines) or "No plugin takes options.")


def list_recent(talk: Talk, argument: str) -> None:
    """List recent conversations."""
    lines = [
        f"{each.id}  {each.updated.astimezone():%Y-%m-%d %H:%M}  {clean_text(each.title)}"
        for each in talk.session.list_conversations(LISTED)
    ]
    talk.screen.say("\n".join(lines) or "There is no conversation yet.")


def resume(talk: Talk, argument: str) -> None:
    """Go on with an earlier conversation."""
    conversation = talk.session.resume(argument)
    talk.screen.say(f"You are back in {conversation.id}.\n")
    talk.show_last_turns()


def list_plugins(talk: Talk, argument: str) -> None:
    """List the plugins, broken ones too."""
    registry = talk.session.registry
    lines = [f"{name:10} {domain.summary}" for name, domain in registry.domains.items()]
    lines += [f"{broken.name:10} broken: {broken.reason}" for broken in registry.broken]
    talk.screen.say(clean_text("\n".join(lines)) or "There is no plugin.")


def leave(talk: Talk, argument: str) -> None:
    """End the chat."""
    raise EOFError


def list_plugin_names(talk: Talk) -> list[str]:
    """List what /use takes."""
    return [AUTO, *talk.session.registry.domains]


def list_options(talk: Talk) -> list[tuple[str, Settable]]:
    """Pair the options /set takes with their plugins: those of the chosen one, or of all."""
    return [
        (name, option)
        for name, domain in talk.session.registry.domains.items()
        for option in domain.options
        if talk.session.plugin in (None, name)
    ]


def list_option_names(talk: Talk) -> list[str]:
    """List the names /set takes, each once."""
    return list(dict.fromkeys(option.name for _, option in list_options(talk)))


def list_ids(talk: Talk) -> list[str]:
    """List the ids /resume takes."""
    return [each.id for each in talk.session.list_conversations(LISTED)]


COMMANDS = (
    Command("help", "", "this list", show_help),
    Command(
        "use",
        "NAME",
        "let one plugin answer; auto: the message decides",
        use_plugin,
        list_plugin_names,
    ),
    Command(
        "why", "", "which plugin answered, why, and what else it could have said", explain_reply
    ),
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
    Command("continue", "", "let the last story go on", go_on),
    Command("new", "", "begin another conversation", begin_anew),
    Command("seed", "N", "fix the seed: same words, same replies", choose_seed),
    Command(
        "set", "NAME VALUE", "set an option; alone: show them all", set_option, list_option_names
    ),
    Command("list", "", "recent conversations", list_recent),
    Command("resume", "ID", "go on with one; alone: the latest", resume, list_ids),
    Command("plugins", "", "what is installed", list_plugins),
    Command("quit", "", "leave", leave),
)

KEYS = (
    ("Enter", "send; Alt-Enter or Ctrl-J: a new line"),
    ("Ctrl-C", "stop the reply, or clear the line; twice: leave"),
    ("Ctrl-D", "leave, on an empty line"),
    ("Ctrl-R, up", "search what you said"),
    ("Ctrl-X Ctrl-E", "write in your editor"),
    ("F4", "vi or emacs keys"),
    ("//text", "send /text as a message"),
)

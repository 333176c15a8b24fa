"""The slash commands about who answers, and how: plugin, options, seed, reasons."""

from itertools import count

from chatlstm.errors import MisuseError
from chatlstm.interface.cleaning import clean_text
from chatlstm.interface.slash import Command
from chatlstm.interface.talk import Talk
from chatlstm.pipeline.language import detect_language
from chatlstm.pipeline.options import Choice, Option, Settable

AUTO = "auto"
STORY = "story"  # the plugin that /continue asks
MAX_SEED = 2**62


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
    talk.screen.say_at_length("\n".join(lines) or "No plugin takes options.")


def list_plugins(talk: Talk, argument: str) -> None:
    """List the plugins, broken ones too."""
    registry = talk.session.registry
    lines = [f"{name:10} {domain.summary}" for name, domain in registry.domains.items()]
    lines += [f"{broken.name:10} broken: {broken.reason}" for broken in registry.broken]
    talk.screen.say(clean_text("\n".join(lines)) or "There is no plugin.")


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


def list_option_values(talk: Talk, name: str) -> list[str]:
    """List values of an option: all words it takes, or a number's bounds with the default between."""
    values: list[str] = []
    for _, option in list_options(talk):
        if option.name != name:
            continue
        if isinstance(option, Choice):
            values += option.choices
        elif isinstance(option, Option):
            values += [str(number) for number in (option.low, option.default, option.high)]
        elif option.default:
            values.append(option.default)
    return list(dict.fromkeys(values))


ASKING = (
    Command("use", "NAME", "let one plugin answer; auto: the message decides", use_plugin, list_plugin_names),
    Command("why", "", "which plugin answered, why, and what else it could have said", explain_reply),
    Command("continue", "", "let the last story go on", go_on),
    Command("seed", "N", "fix the seed: same words, same replies", choose_seed),
    Command(
        "set", "NAME VALUE", "set an option; alone: show them all", set_option, list_option_names, list_option_values
    ),
    Command("plugins", "", "what is installed", list_plugins),
)

"""What a chat says before its first prompt."""

from collections.abc import Collection, Mapping
from pathlib import Path

from chatlstm import __version__
from chatlstm.interface.talk import Talk

TITLE = f"ChatLSTM {__version__}, a small text generator"
HELP = "/help tells how, Ctrl-D leaves"
LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set counts, as POSIX has it
INVITATION = {"en": "Say something, such as:", "zh": "说点什么，例如："}
EXAMPLES = {
    "en": {
        "dialogue": "How was your day?",
        "story": "Once upon a time there was a little fox",
        "poetry": "Write a limerick about a cat",
        "news": "Write news about rain, a bridge, the mayor",
        "code": "Write a Python function that adds two numbers",
    },
    "zh": {
        "dialogue": "今天过得怎么样？",
        "story": "从前有一只小狐狸",
        "poetry": "写一首关于月亮的五言绝句",
        "news": "写一篇新闻：大雨，桥梁，市长",
        "code": "用Python写一个函数，求两个数的和",
    },
}
"""A message to begin with for each of the plugins that come with ChatLSTM, in each language."""


def greet(talk: Talk, stored: str) -> None:
    """Say what this is, where help is, and where the conversation is stored."""
    talk.screen.say(f"{TITLE}\n{HELP}\n{stored}\n")
    talk.show_last_turns()


def welcome(talk: Talk, stored: str, configuration: Path, language: str) -> None:
    """Greet who is here for the first time: where help and the settings are, and what may be said.

    Args:
        talk: The chat.
        stored: Where the conversation is stored.
        configuration: The file of the settings.
        language: Of the examples, ``"en"`` or ``"zh"``.
    """
    examples = offer_examples(talk.session.registry.domains, language)
    talk.screen.say(f"{TITLE}\n{HELP}; settings: {shorten_home(configuration)}\n{stored}\n\n{examples}\n")
    talk.show_last_turns()


def offer_examples(plugins: Collection[str], language: str) -> str:
    """Write a message to begin with for each plugin that comes with ChatLSTM, small talk first.

    Example:
        >>> print(offer_examples(["dialogue", "limericks"], "en"))
        Say something, such as:
          How was your day?
    """
    examples = EXAMPLES[language]
    return "\n".join([INVITATION[language], *(f"  {text}" for name, text in examples.items() if name in plugins)])


def choose_greeting_language(environment: Mapping[str, str]) -> str:
    """Tell which of its languages the locale asks for.

    Example:
        >>> choose_greeting_language({"LANG": "zh_CN.UTF-8"})
        'zh'
        >>> choose_greeting_language({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"})
        'en'
    """
    named = next((environment[name] for name in LOCALE_VARIABLES if environment.get(name)), "")
    return "zh" if named.startswith("zh") else "en"


def shorten_home(path: Path) -> str:
    """Write a path with ``~`` for the person's own folder."""
    return f"~/{path.relative_to(Path.home())}" if path.is_relative_to(Path.home()) else str(path)

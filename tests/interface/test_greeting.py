"""What is said before the first prompt, and whether the examples reach the plugins they are for."""

from pathlib import Path

import pytest

from chatlstm.interface.assemble import assemble_registry
from chatlstm.interface.greeting import (
    EXAMPLES,
    choose_greeting_language,
    shorten_home,
    welcome,
)
from chatlstm.pipeline.router import choose_route
from tests.interface.talks import make_talk, read_shown


def test_a_path_in_ones_own_folder_is_shortened() -> None:
    assert shorten_home(Path.home() / "notes" / "history.db") == "~/notes/history.db"


def test_another_path_is_written_whole() -> None:
    assert shorten_home(Path("/elsewhere/history.db")) == "/elsewhere/history.db"


@pytest.mark.parametrize(
    ("language", "examples"),
    [
        ("en", "Say something, such as:\n  How was your day?\n  Once upon a time there was a little fox"),
        ("zh", "说点什么，例如：\n  今天过得怎么样？\n  从前有一只小狐狸"),
    ],
)
def test_the_first_start_is_greeted_in_three_lines_and_offered_examples(language: str, examples: str) -> None:
    talk = make_talk()
    welcome(talk, "Stored in x", Path("/y/config.toml"), language)
    title, *rest = read_shown(talk).split("\n", 1)

    assert title.startswith("ChatLSTM ")
    assert rest == [
        f"/help tells how, Ctrl-D leaves; settings: /y/config.toml\nStored in x\n\n{examples}\n\n"
    ]


@pytest.mark.parametrize("language", EXAMPLES)
def test_each_example_reaches_its_plugin(language: str) -> None:
    domains = assemble_registry().domains.values()
    examples = EXAMPLES[language]
    reached = {name: choose_route(text, domains, chosen=None, last=None).domain for name, text in examples.items()}

    assert reached == {name: name for name in examples}


@pytest.mark.parametrize("language", EXAMPLES)
def test_each_plugin_that_comes_along_has_an_example(language: str) -> None:
    assert set(EXAMPLES[language]) == set(assemble_registry().domains)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_locale_chooses_the_language(environment: dict[str, str], language: str) -> None:
    assert choose_greeting_language(environment) == language

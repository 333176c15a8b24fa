"""Default commands, suggestions, and settings from the context."""

import click
import pytest

from chatlstm.interface.command import CommandGroup, SettingsCommand


@pytest.fixture
def group() -> click.Group:
    """Give a group of two commands, the first of which takes an option."""

    @click.command()
    @click.option("--short", is_flag=True)
    def zebra(short: bool) -> str:
        return f"zebra {short}"

    @click.command()
    def ape() -> str:
        return "ape"

    return CommandGroup("animals", commands={"zebra": zebra, "ape": ape})


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "zebra False"),
        (["--short"], "zebra True"),
        (["zebra"], "zebra False"),
        (["ape"], "ape"),
    ],
)
def test_the_first_command_is_the_default(
    group: click.Group, arguments: list[str], told: str
) -> None:
    assert group.main(arguments, standalone_mode=False) == told


def test_help_is_the_groups_own(group: click.Group, capsys: pytest.CaptureFixture[str]) -> None:
    group.main(["--help"], prog_name="animals", standalone_mode=False)

    assert capsys.readouterr().out.startswith("Usage: animals [OPTIONS] COMMAND")


def test_an_unknown_command_is_answered_with_the_nearest(group: click.Group) -> None:
    with pytest.raises(click.UsageError, match="did you mean 'zebra'"):
        group.main(["zebras"], standalone_mode=False)


def test_one_that_is_near_none_is_answered_with_all(group: click.Group) -> None:
    with pytest.raises(click.UsageError, match="there is zebra, ape"):
        group.main(["q"], standalone_mode=False)


def test_completion_of_nothing_lists_the_commands(group: click.Group) -> None:
    context = group.make_context("animals", [], resilient_parsing=True)

    assert [item.value for item in group.shell_complete(context, "")] == ["zebra", "ape"]


def test_completion_behind_an_unknown_command_raises_nothing(group: click.Group) -> None:
    context = group.make_context("animals", ["lion"], resilient_parsing=True)

    assert group.resolve_command(context, ["lion"])[1] is None


def test_a_settings_command_without_a_function_does_nothing() -> None:
    assert SettingsCommand("nothing").main([], standalone_mode=False) is None

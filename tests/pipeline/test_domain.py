"""What a plugin says of itself, and the options a person may set."""

from pathlib import Path

import pytest

from chatlstm.engine.api import Prompt, Sampling
from chatlstm.errors import MisuseError
from chatlstm.pipeline.domain import Domain, Draft, list_records
from chatlstm.pipeline.options import Option
from chatlstm.records import Request, Turn
from tests.doubles import CannedGenerator

COUNT = Option("candidates", 16, 1, 64, "replies to choose from")
SHARE = Option("relevance", 0.5, 0, 1.5, "weight of the context")


class Limericks(Domain):
    name = "limericks"
    summary = "Five lines of comic verse."


@pytest.mark.parametrize("option", [COUNT, SHARE])
def test_what_is_not_set_is_the_default(option: Option) -> None:
    assert option.read({"other": "3"}) == option.default


@pytest.mark.parametrize(("typed", "value"), [("1", 1), ("64", 64), (" 8 ", 8)])
def test_a_whole_number_within_bounds_is_read(typed: str, value: float) -> None:
    assert COUNT.read({"candidates": typed}) == value


@pytest.mark.parametrize(("typed", "value"), [("0", 0), ("1.5", 1.5), ("1e-1", 0.1)])
def test_a_number_within_bounds_is_read(typed: str, value: float) -> None:
    assert SHARE.read({"relevance": typed}) == value


@pytest.mark.parametrize("typed", ["0", "65", "8.5", "eight", "", "nan", "inf", "9" * 400, "9" * 5000])
def test_what_is_no_whole_number_within_bounds_is_refused(typed: str) -> None:
    with pytest.raises(MisuseError, match=r"^candidates must be a whole number from 1 to 64, got '"):
        COUNT.read({"candidates": typed})


@pytest.mark.parametrize("typed", ["-0.1", "1.6", "much", "nan", "inf", "1e999"])
def test_what_is_no_number_within_bounds_is_refused(typed: str) -> None:
    with pytest.raises(MisuseError, match=f"^relevance must be a number from 0 to 1.5, got '{typed}'$"):
        SHARE.read({"relevance": typed})


def test_the_smallest_plugin_continues_the_persons_words() -> None:
    request = Request("About a cat.", (Turn("person", "Hi."), Turn("reply", "Hello.")))

    assert Limericks().begin(request) == Draft(request, Prompt("limericks", ("About a cat.",)), Sampling())


def test_a_reply_is_retraced_behind_the_persons_words() -> None:
    assert Limericks().retrace(Request("About a cat."), "A cat sat.") == [
        (Prompt("limericks", ("About a cat.",)), "A cat sat.")
    ]


class Going(Limericks):
    def begin(self, request: Request) -> Draft:
        return Draft(request, Prompt(self.name, (), request.text))


@pytest.mark.parametrize("reply", ["A cat sat.", " sat."])
def test_what_the_prompt_begins_with_is_retraced_once(reply: str) -> None:
    assert Going().retrace(Request("A cat"), reply) == [(Prompt("limericks", (), "A cat"), " sat.")]


def test_the_smallest_plugin_has_no_records_stages_options_cues_or_measures(tmp_path: Path) -> None:
    plugin = Limericks()
    measures = plugin.evaluate(CannedGenerator([""]), (), options={}, seed=1)

    assert [*plugin.records(tmp_path), *plugin.stages(), *plugin.options, *plugin.cues, *measures] == []


def test_the_smallest_plugin_shows_a_turn_as_it_is() -> None:
    assert Limericks().show(" There once was", "en") == " There once was"


def test_the_smallest_plugin_verifies_nothing() -> None:
    assert Limericks().open_judge() is None


def test_a_plugin_of_one_language_gives_the_same_records_in_it(tmp_path: Path) -> None:
    assert list(Limericks().records_in("en", tmp_path)) == list(Limericks().records(tmp_path))


def test_a_language_that_a_plugin_does_not_write_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match="limericks has text in en only, not in zh"):
        list(list_records(Limericks(), tmp_path, language="zh"))

"""The public API of plugins."""

from pathlib import Path

from chatlstm import plugin
from chatlstm.engine.api import Prompt
from chatlstm.errors import ChatLSTMError
from chatlstm.pipeline.domain import list_records
from chatlstm.pipeline.pipeline import answer
from chatlstm.pipeline.registry import load_registry
from chatlstm.records import Record, Request
from tests.doubles import CannedGenerator

SMALLEST = '''
"""Limericks for ChatLSTM: five lines of comic verse."""

from chatlstm.plugin import Domain, read_records


class Limericks(Domain):
    """Answers with a limerick on the subject the user names."""

    name = "limericks"
    summary = "Five lines of comic verse, rhymed aabba."
    cues = ("limerick", "there once was")

    def records(self, corpora):
        return read_records(corpora / "limericks.jsonl")
'''


def test_it_offers_all_it_has() -> None:
    public = {name for name in vars(plugin) if name.isidentifier() and not name.startswith("_")}

    assert set(plugin.__all__) == public


def test_the_errors_a_plugin_may_raise_are_sentences() -> None:
    assert issubclass(plugin.ConstraintError, ChatLSTMError)


def test_the_smallest_plugin_answers(tmp_path: Path) -> None:
    path = tmp_path / "limericks.py"
    path.write_text(SMALLEST, encoding="utf-8")
    domain = load_registry((), (path,)).find("limericks")
    engine = CannedGenerator(["There once was a cat."])

    told = "".join(piece.text for piece in answer(domain, Request("a cat"), engine))

    assert (told, engine.prompts) == ("There once was a cat.", [Prompt("limericks", ("a cat",))])


def test_the_smallest_plugin_reads_its_records(tmp_path: Path) -> None:
    path = tmp_path / "limericks.py"
    path.write_text(SMALLEST, encoding="utf-8")
    line = '{"prompt": "a cat", "reply": "There once was a cat."}\n'
    (tmp_path / "limericks.jsonl").write_text(line, encoding="utf-8")

    domain = load_registry((), (path,)).find("limericks")

    assert list(list_records(domain, tmp_path, language="en")) == [
        Record("limericks", ("a cat", "There once was a cat."), "limericks.jsonl")
    ]

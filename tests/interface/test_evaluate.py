"""``chatlstm evaluate`` on a plugin of forty records and a tiny checkpoint."""

import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner, Result

from chatlstm.errors import MissingError, MisuseError
from chatlstm.interface.assemble import load_model
from chatlstm.interface.evaluate import evaluate
from chatlstm.interface.evaluation import measure_counts
from chatlstm.records import Record

PLUGIN = '''
"""Numbers, told one after the other."""

from chatlstm.plugin import Domain, Measure, Option, Record


class Numbers(Domain):
    name = "numbers"
    summary = "Tells the next number."
    options = (Option("bias", 0, 0, 9, "added to what is measured"),)

    def records(self, corpora):
        return [Record("numbers", (f"say {n:04}", f"say {n + 1:04}")) for n in range(COUNT)]

    def evaluate(self, engine, held_out, *, options, seed):
        yield Measure("bias", self.options[0].read(options), low=-0.5, high=9.5)
        yield Measure("bias", -1.0, "random")
'''


def run(tmp_path: Path, checkpoint: Path, *arguments: str, count: int = 400, plugin: str = PLUGIN) -> Result:
    path = tmp_path / "numbers.py"
    path.write_text(plugin.replace("COUNT", str(count)), encoding="utf-8")
    return CliRunner().invoke(evaluate, [str(path), "--checkpoint", str(checkpoint), *arguments])


def test_json_holds_the_loss_the_plugins_measures_and_the_references(
    tmp_path: Path, tiny_checkpoint: Path
) -> None:
    told = json.loads(run(tmp_path, tiny_checkpoint, "-o", "bias=4", "--json").stdout)
    assert told["plugin"] == "numbers"
    assert told["bias"] == 4.0
    assert told["references"]["random"]["bias"] == -1.0
    assert set(told["references"]["no_context"]) == {"bits_per_byte", "word_perplexity"}


def test_what_a_plugin_writes_is_looked_up_in_its_training_text(tmp_path: Path, tiny_checkpoint: Path) -> None:
    # the training text says "say 0007", two words, and nothing longer
    writing = PLUGIN.replace("import Domain", "import Written, Domain").replace(
        "        yield Measure", "        yield Written('now say 0007 now say 0008 now say')\n        yield Measure", 1
    )
    told = json.loads(run(tmp_path, tiny_checkpoint, "--json", plugin=writing).stdout)
    assert (told["longest_copy"], told["novel_8grams"]) == (2.0, 1.0)
    assert told["references"]["human"] == {"longest_copy": 2.0}


def test_counts_of_the_training_text_predict_better_than_chance(tmp_path: Path, tiny_checkpoint: Path) -> None:
    told = json.loads(run(tmp_path, tiny_checkpoint, "--json").stdout)["references"]
    # but for its number every turn is the same
    assert told["ngram"]["bits_per_byte"] < told["random"]["bits_per_byte"] / 4


def test_without_training_text_nothing_is_counted(tiny_checkpoint: Path) -> None:
    model = load_model(str(tiny_checkpoint), None)
    assert list(measure_counts(model, [Record("numbers", ("say 0001",))], [])) == []


def test_an_untrained_network_predicts_about_as_well_as_chance(
    tmp_path: Path, tiny_checkpoint: Path
) -> None:
    told = json.loads(run(tmp_path, tiny_checkpoint, "--json").stdout)
    assert told["bits_per_byte"] == pytest.approx(
        told["references"]["random"]["bits_per_byte"], rel=0.05
    )


def test_word_perplexity_is_the_loss_of_a_word(tmp_path: Path, tiny_checkpoint: Path) -> None:
    told = json.loads(run(tmp_path, tiny_checkpoint, "--limit", "1", "--json").stdout)
    # "say 0012" and "say 0013": four words in sixteen bytes
    bits = math.log2(told["word_perplexity"]) * 4
    assert told["records"] == 1
    assert bits / told["bits_per_byte"] == pytest.approx(16)


def test_about_one_record_in_forty_is_held_out(tmp_path: Path, tiny_checkpoint: Path) -> None:
    told = json.loads(run(tmp_path, tiny_checkpoint, "--json", count=2000).stdout)
    # 50 of 2,000 in the mean; three standard deviations are 21
    assert 29 <= told["records"] <= 71


def test_the_table_has_a_column_for_each_reference(tmp_path: Path, tiny_checkpoint: Path) -> None:
    lines = run(tmp_path, tiny_checkpoint).stdout.splitlines()
    head = next(line for line in lines if line.startswith("measure"))
    assert head.split() == ["measure", "reached", "95", "%", "no_context", "random", "ngram"]


def test_a_plugin_without_held_out_records_is_told(tmp_path: Path, tiny_checkpoint: Path) -> None:
    result = run(tmp_path, tiny_checkpoint, count=0)
    assert isinstance(result.exception, MissingError)
    assert str(result.exception) == "numbers has no held-out records; see: chatlstm corpora list"


def test_an_option_that_the_plugin_has_not_is_refused(
    tmp_path: Path, tiny_checkpoint: Path
) -> None:
    result = run(tmp_path, tiny_checkpoint, "-o", "rhyme=1")
    assert isinstance(result.exception, MisuseError)
    assert "no option 'rhyme'" in str(result.exception)


@pytest.mark.parametrize("name", ["bits_per_byte", "word_perplexity"])
def test_the_interval_of_the_loss_holds_it(tmp_path: Path, tiny_checkpoint: Path, name: str) -> None:
    told = json.loads(run(tmp_path, tiny_checkpoint, "--json").stdout)
    low, high = told["intervals"][name]
    assert low < told[name] < high


def test_the_ends_of_an_interval_stand_beside_its_figure(tmp_path: Path, tiny_checkpoint: Path) -> None:
    lines = run(tmp_path, tiny_checkpoint).stdout.splitlines()
    assert next(line for line in lines if line.startswith("bias")).split()[:3] == ["bias", "0", "-0.5..9.5"]


class Page(HTMLParser):
    """Counts the tags of a page that are closed, and keeps its text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.told = ""
        self.bars = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.bars += tag == "rect"
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self.bars += tag == "rect"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.told += data


def test_the_page_has_a_bar_for_each_figure_and_each_reference(tmp_path: Path, tiny_checkpoint: Path) -> None:
    page = tmp_path / "report.html"
    run(tmp_path, tiny_checkpoint, "--html", str(page))
    parsed = Page()
    parsed.feed(page.read_text(encoding="utf-8"))
    assert parsed.open == []
    # bits a byte: ours, no context, chance, n-grams; perplexity: ours, no context, n-grams; bias: ours, chance
    assert parsed.bars == 9
    assert "-0.5 to 9.5" in parsed.told


def test_the_page_asks_nothing_of_the_network(tmp_path: Path, tiny_checkpoint: Path) -> None:
    page = tmp_path / "report.html"
    run(tmp_path, tiny_checkpoint, "--html", str(page))
    assert not re.search(r"https?:|//|@import|<script|src=", page.read_text(encoding="utf-8"))


def test_every_plugin_is_measured_in_the_languages_there_are_checkpoints_for(
    tmp_path: Path, tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATLSTM_HOME", str(tmp_path))
    copytree(tiny_checkpoint, tmp_path / "checkpoints" / "en")
    (tmp_path / "plugins").mkdir()
    plugin = PLUGIN.replace("COUNT", "400").replace("    name =", '    languages = ("en", "tlh")\n    name =')
    (tmp_path / "plugins" / "numbers.py").write_text(plugin, encoding="utf-8")

    ended = CliRunner().invoke(evaluate, ["--all", "--json", "--corpora", str(tmp_path)])

    told = json.loads(ended.stdout)
    assert [(one["plugin"], one["language"]) for one in told] == [("numbers", "en")]
    assert "numbers in tlh is left out: no checkpoint 'tlh'" in ended.stderr
    assert "dialogue in en is left out" in ended.stderr  # its text is not there


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "evaluate needs the name of a plugin, or --all"),
        (["dialogue", "--all"], "evaluate needs the name of a plugin, or --all"),
        (["--all", "-o", "poems=3"], "--all takes no --checkpoint and no -o"),
    ],
)
def test_what_is_measured_must_be_clear(arguments: list[str], reason: str) -> None:
    result = CliRunner().invoke(evaluate, arguments)
    assert isinstance(result.exception, MisuseError)
    assert reason in str(result.exception)

"""``chatlstm evaluate`` on a plugin of forty records and a tiny checkpoint."""

import json
import math
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chatlstm.errors import MissingError, MisuseError
from chatlstm.interface.evaluate import evaluate

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
        yield Measure("bias", self.options[0].read(options))
        yield Measure("bias", -1.0, "random")
'''


def run(tmp_path: Path, checkpoint: Path, *arguments: str, count: int = 400) -> Result:
    plugin = tmp_path / "numbers.py"
    plugin.write_text(PLUGIN.replace("COUNT", str(count)), encoding="utf-8")
    return CliRunner().invoke(evaluate, [str(plugin), "--checkpoint", str(checkpoint), *arguments])


def test_json_holds_the_loss_the_plugins_measures_and_the_references(
    tmp_path: Path, tiny_checkpoint: Path
) -> None:
    told = json.loads(run(tmp_path, tiny_checkpoint, "-o", "bias=4", "--json").stdout)
    assert told["plugin"] == "numbers"
    assert told["bias"] == 4.0
    assert told["references"]["random"]["bias"] == -1.0
    assert set(told["references"]["no_context"]) == {"bits_per_byte", "word_perplexity"}


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
    assert head.split() == ["measure", "reached", "no_context", "random"]


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

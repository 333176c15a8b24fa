"""What becomes of a finished run."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from chatlstm.engine.checkpoint import read_config
from chatlstm.engine.corpus import TRAIN, VALIDATION, choose_split
from chatlstm.engine.outcome import describe_run, learn_matching, save_run
from chatlstm.engine.run import RunConfig, Start, learn_tokenizer, open_run, prepare_run
from chatlstm.engine.snapshot import read_snapshot
from chatlstm.engine.weights import load_checkpoint
from chatlstm.errors import CheckpointError
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import Tokenizer
from tests.doubles import write_tiny_checkpoint
from tests.engine.runs import (
    CPU,
    RECORDS,
    TRAINING,
    load_start,
    prepare,
    prepare_student,
    prepare_tuning,
)

MANY = [Record("dialogue", (f"Is it {n}?", f"It is {n}."), "own") for n in range(2400)]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return learn_tokenizer(RECORDS, "en", 280)


def test_a_tuned_checkpoint_keeps_the_domains_and_sources_it_had(tmp_path: Path) -> None:
    prepare_tuning(tmp_path)
    list(open_run(tmp_path / "run", CPU).run())

    described = describe_run(tmp_path / "run", "tuned", date="2026-01-31")

    assert described.domains == ("story", "dialogue")
    assert described.facts["sources"] == ["story/old", "dialogue/own"]


def test_a_run_from_a_checkpoint_that_named_no_sources_names_its_own(tmp_path: Path) -> None:
    start, tokenizer = load_start(tmp_path / "en")
    bare = Start(start.weights, replace(start.config, facts={}))
    config = RunConfig("en", ("dialogue",), bare.config.network, TRAINING, bfloat16=False, start="en@0")
    prepare_run(tmp_path / "run", lambda: iter(RECORDS), tokenizer, config, bare)
    list(open_run(tmp_path / "run", CPU).run())

    assert describe_run(tmp_path / "run", "x", date="").facts["sources"] == ["dialogue/own"]


def test_a_finished_run_becomes_a_checkpoint_of_its_best_weights(
    tokenizer: Tokenizer, tmp_path: Path
) -> None:
    prepare(tmp_path / "run", tokenizer)
    trainer = open_run(tmp_path / "run", CPU)
    *_, last = trainer.run(lambda step: f"dialogue: drawn at {step}")
    described = describe_run(tmp_path / "run", "mine", date="2026-01-31")

    saved = save_run(tmp_path / "run", tmp_path / "mine", described, card="# Card\n")

    network, _, config = load_checkpoint(tmp_path / "mine", CPU)
    assert config == saved
    assert torch.equal(network.embedding.weight, trainer.averaged.embedding.weight.half().float())
    assert (tmp_path / "mine" / "README.md").read_text() == "# Card\n"
    assert config.facts["bits_per_byte"] == last.validation
    assert (config.facts["samples"], config.facts["date"]) == (last.sample, "2026-01-31")
    assert (config.facts["tokens"], config.facts["steps"]) == (last.tokens, last.step)


def test_a_checkpoint_tells_its_facts_without_its_metrics(tokenizer: Tokenizer, tmp_path: Path) -> None:
    prepare(tmp_path / "run", tokenizer)
    list(open_run(tmp_path / "run", CPU).run())
    (tmp_path / "run" / "metrics.jsonl").unlink()

    facts = describe_run(tmp_path / "run", "mine", date="").facts

    assert (facts["minutes"], facts["tokens"], facts["samples"]) == (0.0, 0, "")


def test_a_run_without_a_validation_makes_no_checkpoint(tokenizer: Tokenizer, tmp_path: Path) -> None:
    prepare(tmp_path, tokenizer)

    with pytest.raises(CheckpointError, match=r"best\.safetensors"):
        describe_run(tmp_path, "mine", date="")


def test_a_failed_save_leaves_the_old_checkpoint(tokenizer: Tokenizer, tmp_path: Path) -> None:
    old = write_tiny_checkpoint(tmp_path / "mine")
    identity = read_config(old).identity
    prepare(tmp_path / "run", tokenizer)
    list(open_run(tmp_path / "run", CPU).run())
    described = describe_run(tmp_path / "run", "mine", date="")
    (tmp_path / "run" / "best.safetensors").unlink()

    with pytest.raises(CheckpointError):
        save_run(tmp_path / "run", old, described, card="")

    assert read_config(old).identity == identity


def finish(folder: Path, tokenizer: Tokenizer, records: list[Record]) -> float | None:
    """Train, learn the matching, and make the checkpoint ``mine`` beside the run."""
    prepare(folder, tokenizer, records)
    list(open_run(folder, CPU).run())
    hits = learn_matching(folder, CPU)
    save_run(folder, folder.parent / "mine", describe_run(folder, "mine", date=""), card="")
    return hits


def tune(folder: Path, start: Path, tokenizer: Tokenizer, records: list[Record]) -> float | None:
    network, _, config = load_checkpoint(start, CPU)
    tuned = RunConfig("en", ("dialogue",), config.network, TRAINING, bfloat16=False, start="mine@0")
    prepare_run(folder, lambda: iter(records), tokenizer, tuned, Start(network.state_dict(), config))
    list(open_run(folder, CPU).run())
    return learn_matching(folder, CPU)


def test_a_checkpoint_trained_on_many_replies_matches_them(tokenizer: Tokenizer, tmp_path: Path) -> None:
    hits = finish(tmp_path / "run", tokenizer, MANY)

    network, _, config = load_checkpoint(tmp_path / "mine", CPU)
    matching = config.facts["matching"]
    assert isinstance(matching, dict)
    assert network.matcher is not None
    assert config.network.match_size == 128
    assert (matching["hits_at_1"], matching["pairs"] >= 2000) == (hits, True)
    assert hits is not None
    assert hits > 0.2  # numbers can be told apart; chance is 0.05


def test_too_few_replies_are_told_and_nothing_is_learned(tokenizer: Tokenizer, tmp_path: Path) -> None:
    assert finish(tmp_path / "run", tokenizer, RECORDS) is None
    assert load_checkpoint(tmp_path / "mine", CPU)[0].matcher is None


def test_a_matcher_is_kept_by_what_is_tuned_on_few_replies(tokenizer: Tokenizer, tmp_path: Path) -> None:
    finish(tmp_path / "run", tokenizer, MANY)
    tune(tmp_path / "next", tmp_path / "mine", tokenizer, RECORDS)
    save_run(tmp_path / "next", tmp_path / "tuned", describe_run(tmp_path / "next", "tuned", date=""), card="")

    first, kept = (load_checkpoint(tmp_path / name, CPU)[0].matcher for name in ("mine", "tuned"))
    assert first is not None
    assert kept is not None
    assert torch.equal(kept.log_scale, first.log_scale)


def test_learning_to_match_ends_alike_each_time(tokenizer: Tokenizer, tmp_path: Path) -> None:
    finish(tmp_path / "run", tokenizer, MANY)
    first, told = read_snapshot(tmp_path / "run" / "matcher.safetensors", CPU)
    learn_matching(tmp_path / "run", CPU)
    second, told_again = read_snapshot(tmp_path / "run" / "matcher.safetensors", CPU)

    assert told == told_again
    assert all(torch.equal(first[name], tensor) for name, tensor in second.items())


def test_a_matcher_follows_what_it_reads(tokenizer: Tokenizer, tmp_path: Path) -> None:
    finish(tmp_path / "run", tokenizer, MANY)

    tune(tmp_path / "next", tmp_path / "mine", tokenizer, MANY)

    taught, _ = read_snapshot(tmp_path / "next" / "matcher.safetensors", CPU)
    started, _ = read_snapshot(tmp_path / "next" / "start.safetensors", CPU)
    assert not torch.equal(taught["log_scale"], started["matcher.log_scale"])


def test_a_matcher_is_not_given_up_for_a_worse_one(tokenizer: Tokenizer, tmp_path: Path) -> None:
    finish(tmp_path / "run", tokenizer, MANY)
    wrong = [Record("dialogue", (f"Is it {n}?", f"It is {7 * n % 2200}."), "own") for n in range(2400)]
    mixed = [record for record in wrong if choose_split(record) == TRAIN]
    mixed += [record for record in MANY if choose_split(record) == VALIDATION]

    tune(tmp_path / "next", tmp_path / "mine", tokenizer, mixed)

    kept, _ = read_snapshot(tmp_path / "next" / "matcher.safetensors", CPU)
    started, _ = read_snapshot(tmp_path / "next" / "start.safetensors", CPU)
    assert torch.equal(kept["log_scale"], started["matcher.log_scale"])


def test_minutes_before_are_told_of_a_tuned_checkpoint(tmp_path: Path) -> None:
    start, tokenizer = load_start(tmp_path / "en")
    told = replace(start.config, facts={"minutes": 3.5, "minutes_before": 1.25})
    config = RunConfig("en", ("dialogue",), told.network, TRAINING, bfloat16=False, start="en@0")
    prepare_run(tmp_path / "run", lambda: iter(RECORDS), tokenizer, config, Start(start.weights, told))
    list(open_run(tmp_path / "run", CPU).run())

    assert describe_run(tmp_path / "run", "x", date="").facts["minutes_before"] == 4.75


def test_a_student_tells_who_taught_it(tmp_path: Path) -> None:
    prepare_student(tmp_path, hidden_size=4)
    list(open_run(tmp_path / "run", CPU).run())

    compression = describe_run(tmp_path / "run", "small", date="").facts["compression"]
    assert compression == {"kind": "distilled", "start": "en@0", "bits_per_byte_before": {"all": 1.5}}

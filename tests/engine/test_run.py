import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from chatlstm.engine.checkpoint import read_config
from chatlstm.engine.config import Budget, NetworkConfig, TrainingConfig
from chatlstm.engine.corpus import TEST, TRAIN, VALIDATION, choose_split, read_token_file
from chatlstm.engine.run import (
    RunConfig,
    Start,
    describe_run,
    learn_tokenizer,
    lock_run,
    open_run,
    prepare_run,
    read_held_out,
    read_run,
    read_text,
    save_run,
)
from chatlstm.engine.weights import load_checkpoint
from chatlstm.errors import CheckpointError, MisuseError
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import Tokenizer
from tests.doubles import write_tiny_checkpoint

CPU = torch.device("cpu")
RECORDS = [Record("dialogue", (f"Is it {n}?", f"It is {n * n}."), "own") for n in range(200)]
TRAINING = TrainingConfig(Budget(tokens=2000), batch_size=4, backprop_steps=10, validations=2)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return learn_tokenizer(RECORDS, "en", 280)


def make_config(tokenizer: Tokenizer) -> RunConfig:
    network = NetworkConfig(tokenizer.vocabulary_size, hidden_size=8, num_layers=1)
    return RunConfig("en", ("dialogue",), network, TRAINING, bfloat16=False)


def prepare(folder: Path, tokenizer: Tokenizer, records: list[Record] = RECORDS) -> RunConfig:
    config = make_config(tokenizer)
    prepare_run(folder, lambda: iter(records), tokenizer, config)
    return config


def count_records(folder: Path) -> list[int]:
    return [len(read_token_file(folder / "tokens" / part)) for part in (TRAIN, VALIDATION, TEST)]


def test_what_was_asked_comes_back(tokenizer: Tokenizer, tmp_path: Path) -> None:
    config = prepare(tmp_path, tokenizer)

    assert read_run(tmp_path) == config


def test_records_are_split_by_their_hash(tokenizer: Tokenizer, tmp_path: Path) -> None:
    records = [Record("story", (f"{n} " * 60,)) for n in range(200)]
    prepare(tmp_path, tokenizer, records)

    splits = list(map(choose_split, records))
    assert count_records(tmp_path) == [splits.count(part) for part in (TRAIN, VALIDATION, TEST)]
    assert read_held_out(tmp_path) == "one in forty"


def test_of_little_text_one_record_in_ten_is_held_out(tokenizer: Tokenizer, tmp_path: Path) -> None:
    prepare(tmp_path, tokenizer, RECORDS[:30])

    assert (count_records(tmp_path), read_held_out(tmp_path)) == ([27, 3, 0], "one in ten")


def test_a_single_record_is_validated_on_itself(tokenizer: Tokenizer, tmp_path: Path) -> None:
    prepare(tmp_path, tokenizer, RECORDS[:1])

    _, train, validation = read_text(tmp_path)
    assert (count_records(tmp_path), read_held_out(tmp_path)) == ([1, 0, 0], "none")
    assert validation.tokens.tolist() == train.tokens.tolist()


def test_no_record_is_refused(tokenizer: Tokenizer, tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match="nothing to train on"):
        prepare(tmp_path, tokenizer, [])


def test_a_run_prepared_anew_forgets_the_one_before(tokenizer: Tokenizer, tmp_path: Path) -> None:
    prepare(tmp_path, tokenizer)
    list(open_run(tmp_path, CPU).run())
    prepare(tmp_path, tokenizer)

    assert open_run(tmp_path, CPU).share_used == 0.0
    assert not (tmp_path / "metrics.jsonl").exists()


def test_a_run_killed_while_it_was_prepared_is_none(tokenizer: Tokenizer, tmp_path: Path) -> None:
    def fail() -> Iterator[Record]:
        yield RECORDS[0]
        raise KeyboardInterrupt

    prepare(tmp_path, tokenizer)
    with pytest.raises(KeyboardInterrupt):
        prepare_run(tmp_path, fail, tokenizer, make_config(tokenizer))

    with pytest.raises(CheckpointError, match="no training run to go on with"):
        read_run(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 1}'])
def test_a_foreign_run_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(content)

    with pytest.raises(CheckpointError, match=r"run\.json: there is no training run"):
        read_run(tmp_path)


def test_a_newer_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"format": 2}')

    with pytest.raises(CheckpointError, match="has format 2, this ChatLSTM reads 1"):
        read_run(tmp_path)


def test_a_run_that_does_not_tell_what_it_held_out_held_out_by_the_hash(
    tokenizer: Tokenizer, tmp_path: Path
) -> None:
    prepare(tmp_path, tokenizer)
    facts = json.loads((tmp_path / "run.json").read_text())
    del facts["held_out"]
    (tmp_path / "run.json").write_text(json.dumps(facts))

    assert read_held_out(tmp_path) == "one in forty"


def test_an_opened_run_goes_on_from_its_snapshot(tokenizer: Tokenizer, tmp_path: Path) -> None:
    prepare(tmp_path, tokenizer)
    running = open_run(tmp_path, CPU).run()
    next(running)
    next(running)  # only now the snapshot of the first is written
    running.close()

    assert open_run(tmp_path, CPU).share_used == pytest.approx(0.5, abs=0.03)


def test_the_seed_fixes_the_first_weights(tokenizer: Tokenizer, tmp_path: Path) -> None:
    prepare(tmp_path, tokenizer)

    first, second = (open_run(tmp_path, CPU).network.embedding.weight for _ in range(2))

    assert torch.equal(first, second)


def load_start(folder: Path) -> tuple[Start, Tokenizer]:
    network, tokenizer, config = load_checkpoint(write_tiny_checkpoint(folder), CPU)
    config = replace(config, domains=("story",), facts={"sources": ["story/old", "dialogue/own"]})
    return Start(network.state_dict(), config), tokenizer


def prepare_tuning(folder: Path) -> Start:
    start, tokenizer = load_start(folder / "en")
    config = RunConfig(
        "en", ("dialogue",), start.config.network, TRAINING, bfloat16=False, start=start.config.identity
    )
    prepare_run(folder / "run", lambda: iter(RECORDS), tokenizer, config, start)
    return start


def test_a_run_from_a_checkpoint_begins_with_its_weights(tmp_path: Path) -> None:
    start = prepare_tuning(tmp_path)

    found = open_run(tmp_path / "run", CPU).network.state_dict()

    assert all(torch.equal(found[name], tensor) for name, tensor in start.weights.items())


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
    assert torch.equal(network.embedding.weight, trainer.network.embedding.weight.half().float())
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


def test_a_run_is_locked_for_others_until_it_is_left(tmp_path: Path) -> None:
    refused = pytest.raises(MisuseError, match=r"another process is training 'x'; .*another --name")
    with lock_run(tmp_path / "x"), refused, lock_run(tmp_path / "x"):
        pass
    with lock_run(tmp_path / "x"):
        pass


def test_who_holds_a_run_removes_what_killed_writers_left(tmp_path: Path) -> None:
    (tmp_path / ".snapshot.safetensors.7.part").write_bytes(b"half")

    with lock_run(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_chinese_is_cut_into_characters() -> None:
    tokenizer = learn_tokenizer([Record("dialogue", ("你好", "你好吗"))], "zh", 300)

    assert len(tokenizer.encode("你好吗")) == 3

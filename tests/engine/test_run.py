import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from chatlstm.engine.corpus import TEST, TRAIN, VALIDATION, choose_split, read_token_file
from chatlstm.engine.run import (
    learn_tokenizer,
    lock_run,
    open_run,
    prepare_run,
    read_held_out,
    read_run,
    read_text,
)
from chatlstm.errors import CheckpointError, MisuseError
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import Tokenizer
from tests.engine.runs import (
    CPU,
    RECORDS,
    make_config,
    prepare,
    prepare_student,
    prepare_tuning,
)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return learn_tokenizer(RECORDS, "en", 280)


def count_records(folder: Path) -> list[int]:
    return [len(read_token_file(folder / "tokens" / part)) for part in (TRAIN, VALIDATION, TEST)]


def test_what_was_asked_comes_back(tokenizer: Tokenizer, tmp_path: Path) -> None:
    config = prepare(tmp_path, tokenizer)

    assert read_run(tmp_path) == config


def test_records_are_split_by_their_hash(tokenizer: Tokenizer, tmp_path: Path) -> None:
    records = [Record("story", (f"{n} " * 60,)) for n in range(600)]
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


def test_a_run_from_a_checkpoint_begins_with_its_weights(tmp_path: Path) -> None:
    start = prepare_tuning(tmp_path)

    found = open_run(tmp_path / "run", CPU).network.state_dict()

    assert all(torch.equal(found[name], tensor) for name, tensor in start.weights.items())


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


def test_the_vocabulary_of_a_large_text_is_learned_from_a_sample_and_that_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    long = "a " * 2**20
    records = (Record("story", (long,) if n % 2 == 0 else ("zq" * 2**20,)) for n in range(50))

    tokenizer = learn_tokenizer(records, "en", 273)

    assert caplog.messages == [
        "the vocabulary is learned from a sample: one turn in 2, evenly spread over the text"
    ]
    assert len(tokenizer.encode("zq")) == 2


def test_all_of_a_small_text_is_learned_from(caplog: pytest.LogCaptureFixture) -> None:
    learn_tokenizer(RECORDS, "en", 280)

    assert caplog.messages == []


def test_a_student_starts_as_a_part_of_its_teacher(tmp_path: Path) -> None:
    start = prepare_student(tmp_path, hidden_size=4)
    embedding = open_run(tmp_path / "run", CPU).network.embedding.weight.detach()

    columns = start.weights["embedding.weight"].T.tolist()
    assert (embedding.shape[1], all(column in columns for column in embedding.T.tolist())) == (4, True)


def test_a_student_learns_other_things_than_without_its_teacher(tmp_path: Path) -> None:
    for name, taught in (("student", True), ("tuned", False)):
        prepare_student(tmp_path / name, hidden_size=16, taught=taught)
        list(open_run(tmp_path / name / "run", CPU).run())

    student, tuned = (open_run(tmp_path / name / "run", CPU).network for name in ("student", "tuned"))
    assert not torch.allclose(student.embedding.weight, tuned.embedding.weight)


def test_a_student_goes_on_where_it_was(tmp_path: Path) -> None:
    prepare_student(tmp_path, hidden_size=4)
    trainer = open_run(tmp_path / "run", CPU)
    list(trainer.run())
    resumed = open_run(tmp_path / "run", CPU)

    assert resumed.share_used == 1.0
    assert torch.equal(resumed.network.embedding.weight, trainer.network.embedding.weight)


def test_a_run_from_before_there_were_students_has_no_teacher(tokenizer: Tokenizer, tmp_path: Path) -> None:
    config = prepare(tmp_path, tokenizer)
    told = json.loads((tmp_path / "run.json").read_text("utf-8"))
    del told["taught"]
    (tmp_path / "run.json").write_text(json.dumps(told), "utf-8")

    assert read_run(tmp_path) == config

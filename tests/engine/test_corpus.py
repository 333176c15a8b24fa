import mmap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.engine.corpus import (
    TEST,
    TRAIN,
    VALIDATION,
    choose_split,
    decode_turns,
    hold_out_tenth,
    lay_out_records,
    read_in_rows,
    read_token_file,
    sample_texts,
    write_token_files,
)
from chatlstm.errors import CheckpointError
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import DOMAIN, END, TURN, Tokenizer, train_bytes
from tests.engine.texts import make_token_file

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
RECORDS = [Record("dialogue", (f"Number {n}.", "Yes."), "own", 1 + n % 2) for n in range(400)]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_bytes(["Number 1. Yes."], vocabulary_size=280)


def test_one_record_in_forty_validates_and_one_is_for_tests() -> None:
    splits = [choose_split(Record("story", (f"Tale {n}.",))) for n in range(20_000)]

    # the mean is 500, the deviation 22
    assert 400 < splits.count(VALIDATION) < 600
    assert 400 < splits.count(TEST) < 600


@given(words, words, words)
def test_parts_of_one_document_fall_on_the_same_side(document: str, one: str, other: str) -> None:
    first = Record("story", (one,), document=document)
    second = Record("news", (other, one), "elsewhere", 2.0, document)

    assert choose_split(first) == choose_split(second)


@given(words, words)
def test_the_same_text_falls_on_the_same_side_whatever_its_source(one: str, other: str) -> None:
    assert choose_split(Record("a", (one, other), "x")) == choose_split(Record("b", (one, other), "y", 3.0))


@given(st.lists(words, min_size=2, max_size=40, unique=True))
def test_of_little_text_a_tenth_is_held_out_and_one_document_at_least(texts: list[str]) -> None:
    records = [Record("story", (text,)) for text in texts]

    splits = list(map(hold_out_tenth(records), records))

    assert splits.count(VALIDATION) == max(1, len(texts) // 10)
    assert splits.count(TRAIN) == len(texts) - splits.count(VALIDATION)


@given(st.lists(words, min_size=10, max_size=40, unique=True))
def test_of_little_text_what_the_hash_holds_out_is_held_out_first(texts: list[str]) -> None:
    records = [Record("story", (text,)) for text in texts]
    split = hold_out_tenth(records)
    trained = {choose_split(record) for record in records if split(record) == TRAIN}
    held_out = {choose_split(record) for record in records if split(record) == VALIDATION}

    assert trained == {TRAIN} or TRAIN not in held_out


@pytest.mark.parametrize("parts", [1, 5])
def test_a_single_document_is_all_trained_on(parts: int) -> None:
    records = [Record("story", (f"Part {n}.",), document="book") for n in range(parts)]

    assert set(map(hold_out_tenth(records), records)) == {TRAIN}


def test_records_come_back_as_they_were_laid_out(tokenizer: Tokenizer, tmp_path: Path) -> None:
    write_token_files(RECORDS, tokenizer, tmp_path)
    trained = [record for record in RECORDS if choose_split(record) == TRAIN]
    number, yes = tokenizer.encode(trained[3].turns[0]), tokenizer.encode("Yes.")
    name = tokenizer.encode("dialogue")

    found = read_token_file(tmp_path / TRAIN).record(3).tolist()

    assert found == [DOMAIN, *name, TURN, *number, TURN, *yes, END]


def test_weights_and_sources_come_back(tokenizer: Tokenizer, tmp_path: Path) -> None:
    records = [Record("a", ("Yes.",), "x", 0.5), Record("b", ("Yes.",), "y", 2.0)]
    write_token_files(records, tokenizer, tmp_path, split=lambda _: TRAIN)

    found = read_token_file(tmp_path / TRAIN)

    assert (found.weights.tolist(), found.sources.tolist(), found.names) == ([0.5, 2.0], [0, 1], ("a/x", "b/y"))


def test_records_are_laid_out_in_memory_as_on_the_disk(tokenizer: Tokenizer, tmp_path: Path) -> None:
    sources = ("own", "other", "own")
    records = [Record("story", ("once " * n,), source, weight=n) for n, source in enumerate(sources, start=1)]
    write_token_files(records, tokenizer, tmp_path, split=lambda _: TRAIN)
    read, laid_out = read_token_file(tmp_path / TRAIN), lay_out_records(records, tokenizer)

    assert laid_out.names == read.names == ("story/own", "story/other")
    for name in ("tokens", "starts", "weights", "sources"):
        assert np.array_equal(vars(laid_out)[name], vars(read)[name])


def test_the_tokens_of_each_split_are_counted(tokenizer: Tokenizer, tmp_path: Path) -> None:
    counts = write_token_files(RECORDS, tokenizer, tmp_path)

    assert counts == {part: len(read_token_file(tmp_path / part).tokens) for part in (TRAIN, VALIDATION, TEST)}
    assert sum(counts.values()) == sum(map(len, tokenizer.encode_records(RECORDS)))


def test_no_record_makes_empty_files(tokenizer: Tokenizer, tmp_path: Path) -> None:
    write_token_files([], tokenizer, tmp_path)

    assert len(read_token_file(tmp_path / TRAIN)) == 0


class CountingTokenizer(Tokenizer):
    """Keeps how many records and characters it was given at once."""

    def __init__(self, definition: str) -> None:
        super().__init__(definition)
        self.batches: list[tuple[int, int]] = []

    def encode_records(self, records: Sequence[Record]) -> list[list[int]]:
        self.batches.append((len(records), sum(len(turn) for record in records for turn in record.turns)))
        return super().encode_records(records)


@pytest.mark.parametrize(("length", "count"), [(16_384, 200), (1, 9000)])
def test_a_batch_is_bounded_in_characters_and_records(
    length: int, count: int, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    counting = CountingTokenizer(tokenizer.definition)
    text = ("Yes. " * 4000)[:length]

    write_token_files((Record("a", (text,)) for _ in range(count)), counting, tmp_path)

    assert sum(records for records, _ in counting.batches) == count
    assert max(records for records, _ in counting.batches) <= 4096
    assert max(characters for _, characters in counting.batches) <= 2**20 + length
    assert len(counting.batches) > 1


def test_what_is_read_is_mapped_and_can_be_given_back(tokenizer: Tokenizer, tmp_path: Path) -> None:
    write_token_files(RECORDS, tokenizer, tmp_path)
    found = read_token_file(tmp_path / TRAIN)
    before = found.record(3).tolist()

    found.release()

    mapped = (found.tokens, found.starts, found.weights, found.sources)
    assert all(isinstance(values.base, mmap.mmap) for values in mapped)
    assert found.record(3).tolist() == before


def test_what_lies_in_memory_stays_there() -> None:
    tokens = make_token_file([[1, 2]])

    tokens.release()

    assert tokens.record(0).tolist() == [1, 2]


@given(st.lists(words, min_size=1, max_size=60), st.integers(64, 4000))
def test_a_sample_is_evenly_spread_and_bounded(texts: list[str], size: int) -> None:
    records = [Record("story", tuple(texts[at : at + 3])) for at in range(0, len(texts), 3)]

    turns, step = sample_texts(records, size=size)
    sample = list(turns)

    assert sample == texts[::step]
    assert len(sample) == 1 or sum(64 + len(text.encode()) for text in sample) <= size


@given(st.lists(words, min_size=1, max_size=60))
def test_where_all_fits_all_is_taken(texts: list[str]) -> None:
    cost = sum(64 + len(text.encode()) for text in texts)

    assert sample_texts([Record("story", tuple(texts))], size=cost)[1] == 1


class HugeTokenizer(Tokenizer):
    """A vocabulary of one token too many."""

    @property
    def vocabulary_size(self) -> int:
        return 2**16 + 1


def test_a_vocabulary_beyond_16_bits_is_refused(tokenizer: Tokenizer, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="65,536"):
        write_token_files([], HugeTokenizer(tokenizer.definition), tmp_path)


@pytest.mark.parametrize("name", ["tokens.bin", "starts.npy", "weights.npy", "sources.npy", "index.json"])
@pytest.mark.parametrize("damage", ["missing", "empty", "short"])
def test_a_damaged_token_file_is_refused(
    name: str, damage: str, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    write_token_files(RECORDS, tokenizer, tmp_path)
    path = tmp_path / TRAIN / name
    content = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(content[: len(content) // 2 // 2 * 2] if damage == "short" else b"")

    with pytest.raises(CheckpointError, match="the text of this run cannot be read"):
        read_token_file(tmp_path / TRAIN)


def test_the_records_of_a_domain_are_selected() -> None:
    tokens = make_token_file(
        [[1], [2], [3], [4]], sources=[0, 1, 2, 0], names=("news/a", "story/a", "news/b")
    )

    assert tokens.select("news").tolist() == [0, 2, 3]


def test_records_are_dealt_in_order_to_rows_of_nearly_equal_length() -> None:
    tokens = make_token_file([[1, 1], [2], [3, 3, 3]])

    rows = list(read_in_rows(tokens, np.arange(3), 2))

    assert [row.tolist() for row in rows] == [[1, 1, 2], [3, 3, 3]]


def test_no_row_is_empty() -> None:
    tokens = make_token_file([[1], [2]])

    assert [row.tolist() for row in read_in_rows(tokens, np.arange(2), 32)] == [[1], [2]]


def test_turns_come_back_as_text(tokenizer: Tokenizer) -> None:
    records = [Record("story", ("Once.", "床 <|turn|>"), "tales"), Record("dialogue", ("Hi.",), "talk")]

    assert list(decode_turns(lay_out_records(records, tokenizer), tokenizer)) == [
        ("story/tales", "Once."),
        ("story/tales", "床 <|turn|>"),
        ("dialogue/talk", "Hi."),
    ]

"""The section on long texts, at toy size."""

from pathlib import Path

import numpy as np
import pytest

from chatlstm.engine.benchmarks import coherence
from chatlstm.engine.benchmarks.coherence import (
    Text,
    join_documents,
    measure_bits,
    measure_coherence,
    read_text,
)
from chatlstm.engine.benchmarks.row import Row
from chatlstm.engine.evaluation import load_model
from chatlstm.engine.held_out import predict_rows
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import TURN

LONG = Text(("story", "grimm"), "Hello there, how are you? I am fine. " * 20)


def test_each_place_is_measured_in_each_way(tiny_checkpoint: Path, tmp_path: Path) -> None:
    records = [Record("story", ("grimm", LONG.body)), Record("story", ("Hello.",))]
    told = measure_coherence(tiny_checkpoint, tmp_path, records, "texts", repeats=1)
    rows = {row.name: row for row in told if isinstance(row, Row)}
    places = ("from token 0", "from token 64", "from token 256", "all tokens")

    assert list(rows) == [*(f"{way}, {place}" for way in ("carried", "cached") for place in places),
                          "a step of 6 candidates"]  # fmt: skip
    assert rows["carried, from token 0"].ratio == 1.0  # nothing was forgotten yet
    assert rows["cached, from token 256"].reference == rows["carried, from token 256"].reached


def test_a_carried_state_costs_what_the_model_measures(tiny_checkpoint: Path, tmp_path: Path) -> None:
    model = load_model(tiny_checkpoint, cache=tmp_path)
    cost = read_text(model, LONG)

    # a record begins with END, which what measures reads by itself
    head = [*model.tokenizer.encode_opening("story"), *model.tokenizer.encode_turns(["grimm", ""])][1:]
    body = [*model.tokenizer.encode(LONG.body), TURN]
    whole, before = (predict_rows(model.stepper, [np.array(ids)])[0] for ids in (head + body, head))
    assert cost.nats["carried"].sum() == pytest.approx(whole - before, rel=1e-4)
    assert int(cost.bytes.sum()) == len(LONG.body.encode())


def test_a_text_that_repeats_itself_costs_less_beside_a_cache(tiny_checkpoint: Path, tmp_path: Path) -> None:
    cost = read_text(load_model(tiny_checkpoint, cache=tmp_path), LONG)
    carried, cached = (measure_bits([cost], way, slice(64, None)) for way in ("carried", "cached"))

    assert carried is not None and cached is not None and cached < carried


def test_a_short_text_has_nothing_to_forget(tiny_checkpoint: Path, tmp_path: Path) -> None:
    cost = read_text(load_model(tiny_checkpoint, cache=tmp_path), Text(("story",), "Hello."))

    assert np.array_equal(cost.nats["forgotten"], cost.nats["carried"])


def test_no_text_so_long_has_no_bits() -> None:
    assert measure_bits([], "carried", slice(0, 64)) is None


def test_parts_of_a_document_are_one_text_and_the_longest_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coherence, "CHARACTERS", 14)
    records = [
        Record("story", ("Once.",)),
        Record("story", ("grimm", "A king."), document="tale"),
        Record("story", ("A queen.",), document="tale"),
        Record("story", ("Short.",)),
    ]

    assert list(join_documents(records)) == [Text(("story", "grimm"), "A king.\n\nA queen.")]

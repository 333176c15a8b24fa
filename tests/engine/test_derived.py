"""Graphs that are kept, and a checkpoint that is opened by them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from chatlstm.engine.api import Generator, Prompt, Sampling
from chatlstm.engine.checkpoint import CONFIG, WEIGHTS
from chatlstm.engine.evaluation import load_model, load_reference
from chatlstm.errors import CheckpointError
from chatlstm.records import Record
from tests.doubles import write_tiny_checkpoint

PROMPT = Prompt("dialogue", ("Hello, how are you?",))
GREEDY = Sampling(temperature=0, max_tokens=20)


def write_text(engine: Generator) -> str:
    return "".join(piece.text for piece in engine.stream(PROMPT, GREEDY, seed=1))


def test_greedy_text_in_float32_is_that_of_pytorch(tiny_checkpoint: Path, tmp_path: Path) -> None:
    fast = load_model(tiny_checkpoint, cache=tmp_path, precision="float32")

    assert write_text(fast.engine) == write_text(load_reference(tiny_checkpoint, torch.device("cpu")).engine)


def test_graphs_are_built_once(tiny_checkpoint: Path, tmp_path: Path) -> None:
    load_model(tiny_checkpoint, cache=tmp_path)
    (kept,) = tmp_path.iterdir()
    written = kept.stat().st_mtime_ns
    load_model(tiny_checkpoint, cache=tmp_path)

    assert [path.stat().st_mtime_ns for path in tmp_path.iterdir()] == [written]


def test_neither_torch_nor_onnx_is_imported_for_kept_graphs(tiny_checkpoint: Path, tmp_path: Path) -> None:
    load_model(tiny_checkpoint, cache=tmp_path)
    program = (
        "import sys; from pathlib import Path; from chatlstm.engine.evaluation import load_model;"
        f"load_model(Path({str(tiny_checkpoint)!r}), cache=Path({str(tmp_path)!r})).engine;"
        "print('torch' in sys.modules, 'onnx' in sys.modules)"
    )

    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout == "False False\n"


@pytest.mark.parametrize("damage", [b"", b"x", b"x" * 5000])
def test_damaged_graphs_are_built_again(tiny_checkpoint: Path, tmp_path: Path, damage: bytes) -> None:
    wanted = write_text(load_model(tiny_checkpoint, cache=tmp_path).engine)
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage)

    assert write_text(load_model(tiny_checkpoint, cache=tmp_path).engine) == wanted
    assert kept.read_bytes() == whole


def test_a_flipped_bit_is_noticed(tiny_checkpoint: Path, tmp_path: Path) -> None:
    load_model(tiny_checkpoint, cache=tmp_path)
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:3000] + bytes([whole[3000] ^ 1]) + whole[3001:])
    load_model(tiny_checkpoint, cache=tmp_path)

    assert kept.read_bytes() == whole


def test_where_nothing_can_be_kept_it_works_all_the_same(tiny_checkpoint: Path, tmp_path: Path) -> None:
    occupied = tmp_path / "cache"
    occupied.write_text("a file in the folder's place", encoding="utf-8")

    assert write_text(load_model(tiny_checkpoint, cache=occupied).engine)


def test_other_weights_of_the_same_name_take_the_place_of_the_old(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for bias in (1.0, 2.0):
        folder = write_tiny_checkpoint(tmp_path / str(bias) / "mine", bias=bias)
        load_model(folder, cache=cache)
        load_model(folder, cache=cache, precision="float32")

    assert len(list(cache.iterdir())) == 2


def test_a_shape_that_is_not_the_weights_is_refused(tiny_checkpoint: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_checkpoint, tmp_path / "tiny")
    load_model(folder, cache=tmp_path / "cache")
    facts = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    facts["network"]["num_layers"] += 1
    (folder / CONFIG).write_text(json.dumps(facts), encoding="utf-8")

    with pytest.raises(CheckpointError, match=f"{WEIGHTS}: holds other weights than {CONFIG} says: 'layers.2"):
        load_model(folder, cache=tmp_path / "cache")


def test_text_costs_the_same_by_pytorch_and_in_float32(tiny_checkpoint: Path, tmp_path: Path) -> None:
    records = [Record("dialogue", ("Hello.", f"I am fine, thank you, {n}.")) for n in range(40)]
    fast = load_model(tiny_checkpoint, cache=tmp_path, precision="float32")
    reference = load_reference(tiny_checkpoint, torch.device("cpu"))

    for in_context in (True, False):
        found, wanted = (model.measure(records, in_context=in_context) for model in (fast, reference))
        assert (found.tokens, found.bytes) == (wanted.tokens, wanted.bytes)
        assert found.nats == pytest.approx(wanted.nats, rel=1e-5)


def test_the_bytes_are_those_of_the_turns_alone(tiny_checkpoint: Path, tmp_path: Path) -> None:
    model = load_model(tiny_checkpoint, cache=tmp_path)

    assert model.measure([Record("dialogue", ("Hé.", "Hi."))], in_context=True).bytes == 4 + 3


def test_a_reply_alone_is_predicted_without_what_came_before(tiny_checkpoint: Path, tmp_path: Path) -> None:
    model = load_model(tiny_checkpoint, cache=tmp_path)
    record = Record("dialogue", ("Hello.", "Hi there."))
    parts = [model.measure([Record("dialogue", (turn,))], in_context=True).nats for turn in record.turns]

    assert model.measure([record], in_context=False).nats == pytest.approx(np.sum(parts), rel=1e-4)

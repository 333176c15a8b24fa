"""Checkpoints made smaller: what is left, what it takes, and what is told of it."""

from pathlib import Path

import pytest
import torch

from chatlstm.engine.checkpoint import CheckpointConfig
from chatlstm.engine.compression import (
    Figures,
    compress_network,
    describe_compressed,
    measure_bits,
)
from chatlstm.engine.corpus import lay_out_records
from chatlstm.engine.encoding import HALVES, Encoding
from chatlstm.engine.weights import load_checkpoint, save_checkpoint
from chatlstm.records import Record
from tests.engine.runs import CPU
from tests.engine.small_model import NETWORK, TOKENIZER

ENCODINGS = (HALVES, Encoding("int8"), Encoding("low-rank", 3))
HASHES = {"weights.safetensors": "1f0c9a2b77", "tokenizer.json": "00ff"}


@pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda encoding: encoding.kind)
def test_what_is_left_is_what_would_be_loaded_again(tmp_path: Path, encoding: Encoding) -> None:
    left, size = compress_network(NETWORK, encoding)
    config = CheckpointConfig("", "en", ("dialogue",), NETWORK.config, {}, encoding=encoding)
    save_checkpoint(tmp_path / "mine", NETWORK.state_dict(), TOKENIZER, config, card="")
    loaded, _, _ = load_checkpoint(tmp_path / "mine", CPU)

    assert size == (tmp_path / "mine" / "weights.safetensors").stat().st_size
    assert all(torch.equal(*pair) for pair in zip(left.parameters(), loaded.parameters(), strict=True))


def test_each_domain_is_measured_and_all_of_them() -> None:
    records = [Record("dialogue", ("Hello.", "Hi.")), Record("story", ("Once there was a fox.",))]
    bits = measure_bits(NETWORK, lay_out_records(records, TOKENIZER), TOKENIZER.count_bytes())

    assert list(bits) == ["dialogue", "story", "all"]
    assert min(bits["dialogue"], bits["story"]) < bits["all"] < max(bits["dialogue"], bits["story"])


def test_the_config_tells_what_it_was_and_what_it_is() -> None:
    config = CheckpointConfig("en", "en", ("dialogue",), NETWORK.config, HASHES, {"minutes": 3, "held_out": "none"})
    before, after = Figures(400, {"all": 1.25}), Figures(100, {"all": 1.26})
    described = describe_compressed(config, Encoding("int8"), before, after, held_out="own")

    assert described.encoding == Encoding("int8")
    assert described.facts == {
        "minutes": 3,
        "held_out": "own",
        "bits_per_byte": {"all": 1.26},
        "compression": {
            "kind": "int8",
            "rank": 0,
            "start": "en@1f0c9a2b",
            "bytes": 100,
            "bytes_before": 400,
            "bits_per_byte_before": {"all": 1.25},
        },
    }

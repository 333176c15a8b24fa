"""Whole checkpoints: a round trip, and what is refused before it can do harm."""

import json
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from chatlstm.engine.checkpoint import CheckpointConfig, check_files, hash_file, read_config
from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.encoding import HALVES, Encoding
from chatlstm.engine.network import Network
from chatlstm.engine.weights import load_checkpoint, save_checkpoint
from chatlstm.errors import CheckpointError
from chatlstm.tokens.tokenizer import train_bytes
from tests.house.source import ROOT

CPU = torch.device("cpu")
TOKENIZER = train_bytes(["hello"], vocabulary_size=16 + 256)


@pytest.fixture
def folder(tmp_path: Path, tiny_checkpoint: Path) -> Path:
    return shutil.copytree(tiny_checkpoint, tmp_path / "mine")


def sign(folder: Path, **network: object) -> None:
    """Make the config agree with the files, as whoever forges a checkpoint would."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config["sha256"] = {name: hash_file(folder / name) for name in config["sha256"]}
    config["network"] |= network
    (folder / "config.json").write_text(json.dumps(config), "utf-8")


def save_network(folder: Path, network: Network, encoding: Encoding = HALVES) -> CheckpointConfig:
    config = CheckpointConfig("", "en", ("dialogue",), network.config, {}, {"minutes": 3}, encoding)
    return save_checkpoint(folder, network.state_dict(), TOKENIZER, config, card="# Mine\n")


@pytest.mark.parametrize("tie_weights", [True, False])
def test_a_checkpoint_survives_the_disk_in_half_precision(tmp_path: Path, *, tie_weights: bool) -> None:
    network = Network(NetworkConfig(TOKENIZER.vocabulary_size, hidden_size=8, tie_weights=tie_weights))
    save_network(tmp_path / "mine", network)

    loaded, _, _ = load_checkpoint(tmp_path / "mine", CPU)

    wanted = {name: tensor.half().float() for name, tensor in network.state_dict().items()}
    found = loaded.state_dict()
    assert found.keys() == wanted.keys()
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)


@pytest.mark.parametrize("encoding", [Encoding("int8"), Encoding("low-rank", 5)], ids=["int8", "low-rank"])
def test_what_was_compressed_is_saved_again_as_it_was(tmp_path: Path, encoding: Encoding) -> None:
    save_network(tmp_path / "first", Network(NetworkConfig(TOKENIZER.vocabulary_size, hidden_size=8)), encoding)
    network, tokenizer, config = load_checkpoint(tmp_path / "first", CPU)
    save_checkpoint(tmp_path / "second", network.state_dict(), tokenizer, config, card="")
    again, _, _ = load_checkpoint(tmp_path / "second", CPU)

    # a half of a half, or a scale rounded twice
    pairs = zip(network.state_dict().values(), again.state_dict().values(), strict=True)
    assert all(torch.allclose(first, second, atol=2e-3) for first, second in pairs)


def test_a_checkpoint_tells_how_its_weights_are_stored(tmp_path: Path) -> None:
    save_network(tmp_path / "mine", Network(NetworkConfig(TOKENIZER.vocabulary_size, hidden_size=8)), Encoding("int8"))

    assert read_config(tmp_path / "mine").encoding == Encoding("int8")


def test_a_loaded_network_is_tied_in_evaluation_mode_and_float32(tiny_checkpoint: Path) -> None:
    network, _, _ = load_checkpoint(tiny_checkpoint, CPU)

    dtypes = {parameter.dtype for parameter in network.parameters()}
    assert (network.projection.weight is network.embedding.weight, network.training, dtypes) == (
        True,
        False,
        {torch.float32},
    )


def test_a_network_is_loaded_where_it_shall_be(tiny_checkpoint: Path) -> None:
    network, _, _ = load_checkpoint(tiny_checkpoint, torch.device("meta"))

    assert {each.device.type for each in (*network.parameters(), *network.buffers())} == {"meta"}


def test_tied_weights_are_written_once(tiny_checkpoint: Path) -> None:
    assert "projection.weight" not in load_file(tiny_checkpoint / "weights.safetensors")


def test_tokenizer_config_and_card_survive_too(tmp_path: Path) -> None:
    network = Network(NetworkConfig(TOKENIZER.vocabulary_size, hidden_size=8))
    saved = save_network(tmp_path / "mine", network)

    _, tokenizer, config = load_checkpoint(tmp_path / "mine", CPU)

    assert (tokenizer.definition, config, config.name) == (TOKENIZER.definition, saved, "mine")
    assert (tmp_path / "mine" / "README.md").read_text() == "# Mine\n"


def test_saving_again_replaces_the_checkpoint(tmp_path: Path) -> None:
    shape = NetworkConfig(TOKENIZER.vocabulary_size, hidden_size=8)
    first = save_network(tmp_path / "mine", Network(shape))
    second = save_network(tmp_path / "mine", Network(shape))

    assert (read_config(tmp_path / "mine").identity, first.identity == second.identity) == (second.identity, False)


FILL_THE_DISK = """
import resource, sys
from pathlib import Path
from tests.doubles import write_tiny_checkpoint
resource.setrlimit(resource.RLIMIT_FSIZE, (8000, 8000))
try:
    write_tiny_checkpoint(Path(sys.argv[1]), domains=("news",))
except OSError as error:
    sys.exit(str(error))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
def test_a_full_disk_leaves_the_old_checkpoint(folder: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FILL_THE_DISK, folder], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )

    assert (ended.returncode, "File too large" in ended.stderr) == (1, True)
    assert [path.name for path in folder.parent.iterdir()] == ["mine"]
    assert read_config(folder).domains == ("dialogue",)
    check_files(folder, read_config(folder))


def test_truncated_weights_are_refused(folder: Path) -> None:
    weights = folder / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])

    with pytest.raises(CheckpointError, match=r"weights\.safetensors: is damaged or was changed"):
        load_checkpoint(folder, CPU)


CONTENTS = {"truncated": -1, "header alone": 40, "empty": 0}


@pytest.mark.parametrize("length", CONTENTS.values(), ids=CONTENTS)
def test_truncated_weights_with_a_forged_hash_are_refused(folder: Path, length: int) -> None:
    weights = folder / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:length])
    sign(folder)

    with pytest.raises(CheckpointError, match=r"weights\.safetensors: cannot be read"):
        load_checkpoint(folder, CPU)


def write_pickle(path: Path, made: Path) -> None:
    """Write a pickle that creates the file ``made`` when it is unpickled, in the oldest protocol."""
    path.write_bytes(f"cos\nmkdir\n(V{made}\ntR.".encode())


def test_the_pickle_of_the_tests_would_do_harm(tmp_path: Path) -> None:
    write_pickle(tmp_path / "pickle", tmp_path / "made")
    unpickle = "import pickle, sys; pickle.load(open(sys.argv[1], 'rb'))"
    subprocess.run([sys.executable, "-c", unpickle, tmp_path / "pickle"], check=True)

    assert (tmp_path / "made").exists()


@pytest.mark.parametrize("name", ["weights.safetensors", "tokenizer.json", "config.json"])
def test_a_pickle_is_never_unpickled(folder: Path, tmp_path: Path, name: str) -> None:
    write_pickle(folder / name, tmp_path / "made")
    if name != "config.json":
        sign(folder)

    with pytest.raises(CheckpointError, match=name):
        load_checkpoint(folder, CPU)

    assert not (tmp_path / "made").exists()


OTHER_SHAPES: dict[str, dict[str, object]] = {
    "more layers": {"num_layers": 3},
    "fewer layers": {"num_layers": 1},
    "another size": {"hidden_size": 8},
    "no norms": {"residual": False},
    "untied": {"tie_weights": False},
}


@pytest.mark.parametrize("network", OTHER_SHAPES.values(), ids=OTHER_SHAPES)
def test_weights_of_another_network_are_refused(folder: Path, network: dict[str, object]) -> None:
    sign(folder, **network)

    with pytest.raises(CheckpointError, match=r"weights\.safetensors: holds other weights than config\.json says"):
        load_checkpoint(folder, CPU)


def test_a_tied_network_without_an_embedding_is_refused(folder: Path) -> None:
    weights = load_file(folder / "weights.safetensors")
    del weights["embedding.weight"]
    save_file(weights, folder / "weights.safetensors")
    sign(folder)

    with pytest.raises(CheckpointError, match="holds other weights"):
        load_checkpoint(folder, CPU)


def test_a_tokenizer_of_another_checkpoint_is_refused(folder: Path) -> None:
    (folder / "tokenizer.json").write_text(TOKENIZER.definition, "utf-8")

    with pytest.raises(CheckpointError, match=r"tokenizer\.json: is damaged or was changed"):
        load_checkpoint(folder, CPU)


def test_a_tokenizer_of_another_size_with_a_forged_hash_is_refused(folder: Path) -> None:
    (folder / "tokenizer.json").write_text(TOKENIZER.definition, "utf-8")
    sign(folder)

    with pytest.raises(CheckpointError, match=r"tokenizer\.json: does not belong to this checkpoint"):
        load_checkpoint(folder, CPU)


def test_a_foreign_tokenizer_with_a_forged_hash_is_refused(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{}", "utf-8")
    sign(folder)

    with pytest.raises(CheckpointError, match=r"tokenizer\.json: the tokenizer cannot be read"):
        load_checkpoint(folder, CPU)


def test_the_config_tells_the_whole_shape(tiny_checkpoint: Path) -> None:
    told = json.loads((tiny_checkpoint / "config.json").read_text("utf-8"))["network"]

    assert told == asdict(read_config(tiny_checkpoint).network)

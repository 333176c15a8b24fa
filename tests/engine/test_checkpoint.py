"""Checkpoint folders that can be trusted, and those that are refused."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from chatlstm.engine.checkpoint import (
    CheckpointConfig,
    add_origins,
    check_files,
    dump_config,
    find_checkpoint,
    hash_file,
    list_checkpoints,
    list_sources,
    read_config,
    read_origins,
)
from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.encoding import HALVES, Encoding
from chatlstm.errors import CheckpointError, MissingError

NETWORK = NetworkConfig(300, hidden_size=8, num_layers=1, residual=False, weight_dropout=0.25)
HASHES = {"weights.safetensors": "1f0c9a2b77", "tokenizer.json": "00ff"}
FACTS: dict[str, object] = {"bits_per_byte": 1.15, "诗": [1]}
CONFIG = CheckpointConfig("mine", "zh", ("dialogue", "poetry"), NETWORK, HASHES, FACTS, Encoding("low-rank", 4))


@pytest.fixture
def folder(tmp_path: Path, tiny_checkpoint: Path) -> Path:
    return shutil.copytree(tiny_checkpoint, tmp_path / "mine")


def write_config(folder: Path, content: bytes) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_bytes(content)


def test_a_config_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    write_config(tmp_path / "mine", dump_config(CONFIG))

    assert read_config(tmp_path / "mine") == CONFIG


def test_a_config_begins_with_its_format() -> None:
    assert dump_config(CONFIG).startswith(b'{\n "format": 2,\n')


def test_a_checkpoint_is_called_after_its_folder(folder: Path) -> None:
    assert read_config(folder.rename(folder.with_name("yours"))).name == "yours"


def test_the_identity_is_the_name_and_the_hash_of_the_weights() -> None:
    assert CONFIG.identity == "mine@1f0c9a2b"


def test_a_hash_is_the_sha256_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")  # FIPS 180-2, appendix B.1

    assert hash_file(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def change(**fields: object) -> bytes:
    """Write a config with other fields; None leaves one out."""
    facts = {**json.loads(dump_config(CONFIG)), **fields}
    return json.dumps({name: value for name, value in facts.items() if value is not None}).encode()


def change_network(**fields: object) -> bytes:
    return change(network={**json.loads(dump_config(CONFIG))["network"], **fields})


FOREIGN = {
    "empty": b"",
    "no JSON": b"\x80\x04}q\x00.",
    "cut": dump_config(CONFIG)[:-20],
    "other JSON": b"[1, 2]",
    "deep JSON": b"[" * 100_000,
    "no format": change(format=None),
    "format of letters": change(format="one"),
    "format that never was": change(format=0),
    "no network": change(network=None),
    "no weights' hash": change(sha256={"tokenizer.json": "00ff"}),
    "unknown setting": change_network(heads=8),
    "impossible size": change_network(hidden_size=0),
    "size of letters": change_network(hidden_size="8"),
    "broken size": change_network(hidden_size=8.5),
    "domains that are none": change(domains=5),
    "no encoding": change(encoding=None),
    "unknown encoding": change(encoding={"kind": "int4", "rank": 0}),
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_or_damaged_config_is_refused(tmp_path: Path, content: bytes) -> None:
    write_config(tmp_path / "mine", content)

    with pytest.raises(CheckpointError, match=r"mine.config\.json: is not the config of a ChatLSTM checkpoint"):
        read_config(tmp_path / "mine")


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    write_config(tmp_path / "mine", change(format=3))

    with pytest.raises(CheckpointError, match=r"config\.json: has format 3, .* reads 2; update ChatLSTM"):
        read_config(tmp_path / "mine")


def test_the_first_format_had_halves_alone(tmp_path: Path) -> None:
    write_config(tmp_path / "mine", change(format=1, encoding=None))

    assert read_config(tmp_path / "mine") == replace(CONFIG, encoding=HALVES)


def test_a_missing_config_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"config\.json: cannot be read: No such file"):
        read_config(tmp_path)


def test_what_was_saved_is_trusted(folder: Path) -> None:
    check_files(folder, read_config(folder))


def flip_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "missing": (Path.unlink, "cannot be read: No such file"),
    "truncated": (cut, "is damaged or was changed"),
    "tampered with": (flip_byte, "is damaged or was changed"),
}


@pytest.mark.parametrize("name", ["weights.safetensors", "tokenizer.json"])
@pytest.mark.parametrize(("spoil", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_file_that_is_not_as_it_was_saved_is_named(
    folder: Path, name: str, spoil: Callable[[Path], None], fault: str
) -> None:
    spoil(folder / name)

    with pytest.raises(CheckpointError, match=f"{name}: {fault}"):
        check_files(folder, read_config(folder))


def test_a_checkpoint_is_found_by_its_name(folder: Path) -> None:
    assert find_checkpoint("mine", (folder.parent / "none", folder.parent)) == folder


def test_a_checkpoint_is_found_by_its_path(folder: Path) -> None:
    assert find_checkpoint(str(folder), ()) == folder


def test_a_checkpoint_found_where_one_stands_has_a_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)

    assert read_config(find_checkpoint(".", ())).name == "mine"


def test_the_first_folder_is_searched_first(folder: Path, tmp_path: Path) -> None:
    other = shutil.copytree(folder, tmp_path / "other" / "mine")

    assert find_checkpoint("mine", (other.parent, folder.parent)) == other


def test_of_checkpoints_of_one_name_the_first_is_listed(folder: Path, tmp_path: Path) -> None:
    other = shutil.copytree(folder, tmp_path / "other" / "mine")
    another = shutil.copytree(folder, tmp_path / "other" / "another")

    assert list_checkpoints((folder.parent, other.parent)) == [another, folder]


def test_a_missing_checkpoint_is_told_with_those_there_are(folder: Path) -> None:
    shutil.copytree(folder, folder.with_name("also"))

    with pytest.raises(MissingError, match="no checkpoint 'xy'; installed: also, mine"):
        find_checkpoint("xy", (folder.parent,))


def test_where_there_is_none_it_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="installed: none; 'chatlstm train dialogue --scratch"):
        find_checkpoint("xy", (tmp_path, tmp_path / "none"))


def test_what_is_still_being_written_is_not_listed(folder: Path) -> None:
    shutil.copytree(folder, folder.with_name(".mine.7.part"))

    assert list_checkpoints((folder.parent,)) == [folder]


def test_an_index_is_added_beside_the_weights_and_read_back(folder: Path) -> None:
    before = read_config(folder)
    described = add_origins(folder, b"index")

    assert read_origins(folder) == (described, b"index")
    assert read_config(folder) == described
    assert (described.identity, described.facts) == (before.identity, before.facts)


def test_a_damaged_index_does_not_keep_the_model_from_working(folder: Path) -> None:
    described = add_origins(folder, b"index")
    (folder / "origins.safetensors").write_bytes(b"other")
    check_files(folder, described)

    with pytest.raises(CheckpointError, match=r"origins\.safetensors: is damaged"):
        check_files(folder, described, described.sha256)


def test_the_sources_of_a_checkpoint_are_listed() -> None:
    named = replace(CONFIG, facts={"sources": ["story/grimm"]})

    assert (list_sources(named), list_sources(CONFIG), list_sources(replace(CONFIG, facts={"sources": "x"}))) == (
        ["story/grimm"],
        [],
        [],
    )

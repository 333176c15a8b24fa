import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from chatlstm.engine.snapshot import keep_prefixed, read_snapshot, write_snapshot
from chatlstm.errors import CheckpointError

CPU = torch.device("cpu")


def test_tensors_and_facts_come_back(tmp_path: Path) -> None:
    tensors = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.tensor(7)}
    write_snapshot(tmp_path / "x", tensors, {"step": 3, "best": 1.5, "position": [1, 2]})

    found, facts = read_snapshot(tmp_path / "x", CPU)

    assert facts == {"step": 3, "best": 1.5, "position": [1, 2]}
    assert all(torch.equal(found[name], tensor) for name, tensor in tensors.items())


def test_tensors_that_share_memory_are_both_written(tmp_path: Path) -> None:
    tensor = torch.ones(3)
    write_snapshot(tmp_path / "x", {"a": tensor, "b": tensor}, {})

    assert set(read_snapshot(tmp_path / "x", CPU)[0]) == {"a", "b"}


def test_a_snapshot_is_a_copy(tmp_path: Path) -> None:
    tensor = torch.ones(3, requires_grad=True)
    write_snapshot(tmp_path / "x", {"a": tensor.t()}, {})

    assert not read_snapshot(tmp_path / "x", CPU)[0]["a"].requires_grad


@pytest.mark.parametrize("size", [0, 7, 60, -1])
def test_a_truncated_snapshot_is_refused(size: int, tmp_path: Path) -> None:
    write_snapshot(tmp_path / "x", {"a": torch.ones(3)}, {"step": 3})
    (tmp_path / "x").write_bytes((tmp_path / "x").read_bytes()[:size])

    with pytest.raises(CheckpointError, match="cannot be read"):
        read_snapshot(tmp_path / "x", CPU)


def test_a_missing_snapshot_is_told(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="x: the training state cannot be read"):
        read_snapshot(tmp_path / "x", CPU)


@pytest.mark.parametrize(
    ("metadata", "found"), [(None, "none"), ({"format": "2", "facts": json.dumps({})}, "2")]
)
def test_a_foreign_or_newer_snapshot_is_refused(
    metadata: dict[str, str] | None, found: str, tmp_path: Path
) -> None:
    save_file({"a": torch.ones(3)}, tmp_path / "x", metadata)

    with pytest.raises(CheckpointError, match=f"has format {found}, this ChatLSTM reads 1"):
        read_snapshot(tmp_path / "x", CPU)


@pytest.mark.parametrize("metadata", [{"format": "1"}, {"format": "1", "facts": "{"}, {"format": "1", "facts": "3"}])
def test_a_snapshot_with_damaged_facts_is_refused(metadata: dict[str, str], tmp_path: Path) -> None:
    save_file({"a": torch.ones(3)}, tmp_path / "x", metadata)

    with pytest.raises(CheckpointError, match="the training state cannot be read"):
        read_snapshot(tmp_path / "x", CPU)


def test_a_full_disk_leaves_the_old_snapshot(tmp_path: Path) -> None:
    write_snapshot(tmp_path / "x", {"a": torch.ones(3)}, {"step": 1})
    (tmp_path / "blocked").mkdir()

    with pytest.raises(OSError):
        write_snapshot(tmp_path / "blocked", {"a": torch.zeros(3)}, {"step": 2})

    assert read_snapshot(tmp_path / "x", CPU)[1] == {"step": 1}


def test_tensors_of_one_prefix_are_kept_without_it() -> None:
    kept = keep_prefixed({"a.b.c": torch.ones(1), "ab.c": torch.ones(1)}, "a.")

    assert list(kept) == ["b.c"]

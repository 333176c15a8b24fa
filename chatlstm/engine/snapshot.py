"""The whole state of a training run in one file, so that a killed run goes on where it was."""

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from chatlstm.engine.files import write_whole
from chatlstm.errors import CheckpointError

FORMAT = 1


def keep_prefixed(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Keep the tensors whose names begin with ``prefix``, and take it off."""
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }


def write_snapshot(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, object]) -> None:
    """Write tensors and facts to a safetensors file, whole.

    Args:
        path: The file.
        tensors: By name; copied from their device.
        facts: Plain values that JSON can write.
    """
    held = {name: tensor.detach().to("cpu", copy=True).contiguous() for name, tensor in tensors.items()}
    metadata = {"format": str(FORMAT), "facts": json.dumps(facts)}
    write_whole(path, save(held, metadata))


def read_snapshot(path: Path, device: torch.device) -> tuple[dict[str, Tensor], dict[str, object]]:
    """Read what ``write_snapshot`` wrote.

    Returns:
        The tensors, on ``device``, and the facts.

    Raises:
        CheckpointError: The file is missing, damaged, or from a newer ChatLSTM.
    """
    try:
        with safe_open(path, framework="pt", device=str(device)) as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # not a mapping
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path}: the training state cannot be read: {error}") from error
    if metadata.get("format") != str(FORMAT):
        found = metadata.get("format", "none")
        raise CheckpointError(
            f"{path}: has format {found}, this ChatLSTM reads {FORMAT}; update ChatLSTM or train anew"
        )
    try:
        return tensors, dict(json.loads(metadata["facts"]))
    except (KeyError, ValueError, TypeError) as error:
        raise CheckpointError(f"{path}: the training state cannot be read: {error!r}") from error

"""Writing and reading whole checkpoints, weights included."""

from dataclasses import replace
from pathlib import Path

import torch
from safetensors.numpy import save
from torch import Tensor

from chatlstm.engine.checkpoint import (
    CARD,
    CONFIG,
    TOKENIZER,
    WEIGHTS,
    CheckpointConfig,
    dump_config,
    hash_file,
    read_checkpoint,
)
from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.encoding import Arrays, Encoding, encode_arrays, read_arrays
from chatlstm.engine.files import write_folder_whole
from chatlstm.engine.network import Network
from chatlstm.errors import CheckpointError
from chatlstm.tokens.tokenizer import Tokenizer

TIED = "projection.weight"  # the embedding's matrix, written once


def save_checkpoint(
    folder: Path, weights: dict[str, Tensor], tokenizer: Tokenizer, config: CheckpointConfig, *, card: str
) -> CheckpointConfig:
    """Write a checkpoint folder, whole: weights as the config says, tokenizer, config and card.

    Args:
        folder: Where; a checkpoint of that name is replaced once the new one is complete.
        weights: The network's state.
        tokenizer: What cuts its text.
        config: What it says of itself; the hashes are filled in here.
        card: The model card, Markdown.

    Returns:
        The config as written.

    Raises:
        OSError: The folder cannot be written; what was there stands.
    """
    content = pack_weights(weights, config.network, config.encoding)
    written: list[CheckpointConfig] = []

    def fill(place: Path) -> None:
        (place / WEIGHTS).write_bytes(content)
        (place / TOKENIZER).write_text(tokenizer.definition, encoding="utf-8")
        sha256 = {name: hash_file(place / name) for name in (WEIGHTS, TOKENIZER)}
        complete = replace(config, name=folder.name, sha256=sha256)
        (place / CONFIG).write_bytes(dump_config(complete))
        (place / CARD).write_text(card, encoding="utf-8")
        written.append(complete)

    write_folder_whole(folder, fill)
    return written[0]


def pack_weights(weights: dict[str, Tensor], config: NetworkConfig, encoding: Encoding) -> bytes:
    """Make the file of a network's weights.

    Args:
        weights: The network's state.
        config: Its shape.
        encoding: How the weights are stored.

    Returns:
        The content of a safetensors file that ``read_arrays`` reads.
    """
    kept = {name: tensor.to("cpu", torch.float32).numpy() for name, tensor in weights.items()}
    if config.tie_weights:
        kept.pop(TIED, None)
    return save(encode_arrays(kept, encoding))


def load_checkpoint(folder: Path, device: torch.device) -> tuple[Network, Tokenizer, CheckpointConfig]:
    """Read a checkpoint after checking every file of it.

    Args:
        folder: The checkpoint's folder.
        device: Where the network shall be.

    Returns:
        The network in evaluation mode with float32 weights, its tokenizer and its config.

    Raises:
        CheckpointError: A file is missing, truncated, tampered with, foreign or newer.
    """
    config, tokenizer = read_checkpoint(folder)
    network = fill_network(config.network, to_tensors(read_arrays(folder / WEIGHTS)), folder / WEIGHTS)
    return network.to(device).eval(), tokenizer, config


def to_tensors(arrays: Arrays) -> dict[str, Tensor]:
    """Make tensors on the CPU that share the arrays' memory."""
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


def fill_network(config: NetworkConfig, weights: dict[str, Tensor], path: Path) -> Network:
    """Make a network and give it weights.

    Raises:
        CheckpointError: The weights are not those of such a network.
    """
    network = Network(config)
    if config.tie_weights:
        weights = {**weights, TIED: weights.get("embedding.weight", torch.empty(0))}
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise CheckpointError(f"{path}: holds other weights than {CONFIG} says") from error
    return network

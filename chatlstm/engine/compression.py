"""Checkpoints made smaller without training, and what each of them lost."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

from chatlstm.engine.checkpoint import CheckpointConfig
from chatlstm.engine.corpus import TokenFile
from chatlstm.engine.encoding import Encoding, decode_arrays
from chatlstm.engine.held_out import sum_held_out
from chatlstm.engine.measure import measure_domains
from chatlstm.engine.network import Network
from chatlstm.engine.weights import fill_network, pack_weights, to_tensors


@dataclass(frozen=True)
class Figures:
    """What a checkpoint takes and how well it predicts.

    Args:
        bytes: Size of its weights as a file.
        bits_per_byte: Loss by domain, and over ``"all"`` of them.

    Example:
        >>> Figures(11_200_000, {"all": 1.25}).bits_per_byte["all"]
        1.25
    """

    bytes: int
    bits_per_byte: dict[str, float]


def compress_network(network: Network, encoding: Encoding) -> tuple[Network, int]:
    """Give what is left of a network once it is stored.

    Args:
        network: The network.
        encoding: How its weights are stored.

    Returns:
        The network as it is read back, in evaluation mode on the same device, and the bytes its
        weights take as a file.

    Example:
        >>> from chatlstm.engine.config import NetworkConfig
        >>> network, size = compress_network(Network(NetworkConfig(10, hidden_size=4)), Encoding("int8"))
        >>> network.training
        False
    """
    content = pack_weights(network.state_dict(), network.config, encoding)
    left = fill_network(network.config, to_tensors(decode_arrays(load(content))), Path("weights"))
    return left.to(network.embedding.weight.device).eval(), len(content)


def measure_bits(network: Network, tokens: TokenFile, token_bytes: NDArray[np.int32]) -> dict[str, float]:
    """Measure bits per byte of each domain, and over ``"all"`` of them, in full precision.

    Args:
        network: The model.
        tokens: What it is measured on, at least one record.
        token_bytes: Bytes each token stands for, shape ``(V,)``.

    Returns:
        The figures that a card shows, taken as in training.
    """
    parts = measure_domains(network, tokens, token_bytes, bfloat16=False)
    measured = {domain: part.bits_per_byte for domain, part in parts.items()}
    return {**measured, "all": sum_held_out(parts.values()).bits_per_byte}


def describe_compressed(
    config: CheckpointConfig, encoding: Encoding, before: Figures, after: Figures, *, held_out: str
) -> CheckpointConfig:
    """Tell what a compressed checkpoint is, what it came from and what it lost.

    Args:
        config: Of the checkpoint it is made from.
        encoding: How its weights are stored.
        before: Figures of that checkpoint.
        after: Its own, on the same text.
        held_out: What that text is, ``"one in forty"``, ``"one in ten"``, ``"none"`` or ``"own"``.

    Returns:
        The config, its hashes still those of the other. The fact ``compression`` is new.
    """
    compression = {
        **asdict(encoding),
        "start": config.identity,
        "bytes": after.bytes,
        "bytes_before": before.bytes,
        "bits_per_byte_before": before.bits_per_byte,
    }
    told = {"bits_per_byte": after.bits_per_byte, "held_out": held_out, "compression": compression}
    kept = {name: fact for name, fact in config.facts.items() if name != "bits_per_byte_int8"}
    return replace(config, facts={**kept, **told}, encoding=encoding)

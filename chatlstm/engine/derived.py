"""What is made of a checkpoint's weights to run them fast, kept by their hash; no torch here."""

import glob
import hashlib
from contextlib import suppress
from pathlib import Path

from chatlstm.engine.checkpoint import CONFIG, WEIGHTS, CheckpointConfig
from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.encoding import Arrays, read_arrays
from chatlstm.engine.files import write_whole
from chatlstm.engine.onnx_stepper import Graphs, OnnxStepper
from chatlstm.errors import CheckpointError

FORMAT = 3  # of the graphs; another one is another file
DIGEST_BYTES = 32
SIZE_BYTES = 8


def load_stepper(folder: Path, config: CheckpointConfig, *, cache: Path, precision: str = "int8") -> OnnxStepper:
    """Make a checkpoint's network run on the CPU, one token at a time.

    The graphs are built from the weights once and kept in ``cache`` under a hash of the weights
    and the network's shape; where they cannot be kept, or are damaged, they are built again.

    Args:
        folder: The checkpoint's folder; its files were checked.
        config: What it says of itself.
        cache: Folder for what is derived; it is made.
        precision: ``"int8"`` or ``"float32"``.

    Raises:
        CheckpointError: The weights cannot be read or are not those the config tells of.
    """
    source = f"{config.sha256[WEIGHTS]} {config.network}"
    digest = hashlib.sha256(source.encode()).hexdigest()[:16]
    path = cache / f"{config.name}@{digest}.{precision}.{FORMAT}"
    graphs = _read_kept(path, precision)
    if graphs is None:
        graphs = _build(folder / WEIGHTS, config, precision)
        with suppress(OSError):  # a full disk or a folder of somebody else's costs time, not the answer
            _keep(path, graphs, replaces=f"{glob.escape(config.name)}@*.{precision}.*")
    return OnnxStepper(config.network, graphs)


def build_graphs(network: NetworkConfig, arrays: Arrays, precision: str) -> Graphs:
    """Build all the graphs of a network.

    Args:
        network: Its shape.
        arrays: Its weights by name, as ``encoding.read_arrays`` gives them.
        precision: ``"int8"`` or ``"float32"``.

    Raises:
        KeyError: A weight is missing.
        ValueError: A weight is of another shape than the config has it.
    """
    # onnx takes long to import, and is not needed where the graphs are kept
    from chatlstm.engine.graph import build_body, build_head, build_matcher, build_probe  # noqa: PLC0415

    return Graphs(
        body=build_body(network, arrays, precision),
        head=build_head(network, arrays, precision),
        matcher=build_matcher(network, arrays) if network.match_size else b"",
        probe=build_probe(),
        precision=precision,
    )


def _build(weights: Path, config: CheckpointConfig, precision: str) -> Graphs:
    try:
        return build_graphs(config.network, read_arrays(weights), precision)
    except (KeyError, ValueError) as error:
        raise CheckpointError(f"{weights}: holds other weights than {CONFIG} says: {error}") from error


def _keep(path: Path, graphs: Graphs, *, replaces: str) -> None:
    """Write graphs, each behind its length, behind a hash of it all; forget those of older weights."""
    parts = (graphs.body, graphs.head, graphs.matcher, graphs.probe)
    content = b"".join(len(part).to_bytes(SIZE_BYTES, "big") + part for part in parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, hashlib.sha256(content).digest() + content)
    for older in path.parent.glob(replaces):
        if older != path:
            older.unlink()


def _read_kept(path: Path, precision: str) -> Graphs | None:
    """Read what ``_keep`` wrote; None where it is not there or damaged."""
    try:
        kept = path.read_bytes()
    except OSError:
        return None
    content = memoryview(kept)[DIGEST_BYTES:]
    if hashlib.sha256(content).digest() != kept[:DIGEST_BYTES]:
        return None
    parts = []
    while content:
        end = SIZE_BYTES + int.from_bytes(content[:SIZE_BYTES], "big")
        parts.append(bytes(content[SIZE_BYTES:end]))
        content = content[end:]
    body, head, matcher, probe = parts
    return Graphs(body, head, matcher, probe, precision)

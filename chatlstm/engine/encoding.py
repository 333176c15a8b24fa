"""How a network's weights lie in a safetensors file: halves, bytes with scales, or factors; no torch here.

Axes: R rows (output channels), C columns, r rank.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from chatlstm.errors import CheckpointError

KINDS = ("float16", "int8", "low-rank")
SCALE, LEFT, RIGHT = ".scale", ".left", ".right"  # what parts of a matrix are called beside its name
LARGEST = 127  # of the bytes; -128 is not used, so that the range is symmetric
SMALLEST_SCALE = np.finfo(np.float32).tiny

Arrays = dict[str, NDArray[np.float32]]
Stored = dict[str, NDArray[Any]]  # Any: halves, bytes and floats lie side by side


@dataclass(frozen=True)
class Encoding:
    """How matrices are stored; vectors are always halves.

    Args:
        kind: ``"float16"``; ``"int8"``, a byte an entry and a scale a row; ``"low-rank"``, two
            factors in half precision for each matrix of the LSTM that becomes smaller by it.
        rank: Columns of the left factor, ``>= 1`` for ``"low-rank"``, otherwise 0.

    Raises:
        ValueError: There is no such kind, or the rank does not go with it.

    Example:
        >>> Encoding("int8").rank
        0
    """

    kind: str = "float16"
    rank: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {self.kind!r}")
        if self.rank < 0 or bool(self.rank) != (self.kind == "low-rank"):
            raise ValueError(f"rank must be at least 1 for 'low-rank' and 0 otherwise, got {self.rank}")


HALVES = Encoding("float16")


def read_arrays(path: Path) -> Arrays:
    """Read the weights of a checkpoint, however they are stored.

    Args:
        path: A ``weights.safetensors``; its hash is not looked at.

    Returns:
        Every weight by the name the network gives it, in float32.

    Raises:
        CheckpointError: The file is missing, damaged or foreign.
    """
    try:
        return decode_arrays(load_file(path))
    except (OSError, SafetensorError, ValueError, LookupError, TypeError) as error:
        raise CheckpointError(f"{path}: cannot be read: {error}") from error


def encode_arrays(arrays: Mapping[str, NDArray[np.float32]], encoding: Encoding) -> Stored:
    """Store weights so that they take less room.

    Args:
        arrays: Weights by name, finite.
        encoding: How.

    Returns:
        What ``safetensors`` is to write: under a weight's own name, or under its name with
        ``.scale``, ``.left`` or ``.right`` behind it.

    Example:
        >>> stored = encode_arrays({"w": np.ones((2, 3), np.float32)}, Encoding("int8"))
        >>> {name: (array.dtype.name, array.shape) for name, array in stored.items()}
        {'w': ('int8', (2, 3)), 'w.scale': ('float32', (2,))}
    """
    stored: Stored = {}
    for name, array in arrays.items():
        if encoding.kind == "int8" and array.ndim == 2:
            stored[name], stored[name + SCALE] = quantise_rows(array)
        elif _gains_by_rank(name, array.shape, encoding.rank):
            left, right = factor_matrix(array, encoding.rank)
            stored[name + LEFT], stored[name + RIGHT] = left.astype(np.float16), right.astype(np.float16)
        else:
            stored[name] = np.array(array, np.float16, order="C")
    return stored


def decode_arrays(stored: Mapping[str, NDArray[Any]]) -> Arrays:  # Any: of several types
    """Give back the weights that ``encode_arrays`` stored, as nearly as they were kept.

    Args:
        stored: What the file holds.

    Returns:
        The weights by name, in float32.

    Raises:
        ValueError: A part does not fit its other part, or is of a type that is never written.
        KeyError: A part is missing.

    Example:
        >>> stored = encode_arrays({"w": np.array([[1, -2]], np.float32)}, Encoding("int8"))
        >>> decode_arrays(stored)["w"].round(2)
        array([[ 1.01, -2.  ]], dtype=float32)
    """
    arrays: Arrays = {}
    for name, array in stored.items():
        if name.endswith(LEFT):
            whole = name.removesuffix(LEFT)
            arrays[whole] = array.astype(np.float32) @ stored[whole + RIGHT].astype(np.float32)
        elif name.endswith(RIGHT):
            _check_partner(name, RIGHT, LEFT, stored)
        elif name.endswith(SCALE):
            _check_partner(name, SCALE, "", stored)
        elif array.dtype == np.int8:
            arrays[name] = restore_rows(array, stored[name + SCALE])
        elif array.dtype in (np.float16, np.float32):
            arrays[name] = array.astype(np.float32)
        else:
            raise ValueError(f"{name} is of the type {array.dtype}")
    return arrays


def quantise_rows(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round every row to whole multiples of its own scale, 127 of them each way.

    Rows that ``restore_rows`` gives back are rounded to the very same bytes again.

    Args:
        matrix: Shape ``(R, C)``, finite.

    Returns:
        The multiples, shape ``(R, C)``, and the scales, shape ``(R,)``, each positive.

    Example:
        >>> multiples, scales = quantise_rows(np.array([[1.0, -2.0, 0.5]], np.float32))
        >>> multiples.tolist(), (scales * 127).tolist()
        ([[64, -127, 32]], [2.0])
    """
    peaks = np.abs(matrix).max(axis=1, initial=0.0)  # (R,)
    scales = np.maximum(peaks / np.float32(LARGEST), SMALLEST_SCALE).astype(np.float32)
    multiples = np.rint(matrix / scales[:, None]).clip(-LARGEST, LARGEST)  # (R, C)
    return multiples.astype(np.int8), scales


def restore_rows(multiples: NDArray[np.int8], scales: NDArray[np.float32]) -> NDArray[np.float32]:
    """Multiply every row by its scale.

    Args:
        multiples: Shape ``(R, C)``.
        scales: Shape ``(R,)``.

    Returns:
        Shape ``(R, C)``.

    Raises:
        ValueError: There is not one scale a row.
    """
    if multiples.ndim != 2 or scales.shape != multiples.shape[:1]:
        raise ValueError(f"{scales.shape} scales do not fit a matrix of {multiples.shape}")
    return multiples.astype(np.float32) * scales.astype(np.float32)[:, None]


def factor_matrix(
    matrix: NDArray[np.float32], rank: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Find the two factors of a rank whose product is nearest to a matrix.

    Args:
        matrix: Shape ``(R, C)``, finite.
        rank: ``1 <= rank <= min(R, C)``.

    Returns:
        Factors of shape ``(R, r)`` and ``(r, C)``; the singular values are shared between them,
        so that neither leaves the range of halves.

    Source:
        Eckart and Young 1936, "The approximation of one matrix by another of lower rank".

    Example:
        >>> left, right = factor_matrix(np.outer([1, 2], [3, 4]).astype(np.float32), 1)
        >>> (left @ right).round(3).tolist()
        [[3.0, 4.0], [6.0, 8.0]]
    """
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    roots = np.sqrt(values[:rank])
    return left[:, :rank] * roots, roots[:, None] * right[:rank]


def _gains_by_rank(name: str, shape: tuple[int, ...], rank: int) -> bool:
    return rank > 0 and name.startswith("layers.") and len(shape) == 2 and rank * sum(shape) < shape[0] * shape[1]


def _check_partner(name: str, part: str, other: str, stored: Mapping[str, object]) -> None:
    if name.removesuffix(part) + other not in stored:
        raise KeyError(f"{name} stands alone")

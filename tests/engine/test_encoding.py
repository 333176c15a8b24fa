"""How weights lie in their file: what each way keeps of them, and what is refused."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray
from safetensors.numpy import save_file

from chatlstm.engine.encoding import (
    Encoding,
    Stored,
    decode_arrays,
    encode_arrays,
    factor_matrix,
    quantise_rows,
    read_arrays,
    restore_rows,
)
from chatlstm.errors import CheckpointError
from tests.house.source import ROOT

Matrix = NDArray[np.float32]
FINITE = st.floats(-(2.0**100), 2.0**100, width=32)
MATRICES = arrays(np.float32, array_shapes(min_dims=2, max_dims=2, max_side=9), elements=FINITE)
RANDOM = np.random.default_rng(1)
WEIGHTS = {
    "embedding.weight": RANDOM.normal(size=(30, 8)).astype(np.float32),
    "layers.0.weight_input": RANDOM.normal(size=(32, 8)).astype(np.float32),
    "layers.0.bias": RANDOM.normal(size=32).astype(np.float32),
    "matcher.log_scale": np.array(2.5, np.float32),
}
INT8, LOW_RANK = Encoding("int8"), Encoding("low-rank", rank=3)


@given(MATRICES)
def test_rows_that_were_rounded_are_rounded_to_the_same_bytes(matrix: Matrix) -> None:
    once, scales = quantise_rows(matrix)
    again, _ = quantise_rows(restore_rows(once, scales))

    assert np.array_equal(once, again)


@given(MATRICES)
def test_no_entry_moves_by_more_than_half_a_step_of_its_row(matrix: Matrix) -> None:
    restored = restore_rows(*quantise_rows(matrix))
    steps = np.abs(matrix).max(axis=1, keepdims=True).astype(np.float64) / 127

    # 1e-36: rows smaller than any weight have a step of their own
    assert (np.abs(restored.astype(np.float64) - matrix) <= 0.5001 * steps + 1e-36).all()


def test_the_largest_entry_of_a_row_becomes_127() -> None:
    multiples, scales = quantise_rows(np.array([[0.5, -1.27, 0.01], [0, 0, 0]], np.float32))

    assert multiples.tolist() == [[50, -127, 1], [0, 0, 0]]
    assert scales[0] == pytest.approx(0.01)


def test_bytes_take_a_quarter_of_the_room_and_a_scale_a_row() -> None:
    stored = encode_arrays(WEIGHTS, INT8)

    kinds = {name: (array.dtype.name, array.shape) for name, array in stored.items()}
    assert kinds == {
        "embedding.weight": ("int8", (30, 8)),
        "embedding.weight.scale": ("float32", (30,)),
        "layers.0.weight_input": ("int8", (32, 8)),
        "layers.0.weight_input.scale": ("float32", (32,)),
        "layers.0.bias": ("float16", (32,)),
        "matcher.log_scale": ("float16", ()),
    }


def test_halves_are_the_nearest_halves() -> None:
    stored = encode_arrays({"w": np.array([[1 + 2**-11, 1 + 3 * 2**-11]], np.float32)}, Encoding())

    # ties fall to the even one (IEEE 754)
    assert stored["w"].tolist() == [[1.0, 1 + 2**-9]]


def test_of_low_rank_only_matrices_of_the_lstm_are_factored() -> None:
    stored = encode_arrays(WEIGHTS, LOW_RANK)

    shapes = {name: array.shape for name, array in stored.items() if array.ndim == 2}
    assert shapes == {
        "embedding.weight": (30, 8),
        "layers.0.weight_input.left": (32, 3),
        "layers.0.weight_input.right": (3, 8),
    }
    assert {array.dtype.name for array in stored.values()} == {"float16"}


def test_a_matrix_that_factors_would_not_shrink_stays_whole() -> None:
    # 7 * (32 + 8) = 280 numbers instead of 256
    assert "layers.0.weight_input" in encode_arrays(WEIGHTS, Encoding("low-rank", rank=7))


def test_the_error_of_the_factors_is_what_the_dropped_singular_values_weigh() -> None:
    matrix = WEIGHTS["layers.0.weight_input"]
    left, right = factor_matrix(matrix, 3)
    dropped = np.linalg.eigvalsh((matrix.T @ matrix).astype(np.float64))[:5]  # squares, least first

    assert np.linalg.norm(left @ right - matrix) == pytest.approx(np.sqrt(dropped.sum()), rel=1e-5)


def test_a_matrix_of_low_rank_survives_its_factors() -> None:
    matrix = np.outer(np.arange(1, 33), np.arange(1, 9)).astype(np.float32)
    decoded = decode_arrays(encode_arrays({"layers.0.weight_input": matrix}, LOW_RANK))

    assert decoded["layers.0.weight_input"] == pytest.approx(matrix, rel=2e-3)


@pytest.mark.parametrize("encoding", [Encoding(), INT8, LOW_RANK], ids=lambda encoding: encoding.kind)
def test_names_and_shapes_survive_the_disk(tmp_path: Path, encoding: Encoding) -> None:
    save_file(encode_arrays(WEIGHTS, encoding), tmp_path / "weights.safetensors")
    read = read_arrays(tmp_path / "weights.safetensors")

    told = {name: (array.dtype, array.shape) for name, array in read.items()}
    assert told == {name: (np.dtype(np.float32), array.shape) for name, array in WEIGHTS.items()}


BYTES, SCALES = np.ones((2, 3), np.int8), np.ones(2, np.float32)
DAMAGED: dict[str, Stored] = {
    "bytes without scales": {"w": BYTES},
    "scales without bytes": {"w.scale": SCALES},
    "scales of other rows": {"w": BYTES, "w.scale": np.ones(3, np.float32)},
    "one scale for all": {"w": BYTES, "w.scale": np.ones(1, np.float32)},
    "a vector of bytes": {"w": np.ones(2, np.int8), "w.scale": SCALES},
    "left without right": {"w.left": np.ones((2, 1), np.float16)},
    "right without left": {"w.right": np.ones((1, 3), np.float16)},
    "factors of two ranks": {"w.left": np.ones((2, 1), np.float16), "w.right": np.ones((2, 3), np.float16)},
    "whole numbers": {"w": np.ones((2, 3), np.int64)},
}


@pytest.mark.parametrize("stored", DAMAGED.values(), ids=DAMAGED)
def test_parts_that_do_not_fit_are_refused(tmp_path: Path, stored: Stored) -> None:
    save_file(stored, tmp_path / "weights.safetensors")

    with pytest.raises(CheckpointError, match=r"weights\.safetensors: cannot be read"):
        read_arrays(tmp_path / "weights.safetensors")


@pytest.mark.parametrize("content", [b"", b"\x80\x04}q\x00.", b"\x08" + bytes(7) + b'{"a":1} '])
def test_what_is_no_safetensors_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "weights.safetensors").write_bytes(content)

    with pytest.raises(CheckpointError, match=r"weights\.safetensors: cannot be read"):
        read_arrays(tmp_path / "weights.safetensors")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"weights\.safetensors: cannot be read"):
        read_arrays(tmp_path / "weights.safetensors")


@pytest.mark.parametrize(("kind", "rank"), [("int4", 0), ("low-rank", 0), ("int8", 4), ("int8", -1)])
def test_an_encoding_that_is_none_is_refused(kind: str, rank: int) -> None:
    with pytest.raises(ValueError, match=r"kind must be one of|rank must be at least 1"):
        Encoding(kind, rank)


def test_weights_are_read_without_torch() -> None:
    code = "import sys, chatlstm.engine.encoding; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0

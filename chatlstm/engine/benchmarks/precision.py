"""What is lost by running and by storing weights in fewer bits."""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from chatlstm.engine.benchmarks.row import Aim, Row, Section
from chatlstm.engine.checkpoint import WEIGHTS
from chatlstm.engine.compression import compress_network
from chatlstm.engine.corpus import TokenFile
from chatlstm.engine.derived import build_graphs
from chatlstm.engine.encoding import Encoding
from chatlstm.engine.evaluation import load_model
from chatlstm.engine.held_out import measure_steps, sum_held_out
from chatlstm.engine.network import Network
from chatlstm.engine.onnx_stepper import OnnxStepper
from chatlstm.engine.stepper import Floats, Stepper
from chatlstm.engine.weights import load_checkpoint
from chatlstm.tokens.tokenizer import TURN

STEPS, REPEATS = 300, 5
WHAT, UNITS = ("size", "loss", "steps"), ("MB", "bits/byte", "tokens/s")


def measure_precision(folder: Path, cache: Path, tokens: TokenFile, text: str) -> Section:
    """Measure what int8 costs of the loss, domain by domain, beside float32.

    Args:
        folder: The checkpoint's folder.
        cache: Folder for what is derived from its weights.
        tokens: What is predicted.
        text: What that is, in words.
    """
    bits: dict[str, dict[str, float]] = {}
    for precision in ("int8", "float32"):
        yield f"predicting in {precision}"
        model = load_model(folder, cache=cache, precision=precision)
        bits[precision] = _measure_bits(model.stepper, tokens, model.tokenizer.count_bytes())
    note = f"of {text}; the reference is float32"
    for domain, reached in bits["int8"].items():
        aim = Aim("at most", 1.005, of="ratio")
        yield Row(f"int8, {domain}", "bits/byte", reached, bits["float32"][domain], aim, note)


def measure_compression(
    folder: Path, student: Path | None, tokens: TokenFile, text: str, *, steps: int = STEPS
) -> Section:
    """Measure size, loss and speed of a checkpoint made smaller, beside the checkpoint.

    Args:
        folder: The checkpoint's folder.
        student: The folder of a smaller one that it taught, if there is one.
        tokens: What is predicted.
        text: What that is, in words.
        steps: Tokens read while timing, ``>= 1``.
    """
    network, tokenizer, config = load_checkpoint(folder, torch.device("cpu"))
    size = config.network.hidden_size
    ways = {
        "half": Encoding("float16"),
        "int8": Encoding("int8"),
        f"rank {size // 2}": Encoding("low-rank", max(1, size // 2)),
    }
    yield "measuring the checkpoint as it is"
    measure = partial(_measure_stored, tokens=tokens, token_bytes=tokenizer.count_bytes(), steps=steps)
    before = measure(network, (folder / WEIGHTS).stat().st_size)
    note = f"the reference is the checkpoint as it is; both run in int8; loss of {text}"
    for way, encoding in ways.items():
        yield f"storing and measuring: {way}"
        yield from _list_rows(way, measure(*compress_network(network, encoding)), before, note)
    if student is None:
        yield f"no smaller network: 'chatlstm checkpoints compress {folder.name} --as distilled' teaches one"
        return
    yield f"measuring {student.name}"
    taught, _, _ = load_checkpoint(student, torch.device("cpu"))
    yield from _list_rows("distilled", measure(taught, (student / WEIGHTS).stat().st_size), before, note)


def _list_rows(
    way: str, after: tuple[float, float, float], before: tuple[float, float, float], note: str
) -> Iterator[Row]:
    for what, unit, reached, reference in zip(WHAT, UNITS, after, before, strict=True):
        yield Row(f"{way}: {what}", unit, reached, reference, None, note)


def _measure_stored(
    network: Network, size: int, tokens: TokenFile, token_bytes: NDArray[np.int32], steps: int
) -> tuple[float, float, float]:
    """Give megabytes, bits per byte, and steps a second."""
    stepper = run_int8(network)
    return size / 1e6, _measure_bits(stepper, tokens, token_bytes)["all"], time_steps(stepper, steps)


def run_int8(network: Network) -> OnnxStepper:
    """Run a network as it runs on a CPU."""
    arrays = {name: weight.detach().cpu().numpy() for name, weight in network.state_dict().items()}
    return OnnxStepper(network.config, build_graphs(network.config, arrays, "int8"))


def time_steps(stepper: OnnxStepper, steps: int) -> float:
    """Give the steps a second of one row, the best of five times."""
    state, token_ids = stepper.start(1), np.array([TURN])
    best = 0.0
    for _ in range(REPEATS):
        begun = time.perf_counter()
        for _ in range(steps):
            _, state = stepper.step(token_ids, state)
        best = max(best, steps / (time.perf_counter() - begun))
    return best


def _measure_bits(stepper: Stepper[Floats], tokens: TokenFile, token_bytes: NDArray[np.int32]) -> dict[str, float]:
    parts = measure_steps(stepper, tokens, token_bytes)
    return {domain: part.bits_per_byte for domain, part in {**parts, "all": sum_held_out(parts.values())}.items()}

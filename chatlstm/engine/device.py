"""Which device computes, and whether bfloat16 is faster there."""

import ctypes
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import torch

from chatlstm.errors import MisuseError

LEAST_SIZE, LEAST_GAIN = 128, 0.9
DEVICES = ("cuda", "mps", "cpu")
# glibc's M_MMAP_MAX: no matrix is mapped by itself; M_TRIM_THRESHOLD: trim late; M_TOP_PAD: grow in large steps
KEEP_FREED = ((-4, 0), (-1, 2**31 - 1), (-2, 2**26))
Device = torch.device


def list_devices() -> tuple[str, ...]:
    """List the kinds of device this machine has, the fastest first."""
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    return tuple(name for name in DEVICES if present[name])


def choose_device(name: str | None, present: tuple[str, ...]) -> torch.device:
    """Choose the device that was named, or the fastest there is.

    Args:
        name: ``"cuda"``, ``"cuda:1"``, ``"mps"``, ``"cpu"`` or None.
        present: What the machine has, as ``list_devices`` tells.

    Raises:
        MisuseError: The named device is not there.

    Example:
        >>> choose_device(None, ("cuda", "cpu"))
        device(type='cuda')
    """
    if name is None:
        return torch.device(present[0])
    refusal = f"no device {name!r} here; there is {', '.join(present)}"
    if name.partition(":")[0] not in present:
        raise MisuseError(refusal)
    try:
        return torch.device(name)
    except RuntimeError as error:  # such as "cpu:foo"
        raise MisuseError(refusal) from error


def keep_freed_memory(library: object = None) -> bool:
    """Have the C library keep freed memory for the next step instead of giving it back.

    A training step frees and takes large matrices again and again; fresh ones cost a CPU a fault a
    page. Measured at the starter's size: 7 % of a step. Only glibc can be told so.

    Args:
        library: What holds ``mallopt``; this process's C library if not given.

    Returns:
        Whether it could be told.
    """
    try:
        mallopt = (library or ctypes.CDLL(None)).mallopt  # type: ignore[attr-defined]  # found at run time
    except (AttributeError, TypeError):  # another C library, another system
        return False
    return all(mallopt(option, value) for option, value in KEEP_FREED)


def autocast(device: torch.device, *, enabled: bool) -> AbstractContextManager[object]:
    """Compute matrix products in bfloat16 within this context, if ``enabled``."""
    return torch.autocast(device.type, torch.bfloat16, enabled=enabled)


def prefers_bfloat16(
    device: torch.device,
    *,
    size: int,
    time_window: Callable[[int, bool], float] | None = None,
    cuda_supports: Callable[[], bool] = torch.cuda.is_bf16_supported,
) -> bool:
    """Time one small LSTM window in both precisions and tell whether bfloat16 is faster.

    Without AVX512-BF16 or AMX it is slower on a CPU, and some builds refuse it. A gain of less
    than a tenth, or on a layer narrower than 128, is chance: then it is left, so that the same
    command trains the same weights.

    Args:
        device: Where to try.
        size: Hidden size to try with, ``>= 1``.
        time_window: Gives the seconds a window takes on the CPU, for a hidden size and with
            bfloat16 or without; measured if not given.
        cuda_supports: Tells whether the graphics card computes in bfloat16.
    """
    if device.type == "cuda":
        return cuda_supports()
    if device.type != "cpu" or size < LEAST_SIZE:
        return False
    measure = time_window or time_lstm
    try:
        return measure(size, True) < LEAST_GAIN * measure(size, False)
    except RuntimeError:  # this build has no bfloat16 kernels
        return False


def time_lstm(size: int, bfloat16: bool) -> float:
    """Time an LSTM layer over a window on the CPU, in seconds: the fastest of four runs.

    Args:
        size: Hidden size H, ``>= 1``.
        bfloat16: Whether matrix products run in bfloat16.
    """
    device = torch.device("cpu")
    x = torch.randn(64, 16, size, device=device)  # (B, T, H)
    shapes = ((4 * size, size), (4 * size, size), (4 * size,), (4 * size,))
    weights = [torch.randn(shape, device=device) for shape in shapes]
    state = [x.new_zeros(1, len(x), size) for _ in range(2)]
    seconds = []
    with torch.no_grad(), autocast(device, enabled=bfloat16):
        for _ in range(4):
            start = time.perf_counter()
            torch.lstm(x, state, weights, True, 1, 0.0, False, False, True)
            seconds.append(time.perf_counter() - start)
    return min(seconds)

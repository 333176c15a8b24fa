"""Which device computes, and whether bfloat16 is faster there."""

import time
from contextlib import AbstractContextManager

import torch
from torch import Tensor

from chatlstm.errors import MisuseError

DEVICES = ("cuda", "mps", "cpu")


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
    if name.partition(":")[0] not in present:
        raise MisuseError(f"no device {name!r} here; there is {', '.join(present)}")
    return torch.device(name)


def autocast(device: torch.device, *, enabled: bool) -> AbstractContextManager[object]:
    """Compute matrix products in bfloat16 within this context, if ``enabled``."""
    return torch.autocast(device.type, torch.bfloat16, enabled=enabled)


def prefers_bfloat16(device: torch.device, *, size: int = 512) -> bool:
    """Time one small LSTM window in both precisions and tell whether bfloat16 is faster.

    Without AVX512-BF16 or AMX it is slower on a CPU, and some builds refuse it.

    Args:
        device: Where to try.
        size: Hidden size to try with, ``>= 1``.
    """
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    if device.type != "cpu":
        return False
    weights = [torch.randn(4 * size, size), torch.randn(4 * size, size), torch.zeros(4 * size), torch.zeros(4 * size)]
    x = torch.randn(64, 16, size)  # (B, T, H)
    try:
        return _time_window(x, weights, enabled=True) < _time_window(x, weights, enabled=False)
    except RuntimeError:  # this build has no bfloat16 kernels
        return False


def _time_window(x: Tensor, weights: list[Tensor], *, enabled: bool) -> float:
    state = [x.new_zeros(1, len(x), x.shape[2]) for _ in range(2)]
    seconds = []
    with torch.no_grad(), autocast(x.device, enabled=enabled):
        for _ in range(4):
            start = time.perf_counter()
            torch.lstm(x, state, weights, True, 1, 0.0, False, False, True)
            seconds.append(time.perf_counter() - start)
    return min(seconds)

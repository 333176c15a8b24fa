"""The machine a benchmark ran on, so that its figures can be compared."""

import importlib.metadata
import os
import platform
from pathlib import Path

import torch

LIBRARIES = ("torch", "onnxruntime", "numpy")
CPU_TABLE = Path("/proc/cpuinfo")


def describe_machine() -> dict[str, object]:
    """Tell what does not change while a benchmark runs.

    Returns:
        ``cpu`` its model, ``cores`` this process may use, ``threads`` torch computes with,
        ``memory`` in bytes, ``system``, ``python`` and the version of each library; None for
        what this system does not tell or what is not installed.
    """
    return {
        "cpu": name_cpu(CPU_TABLE),
        "cores": count_cores(),
        "threads": torch.get_num_threads(),
        "memory": count_memory(),
        "system": platform.platform(),
        "python": platform.python_version(),
        **{library: find_version(library) for library in LIBRARIES},
    }


def name_cpu(table: Path) -> str:
    """Read the processor's model from Linux's table, or ask the platform.

    Args:
        table: The table, ``/proc/cpuinfo``; it need not be there.
    """
    lines = table.read_text(encoding="utf-8").splitlines() if table.is_file() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def count_cores() -> int:
    """Count the cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def count_memory() -> int | None:
    """Count the machine's bytes of memory; None where the system does not tell."""
    if not hasattr(os, "sysconf"):
        return None
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def read_load() -> float | None:
    """Read how many processes wanted to run in the last minute; None where the system does not tell."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def find_version(library: str) -> str | None:
    """Find the installed version of a library; None where it is not installed."""
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return None

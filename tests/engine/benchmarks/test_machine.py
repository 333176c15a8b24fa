import os
from pathlib import Path

import pytest

from chatlstm.engine.benchmarks.machine import (
    count_cores,
    count_memory,
    describe_machine,
    find_version,
    name_cpu,
    read_load,
)


def test_the_machine_is_told() -> None:
    told = describe_machine()

    assert set(told) == {"cpu", "cores", "threads", "memory", "system", "python", "torch", "onnxruntime", "numpy"}


def test_the_model_is_the_first_of_the_table(tmp_path: Path) -> None:
    table = tmp_path / "cpuinfo"
    table.write_text("processor : 0\nmodel name\t: Abacus 9\nprocessor : 1\nmodel name\t: Abacus 10\n")

    assert name_cpu(table) == "Abacus 9"


def test_without_a_table_the_platform_is_asked(tmp_path: Path) -> None:
    assert name_cpu(tmp_path / "none")


def test_a_library_that_is_not_installed_has_no_version() -> None:
    assert find_version("no-such-library") is None


def test_a_system_that_tells_little_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sched_getaffinity", "sysconf", "getloadavg"):
        monkeypatch.delattr(os, name, raising=False)

    assert (count_cores(), count_memory(), read_load()) == (os.cpu_count(), None, None)


def test_cores_memory_and_load_are_counted() -> None:
    assert count_cores() >= 1
    assert (count_memory() or 2**30) > 2**27
    assert (read_load() or 0) >= 0

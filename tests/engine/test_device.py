import platform

import pytest
import torch

from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.device import (
    choose_device,
    keep_freed_memory,
    list_devices,
    prefers_bfloat16,
    time_lstm,
)
from chatlstm.engine.network import Network
from chatlstm.errors import MisuseError

CPU, CUDA, MPS = torch.device("cpu"), torch.device("cuda"), torch.device("mps")


def narrow_is_faster(_: int, bfloat16: bool) -> float:
    return 1.0 if bfloat16 else 2.0


def narrow_is_slower(_: int, bfloat16: bool) -> float:
    return 2.0 if bfloat16 else 1.0


def narrow_is_missing(_: int, bfloat16: bool) -> float:
    if bfloat16:
        raise RuntimeError("no kernel for bfloat16")
    return 1.0


def test_the_processor_is_always_there_and_comes_last() -> None:
    assert list_devices()[-1] == "cpu"


@pytest.mark.parametrize(
    ("present", "chosen"),
    [(("cuda", "mps", "cpu"), CUDA), (("mps", "cpu"), MPS), (("cpu",), CPU)],
)
def test_the_first_device_there_is_is_chosen(present: tuple[str, ...], chosen: torch.device) -> None:
    assert choose_device(None, present) == chosen


def test_a_named_device_is_chosen_before_a_faster_one() -> None:
    assert choose_device("cpu", ("cuda", "cpu")) == CPU


def test_a_device_may_be_numbered() -> None:
    assert choose_device("cuda:1", ("cuda", "cpu")) == torch.device("cuda", 1)


def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(MisuseError, match="no device 'cuda' here; there is mps, cpu"):
        choose_device("cuda", ("mps", "cpu"))


@pytest.mark.parametrize("nonsense", ["cpu:foo", "cuda:", "cpu:-3"])
def test_a_device_number_that_is_none_is_refused(nonsense: str) -> None:
    with pytest.raises(MisuseError, match="no device"):
        choose_device(nonsense, ("cuda", "cpu"))


def test_bfloat16_is_taken_on_a_processor_where_it_is_faster() -> None:
    assert prefers_bfloat16(CPU, size=128, time_window=narrow_is_faster)


def test_bfloat16_is_left_on_a_processor_where_it_is_slower() -> None:
    assert not prefers_bfloat16(CPU, size=128, time_window=narrow_is_slower)


@pytest.mark.parametrize(("seconds", "taken"), [(0.89, True), (0.91, False)])
def test_bfloat16_is_left_where_it_gains_less_than_a_tenth(seconds: float, taken: bool) -> None:
    chosen = prefers_bfloat16(
        CPU, size=128, time_window=lambda _, bfloat16: seconds if bfloat16 else 1.0
    )

    assert chosen is taken


def test_bfloat16_is_left_on_narrow_layers() -> None:
    assert not prefers_bfloat16(CPU, size=127, time_window=narrow_is_faster)


def test_bfloat16_is_left_on_a_processor_that_refuses_it() -> None:
    assert not prefers_bfloat16(CPU, size=128, time_window=narrow_is_missing)


@pytest.mark.parametrize("supported", [True, False])
def test_bfloat16_is_taken_on_a_graphics_card_that_has_it(supported: bool) -> None:
    assert prefers_bfloat16(CUDA, size=128, cuda_supports=lambda: supported) is supported


def test_bfloat16_is_left_on_mps() -> None:
    assert not prefers_bfloat16(MPS, size=128, time_window=narrow_is_faster)


def test_the_probe_measures_a_time() -> None:
    assert time_lstm(8, False) > 0


def test_the_probe_tells_yes_or_no() -> None:
    assert prefers_bfloat16(CPU, size=128) in (True, False)


def test_reading_stays_on_the_network_s_device() -> None:
    network = Network(NetworkConfig(20, hidden_size=4, num_layers=2)).to("meta")

    features, state = network.read(torch.zeros(2, 3, dtype=torch.long, device="meta"), network.zero_state(2))

    assert {tensor.device.type for tensor in (features, *state)} == {"meta"}


class Library:
    """A C library that does as it is told, or not."""

    def __init__(self, *, obeys: bool) -> None:
        self.told: list[tuple[int, int]] = []
        self._obeys = obeys

    def mallopt(self, option: int, value: int) -> int:
        self.told.append((option, value))
        return int(self._obeys)


def test_freed_memory_is_kept_by_three_settings() -> None:
    library = Library(obeys=True)

    assert keep_freed_memory(library)
    assert dict(library.told) == {-4: 0, -1: 2**31 - 1, -2: 2**26}  # M_MMAP_MAX, M_TRIM_THRESHOLD, M_TOP_PAD


@pytest.mark.parametrize("library", [Library(obeys=False), "no C library"])
def test_where_memory_cannot_be_kept_that_is_told(library: object) -> None:
    assert not keep_freed_memory(library)


def test_this_process_can_be_told() -> None:
    assert keep_freed_memory() is (platform.libc_ver()[0] == "glibc")

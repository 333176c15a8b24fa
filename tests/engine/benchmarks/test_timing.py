import pytest
import torch

from chatlstm.engine.benchmarks.timing import time_in_turns, use_threads


def test_contenders_are_warmed_up_and_then_take_turns() -> None:
    ran: list[str] = []

    time_in_turns({"a": lambda: ran.append("a"), "b": lambda: ran.append("b")}, repeats=2, warmups=3)

    assert "".join(ran) == "aaabbb" + "abab"


def test_each_contender_has_its_seconds() -> None:
    seconds = time_in_turns({"a": int, "b": int}, repeats=1, warmups=0)

    assert list(seconds) == ["a", "b"]
    assert all(taken >= 0 for taken in seconds.values())


@pytest.mark.parametrize(("repeats", "warmups"), [(0, 1), (1, -1)])
def test_too_few_repeats_are_refused(repeats: int, warmups: int) -> None:
    with pytest.raises(ValueError, match=f"got {repeats} and {warmups}"):
        time_in_turns({}, repeats=repeats, warmups=warmups)


def test_threads_are_as_before_after_a_failure() -> None:
    before = torch.get_num_threads()

    with pytest.raises(KeyError), use_threads(before + 1):
        assert torch.get_num_threads() == before + 1
        raise KeyError

    assert torch.get_num_threads() == before

import threading

import pytest

from chatlstm.interface.loading import Loading


def fail() -> int:
    raise MemoryError("too big")


def test_nothing_is_made_before_it_is_begun() -> None:
    made: list[int] = []
    loading = Loading(lambda: made.append(1))

    assert (made, loading.ended, loading.running, loading.value) == ([], False, False, None)


def test_it_is_made_once_however_often_it_is_begun() -> None:
    made: list[int] = []
    loading = Loading(lambda: made.append(1))
    for _ in range(3):
        loading.start()
    loading.wait()

    assert made == [1]


def test_the_beginning_does_not_wait_for_the_end() -> None:
    gate = threading.Event()
    loading = Loading(gate.wait)
    loading.start()

    assert (loading.running, loading.ended, loading.failure) == (True, False, None)
    gate.set()
    assert loading.wait() is True


def test_a_failure_is_raised_for_everyone_who_waits() -> None:
    loading = Loading(fail)
    for _ in range(2):
        with pytest.raises(MemoryError, match="too big"):
            loading.wait()

    assert (loading.ended, loading.value, str(loading.failure)) == (True, None, "too big")


@pytest.mark.parametrize("make", [fail, int])
def test_the_end_is_called_out_whatever_it_is(make: type[int]) -> None:
    told = threading.Event()
    loading = Loading(make)
    loading.when_ended(told.set)
    loading.start()

    assert told.wait(10)
    assert loading.ended


def test_it_is_known_whether_somebody_waits() -> None:
    loading = Loading(int)
    loading.start()
    before = loading.awaited
    loading.wait()

    assert (before, loading.awaited) == (False, True)

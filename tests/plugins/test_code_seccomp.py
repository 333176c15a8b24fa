"""The filter of system calls, run by hand instead of by the kernel."""

import ctypes
import platform
import struct
from itertools import pairwise

import pytest
from chatlstm_code.seccomp import ALLOW, KILL, MACHINES, REFUSE, build_filter, write_program

# x86-64's numbers, from the kernel's table
READ, WRITE, MMAP, OPEN, SOCKET, CLONE, EXECVE, KILL_CALL, PTRACE, OPENAT = 0, 1, 9, 2, 41, 56, 59, 62, 101, 257


def decide(program: bytes, architecture: int, number: int, protection: int = 0) -> int:
    """Interpret a classic packet filter: load, jump if equal, jump if bits are shared, return."""
    data = {0: number, 4: architecture, 32: protection}
    lines = list(struct.iter_unpack("HBBI", program))
    place = accumulator = 0
    while True:
        code, jump_true, jump_false, value = lines[place]
        place += 1
        if code == 0x20:
            accumulator = data[value]
        elif code == 0x15:
            place += jump_true if accumulator == value else jump_false
        elif code == 0x45:
            place += jump_true if accumulator & value else jump_false
        else:
            assert code == 0x06
            return int(value)


@pytest.fixture
def program() -> bytes:
    return build_filter(MACHINES["x86_64"])


@pytest.mark.parametrize("number", [READ, WRITE, MMAP, 231])
def test_what_computing_needs_is_allowed(program: bytes, number: int) -> None:
    assert decide(program, 0xC000003E, number) == ALLOW


@pytest.mark.parametrize("number", [OPEN, SOCKET, CLONE, EXECVE, KILL_CALL, PTRACE, OPENAT, 435, 425, 0x40000000])
def test_everything_else_is_refused(program: bytes, number: int) -> None:
    assert decide(program, 0xC000003E, number) == REFUSE


def test_memory_that_can_be_executed_is_refused(program: bytes) -> None:
    assert [decide(program, 0xC000003E, MMAP, protection) for protection in (3, 4, 7)] == [ALLOW, REFUSE, REFUSE]


def test_another_machine_is_ended(program: bytes) -> None:
    assert decide(program, 0x40000003, READ) == KILL


@pytest.mark.parametrize("machine", MACHINES)
def test_no_call_is_listed_twice(machine: str) -> None:
    calls = sorted(MACHINES[machine].allowed + MACHINES[machine].memory)
    assert all(left < right for left, right in pairwise(calls))


@pytest.mark.skipif(platform.machine() not in MACHINES, reason="no filter is known for this machine")
def test_the_kernel_is_given_the_count_of_instructions_and_where_they_lie() -> None:
    head, body = write_program() or (b"", b"")
    count, address = struct.unpack("HxxxxxxQ", bytes(head)[:16])
    assert (count * 8, address) == (len(bytes(body)), ctypes.addressof(body))  # type: ignore[arg-type] # it is there

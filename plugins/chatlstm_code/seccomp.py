"""The system calls that a candidate's process may make: those that Python needs to compute, and no other.

Linux on x86-64 and 64-bit ARM; elsewhere there is no such filter.

Source: seccomp(2) and the kernel's "Seccomp BPF" guide; the numbers are of the kernel's system call tables.
"""

import ctypes
import platform
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
SECCOMP_MODE_FILTER = 2
KILL, REFUSE, ALLOW = 0x8000_0000, 0x0005_0001, 0x7FFF_0000  # REFUSE gives EPERM
LOAD, EQUAL, SHARES_BITS, RETURN = 0x20, 0x15, 0x45, 0x06
NUMBER_AT, ARCHITECTURE_AT, PROTECTION_AT = 0, 4, 32  # in struct seccomp_data
PROT_EXEC = 4


@dataclass(frozen=True)
class Calls:
    """A machine's system calls.

    Args:
        architecture: Its AUDIT_ARCH number.
        allowed: Calls that do nothing to others: read and write what is open, memory, time, signals of its own, exit.
        memory: mmap and mprotect, which are allowed as long as nothing becomes executable.
    """

    architecture: int
    allowed: tuple[int, ...]
    memory: tuple[int, ...]


# read write close fstat lseek munmap brk rt_sigaction rt_sigprocmask rt_sigreturn sched_yield mremap madvise getpid
# exit gettimeofday getrusage sigaltstack gettid futex restart_syscall clock_gettime clock_nanosleep exit_group
# getrandom
MACHINES = {
    "x86_64": Calls(
        0xC000_003E,
        (0, 1, 3, 5, 8, 11, 12, 13, 14, 15, 24, 25, 28, 39, 60, 96, 98, 131, 186, 202, 219, 228, 230, 231, 318),
        (9, 10),
    ),
    "aarch64": Calls(
        0xC000_00B7,
        # in the order of the numbers
        (57, 62, 63, 64, 80, 93, 94, 98, 113, 115, 124, 128, 132, 134, 135, 139, 165, 169, 172, 178, 214, 215, 216,
         233, 278),
        (222, 226),
    ),
}


def build_filter(calls: Calls) -> bytes:
    """Write the filter: each system call is allowed, allowed without execution, or refused.

    Args:
        calls: Of this machine.

    Returns:
        Instructions of the kernel's packet filter, 8 bytes each.
    """
    numbers = len(calls.allowed) + len(calls.memory)
    lines = [(LOAD, 0, 0, ARCHITECTURE_AT), (EQUAL, 1, 0, calls.architecture), (RETURN, 0, 0, KILL)]
    lines.append((LOAD, 0, 0, NUMBER_AT))
    for place, number in enumerate((*calls.allowed, *calls.memory)):
        left = numbers - place - 1  # checks that follow this one
        target = left + 1 if number in calls.memory else left + 3
        lines.append((EQUAL, target, 0, number))
    lines += [(RETURN, 0, 0, REFUSE), (LOAD, 0, 0, PROTECTION_AT), (SHARES_BITS, 1, 0, PROT_EXEC)]
    lines += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE)]
    return pack_lines(lines)


def pack_lines(lines: Sequence[tuple[int, int, int, int]]) -> bytes:
    """Pack instructions as ``struct sock_filter``: operation, jump if true, jump if false, value."""
    return b"".join(struct.pack("HBBI", *line) for line in lines)


@cache
def find_kernel() -> ctypes.CDLL:
    """Give what system calls are made through; found once, before processes are forked."""
    return ctypes.CDLL(None)


@cache
def write_program() -> tuple[ctypes.Array[ctypes.c_char], ctypes.Array[ctypes.c_char]] | None:
    """Write this machine's filter into memory: its head, and its instructions; None where none is known."""
    calls = MACHINES.get(platform.machine())
    if calls is None:
        return None
    lines = build_filter(calls)
    body = ctypes.create_string_buffer(lines, len(lines))
    # struct sock_fprog: a count, and a pointer at the next full word
    return ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(lines) // 8, ctypes.addressof(body))), body


def refuse_system_calls() -> bool:  # pragma: no cover - behind walls
    """Put the filter up for this process, for good.

    Returns:
        Whether it stands.
    """
    program = write_program()
    kernel = find_kernel()
    if program is None or kernel.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    kernel.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    return int(kernel.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program[0], 0, 0)) == 0

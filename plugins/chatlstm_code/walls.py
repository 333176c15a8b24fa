"""The walls around all candidates, and the limits of each: whatever of them the system has.

Linux: namespaces of its own (no network, no other process in sight) where the kernel grants them, an empty
temporary folder as the root of all files, Landlock without a single rule, the user ``nobody`` where it began as
root, limits, and for each candidate a filter of system calls. macOS: limits. Windows: none of
these; there the allow-list of the source and the audit hook stand alone.
"""

import os
import signal
import struct
import sys
from collections.abc import Callable, Iterator

from chatlstm_code.seccomp import (
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    find_kernel,
    refuse_system_calls,
    write_program,
)

if sys.platform != "win32":
    import resource  # now: behind the walls no file can be read

CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000
NOBODY = 65534
LANDLOCK_CREATE, LANDLOCK_RESTRICT = 444, 446
LANDLOCK_VERSION = 1  # a flag that asks for it
# the rights over files that each version of Landlock knows, and the size of what it is told
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
NETWORK_SINCE, SCOPES_SINCE = 4, 6


def put_up_walls(go_on_in_child: Callable[[], None]) -> Iterator[str]:  # pragma: no cover - behind walls
    """Put up the walls that hold for this process and all its children, for good.

    Args:
        go_on_in_child: Forks, and returns in the child only; of a new namespace of processes only
            children are part.

    Yields:
        The name of each that stands.
    """
    if sys.platform == "linux":
        root = os.geteuid() == 0
        if _leave_namespaces(root):
            go_on_in_child()
            yield "namespaces"
        if _change_root():
            yield "empty root folder"
        if root and _become_nobody():
            yield "nobody"
        if _refuse_files():
            yield "landlock"
        if write_program() is not None:
            yield "seccomp"


def _leave_namespaces(root: bool) -> bool:  # pragma: no cover - behind walls
    kernel = find_kernel()
    flags = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC
    return bool((root and kernel.unshare(flags) == 0) or kernel.unshare(flags | CLONE_NEWUSER) == 0)


def _change_root() -> bool:  # pragma: no cover - behind walls
    try:
        os.chroot(".")
        os.chdir("/")
    except OSError:
        return False
    return True


def _become_nobody() -> bool:  # pragma: no cover - behind walls
    try:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    except OSError:
        return False
    return True


def _refuse_files() -> bool:  # pragma: no cover - behind walls
    """Put up Landlock with every right in hand and no rule that gives one back."""
    kernel = find_kernel()
    version = kernel.syscall(LANDLOCK_CREATE, None, 0, LANDLOCK_VERSION)
    if version < 1:
        return False
    rights = (1 << FILE_RIGHTS.get(version, 16)) - 1
    told = struct.pack("Q", rights)
    if version >= NETWORK_SINCE:
        told += struct.pack("Q", 0b11)  # bind and connect
    if version >= SCOPES_SINCE:
        told += struct.pack("Q", 0b11)  # abstract sockets and signals
    rules = kernel.syscall(LANDLOCK_CREATE, told, len(told), 0)
    if rules < 0:
        return False
    kernel.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    refused = int(kernel.syscall(LANDLOCK_RESTRICT, rules, 0))
    os.close(rules)
    return refused == 0


def limit_process(seconds: float, memory: int) -> None:  # pragma: no cover - behind walls
    """Limit this process: processor time, memory, no new process, file or open file, no dump.

    Args:
        seconds: Of the processor.
        memory: Bytes of address space.
    """
    if sys.platform == "linux":
        find_kernel().prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    whole = int(seconds) + 1
    limits = {
        resource.RLIMIT_CPU: (whole, whole + 1),
        resource.RLIMIT_AS: (memory, memory),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NPROC: (0, 0),
        resource.RLIMIT_NOFILE: (4, 4),
    }
    for kind, limit in limits.items():
        try:
            resource.setrlimit(kind, limit)
        except (OSError, ValueError):  # a system that has no such limit
            continue
    signal.setitimer(signal.ITIMER_PROF, seconds)  # ends the process, whatever it is in the midst of


def close_in(limits: tuple[float, int]) -> None:  # pragma: no cover - behind walls
    """Limit this process and filter its system calls.

    Args:
        limits: Seconds of the processor, and bytes of memory.
    """
    limit_process(*limits)
    if sys.platform == "linux":
        refuse_system_calls()

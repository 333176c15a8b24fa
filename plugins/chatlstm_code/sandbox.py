"""Where candidates run: apart, without network or files, and not for long.

Before a candidate runs, its source is held against an allow-list (``checking``). It runs in a process of its own
that a persistent, isolated Python forks (``worker``), with few builtins, an audit hook that refuses everything,
and around it the walls that the system has (``walls``). What comes back is read as bounded JSON (``packing``).
Linux has all of these. macOS has no namespaces, Landlock or filter of system calls; Windows forks no
processes, so that a candidate runs in the worker, which is ended and begun anew when it takes too long.
"""

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from chatlstm.plugin import ChatLSTMError
from chatlstm_code.checking import find_fault
from chatlstm_code.packing import pack, unpack
from chatlstm_code.vocabulary import BUILTINS

BEGIN_SECONDS = 60.0  # a busy machine starts a program slowly
SPARE_SECONDS = 5.0
MAX_LINE = 2**20
AHEAD = 8  # candidates on their way
_PROGRAM = "import sys; sys.path.insert(0, {root!r}); from chatlstm_code.worker import main; main()"


@dataclass(frozen=True)
class Result:
    """What came of one call.

    Args:
        value: What it returned.
        fault: Why it returned nothing: the name of the error, ``"time"``, ``"ended"``, or what the
            source may not hold; empty where it returned.

    Example:
        >>> Result(5).fault
        ''
    """

    value: object = None
    fault: str = ""


class Sandbox:
    """Runs candidates, one after the other; a context manager, which ends it.

    Args:
        checked: Whether sources are held against the allow-list and see few builtins; only the tests
            of the other walls say no.
        preload: Modules to import before the walls stand, for those tests.
        fork: Whether each candidate has a process of its own; by default where there is such a thing.
        memory: Bytes of address space a candidate may have.
    """

    def __init__(
        self,
        *,
        checked: bool = True,
        preload: Sequence[str] = (),
        fork: bool = hasattr(os, "fork"),
        memory: int = 2**29,
    ) -> None:
        self._checked = checked
        self._settings = {
            "names": BUILTINS if checked else (),
            "preload": tuple(preload),
            "fork": fork,
            "memory": memory,
        }
        self._worker: subprocess.Popen[bytes] | None = None
        self._lines: queue.Queue[bytes] = queue.Queue()
        self.folder = ""
        self.walls: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the worker and take its folder away."""
        if self._worker is None:
            return
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._worker.pid, signal.SIGKILL)
        self._worker.kill()
        self._worker.communicate()
        self._worker = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, source: str, name: str, calls: Sequence[Sequence[object]], *, seconds: float) -> list[Result]:
        """Run one candidate; see ``run_all``."""
        return next(self.run_all([source], name, calls, seconds=seconds))

    def run_all(
        self, sources: Iterable[str], name: str, calls: Sequence[Sequence[object]], *, seconds: float
    ) -> Iterator[list[Result]]:
        """Run candidates; while one runs the next ones are already on their way.

        Args:
            sources: Python that defines a function, of each.
            name: Of the function.
            calls: Arguments of each call.
            seconds: Of the processor, for all calls of a candidate together.

        Yields:
            For each candidate, in order, a result a call.

        Raises:
            ChatLSTMError: The worker does not start.
            ValueError: An argument is of a kind that cannot be handed over, or too large.
        """
        packed = [[pack(one) for one in call] for call in calls]
        waiting: deque[tuple[str, str]] = deque()
        coming = iter(sources)
        while True:
            for source in islice(coming, AHEAD - len(waiting)):
                fault = find_fault(source) if self._checked else ""
                request = {"source": source, "name": name, "calls": packed, "seconds": seconds}
                waiting.append((fault, json.dumps(request)))
                self._send(waiting[-1])
            if not waiting:
                return
            fault, _ = waiting.popleft()
            results = [Result(fault=fault)] if fault else self._hear(4 * seconds + SPARE_SECONDS)[: len(calls)]
            if self._worker is None:  # it hung or ended; the others are asked again
                for one in waiting:
                    self._send(one)
            rest = results[-1] if results and results[-1].fault else Result(fault="time")
            yield results + [rest] * (len(calls) - len(results))

    def _send(self, candidate: tuple[str, str]) -> None:
        fault, request = candidate
        if fault:
            return
        worker = self._worker or self._begin()
        with contextlib.suppress(OSError):  # it has ended, as will be heard
            _write(worker.stdin, request)

    def _hear(self, seconds: float) -> list[Result]:
        try:
            return [_read(answer) for answer in json.loads(self._lines.get(timeout=seconds))]
        except (queue.Empty, ValueError, TypeError):  # it hangs, has ended, or what ran in it has answered
            self.close()
            return []

    def _begin(self) -> subprocess.Popen[bytes]:
        root = str(Path(__file__).resolve().parents[1])
        self.folder = tempfile.mkdtemp(prefix="chatlstm-")
        self._lines = queue.Queue()
        worker = self._worker = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", "-c", _PROGRAM.format(root=root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            env={},
            start_new_session=True,
        )
        reader = threading.Thread(target=_read_lines, args=(worker.stdout, self._lines), daemon=True)
        reader.start()
        _write(worker.stdin, json.dumps(self._settings))
        try:
            self.walls = tuple(json.loads(self._lines.get(timeout=BEGIN_SECONDS))["walls"])
        except (queue.Empty, ValueError) as error:
            self.close()
            raise ChatLSTMError("the sandbox in which functions run does not start; try again") from error
        return worker


def _write(pipe: IO[bytes] | None, line: str) -> None:
    if pipe is not None:
        pipe.write(line.encode() + b"\n")
        pipe.flush()


def _read_lines(pipe: IO[bytes] | None, lines: "queue.Queue[bytes]") -> None:
    with contextlib.suppress(ValueError):  # closed meanwhile
        while pipe is not None and (line := pipe.readline(MAX_LINE)):
            lines.put(line)
    lines.put(b"")  # no JSON: it has ended


def _read(answer: object) -> Result:
    match answer:
        case {"value": packed}:
            return Result(unpack(packed))
        case {"fault": fault}:
            return Result(fault=str(fault))
    raise ValueError(f"the worker answered {answer!r}")

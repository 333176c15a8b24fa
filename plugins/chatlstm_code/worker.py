"""The program that runs candidates, each in a process of its own. It imports nothing of ChatLSTM but this package.

Started by ``sandbox`` as ``python -I -S``, it reads a line of JSON with its settings, puts up the walls that hold for
all, says which stand, and answers a request a line. Where processes cannot be forked a candidate runs in this
very process, which ``sandbox`` ends when it takes too long.
"""

import bisect
import builtins
import collections
import functools
import gc
import heapq
import importlib
import itertools
import json
import math
import operator
import os
import re
import select
import signal
import string
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType

from chatlstm_code.packing import pack, unpack
from chatlstm_code.walls import close_in, put_up_walls

MAX_ANSWER = 2**17  # bytes of a candidate's answers
MODULES: Mapping[str, ModuleType] = {
    module.__name__: module
    for module in (bisect, collections, functools, heapq, itertools, math, operator, re, string)
}
HARMLESS_EVENTS = ("compile", "exec")  # what the worker itself does
ANSWERS = 3  # the one open file of a candidate


@dataclass(frozen=True)
class Settings:
    """How candidates run.

    Args:
        names: The builtins they have; empty for all, which only the tests of the walls ask for.
        preload: Modules to import before the walls stand.
        fork: Whether each has a process of its own.
        memory: Bytes of address space each may have.
    """

    names: tuple[str, ...]
    preload: tuple[str, ...] = ()
    fork: bool = True
    memory: int = 2**29


def main() -> None:  # pragma: no cover - behind walls
    """Answer requests until there are no more."""
    table = json.loads(sys.stdin.buffer.readline())
    settings = Settings(tuple(table["names"]), tuple(table["preload"]), table["fork"], table["memory"])
    for name in settings.preload:
        importlib.import_module(name)
    devnull = os.open(os.devnull, os.O_RDWR)
    say({"walls": list(put_up_walls(go_on_in_child)) if settings.fork else []})
    if not settings.fork:
        refuse_events()
    gc.freeze()  # what is there now is never looked through again, so forked processes share it
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        if settings.fork:
            say(run_apart(request, settings, devnull))
        else:
            answers: list[object] = []
            run_candidate(request, settings, answers.append)
            say(answers)


def go_on_in_child() -> None:  # pragma: no cover - behind walls
    """Fork, and return in the child only; this process waits for its end and ends as well."""
    child = os.fork()
    if child:
        os.closerange(0, 3)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0)


def say(answer: object) -> None:  # pragma: no cover - behind walls
    """Send a line of JSON to whoever started this program."""
    line = json.dumps(answer).encode() + b"\n"
    while line:
        line = line[os.write(1, line) :]


def run_apart(  # pragma: no cover - behind walls
    request: Mapping[str, object], settings: Settings, devnull: int
) -> list[object]:
    """Run a candidate in a process of its own.

    Args:
        request: ``source``, ``name`` of the function, packed ``calls`` and ``seconds``.
        settings: How.
        devnull: The open file that leads nowhere.

    Returns:
        An answer a call: ``{"value": ...}`` or ``{"fault": ...}``; fewer, where it was ended.
    """
    seconds = float(str(request["seconds"]))
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        for place in range(ANSWERS):
            os.dup2(devnull, place)
        os.dup2(writing, ANSWERS)
        os.closerange(ANSWERS + 1, 256)
        close_in((seconds, settings.memory))
        if settings.names:
            refuse_events()
        run_candidate(request, settings, _answer)
        os._exit(0)
    os.close(writing)
    text, ended = listen(reading, time.monotonic() + 4 * seconds + 1)
    os.close(reading)
    for end in (os.kill, os.killpg):
        try:
            end(child, signal.SIGKILL)
        except OSError:  # it has ended, or never led a group
            continue
    status = os.waitpid(child, 0)[1]
    return read_answers(text) + ([] if ended and not status else [{"fault": name_end(status)}])


def listen(reading: int, until: float) -> tuple[bytes, bool]:
    """Read what a candidate answers.

    Args:
        reading: The open file it answers to.
        until: When to stop, by the monotonic clock.

    Returns:
        What it answered, nothing where that is too much; and whether it came to its end by itself.
    """
    text = b""
    while len(text) <= MAX_ANSWER:
        ready = select.select([reading], [], [], max(until - time.monotonic(), 0))[0]
        if not ready:
            return text, False
        part = os.read(reading, 2**16)
        if not part:
            return text, True
        text += part
    return b"", False


def read_answers(text: bytes) -> list[object]:
    """Read a candidate's answers; nothing of them is kept but values of the kinds that are known."""
    answers: list[object] = []
    for line in text.split(b"\n")[:-1]:
        try:
            answer = json.loads(line)
            fault = answer.get("fault")
            answers.append({"fault": str(fault)[:100]} if fault else {"value": pack(unpack(answer["value"]))})
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            answers.append({"fault": "no answer"})
    return answers


def name_end(status: int) -> str:
    """Tell from how a process ended whether its time was over."""
    timed = (signal.SIGPROF, signal.SIGXCPU, signal.SIGKILL)
    return "time" if os.WIFSIGNALED(status) and os.WTERMSIG(status) in timed else "ended"


def _answer(answer: object) -> None:  # pragma: no cover - behind walls
    line = json.dumps(answer).encode() + b"\n"
    while line:
        line = line[os.write(ANSWERS, line) :]


def refuse_events() -> None:  # pragma: no cover - behind walls
    """Refuse, from now on, whatever Python reports to audit hooks: files, sockets, processes, imports, frames."""

    def refuse(event: str, _: tuple[object, ...]) -> None:
        if event not in HARMLESS_EVENTS:
            raise PermissionError(f"refused: {event}")

    sys.addaudithook(refuse)


def run_candidate(request: Mapping[str, object], settings: Settings, answer: Callable[[object], None]) -> None:
    """Run a candidate in this process.

    Args:
        request: ``source``, ``name`` of the function and packed ``calls``.
        settings: How.
        answer: Is given one answer a call.
    """
    calls = request["calls"]
    try:
        space = build_space(settings)
        exec(compile(str(request["source"]), "candidate", "exec"), space)  # noqa: S102 - what this program is for
        function = space[str(request["name"])]
    except BaseException as error:  # whatever a candidate raises, SystemExit too
        for _ in calls if isinstance(calls, list) else ():
            answer({"fault": type(error).__name__})
        return
    for call in calls if isinstance(calls, list) else ():
        try:
            answer({"value": pack(function(*[unpack(one) for one in call]))})  # type: ignore[operator] # a fault if not
        except BaseException as error:  # the same
            answer({"fault": type(error).__name__})


def build_space(settings: Settings) -> dict[str, object]:
    """Give the names that a candidate sees: some builtins, and imports of some modules.

    Args:
        settings: Without names it sees all there is.

    Returns:
        Its global names.
    """
    if not settings.names:
        return {"__builtins__": builtins}
    known = {name: vars(builtins)[name] for name in settings.names}
    return {"__builtins__": {**known, "__import__": import_module}, "__name__": "candidate"}


def import_module(name: str, *_: object) -> ModuleType:
    """Import one of the few modules a candidate may have.

    Raises:
        ImportError: It is another.
    """
    if name not in MODULES:
        raise ImportError(f"no module {name}")
    return MODULES[name]

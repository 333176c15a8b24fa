"""The sandbox: candidates run, and none of the ways out leads anywhere."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from chatlstm_code import sandbox as sandbox_module
from chatlstm_code.sandbox import Result, Sandbox

from chatlstm.plugin import ChatLSTMError

SECONDS = 0.3
PRELOADED = (
    *("ctypes", "gc", "mmap", "multiprocessing.shared_memory", "resource", "signal", "socket"),
    *("subprocess", "tempfile", "threading", "time"),
)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="these walls are Linux's")
FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="here no process is forked")

# Each returns something true, or at all, only if it got out. Signal 0 asks whether another might be sent.
OPERATING_SYSTEM = {
    "read a file": "return open('/etc/passwd').read()",
    "read its own program": "import sys\n    return open(sys.executable, 'rb').read()",
    "write a file": "open('out', 'w').write('x')\n    return True",
    "write a temporary file": "import tempfile\n    return tempfile.TemporaryFile().write(b'x')",
    "read the parent's environment": "import os\n    return open(f'/proc/{os.getppid()}/environ', 'rb').read()",
    "read its own environment": "return open('/proc/self/environ', 'rb').read()",
    "list a folder": "import os\n    return os.listdir('/proc') or os.listdir('/')",
    "make a folder": "import os\n    os.mkdir('x')\n    return True",
    "change a folder": "import os\n    os.chmod('/tmp', 0o1777)\n    return True",
    "make a link": "import os\n    os.symlink('/', 'x')\n    return True",
    "open a socket": "import socket\n    return bool(socket.socket())",
    "open a pair of sockets": "import socket\n    return bool(socket.socketpair())",
    "look up a host": "import socket\n    return socket.getaddrinfo('localhost', 80)",
    "make a file in memory": "import os\n    return os.memfd_create('x') >= 0",
    "share memory": (
        "from multiprocessing.shared_memory import SharedMemory\n    return SharedMemory(create=True, size=9).size"
    ),
    "fork": "import os\n    return os.fork() + 1",
    "fork bomb": "import os\n    while True:\n        os.fork()",
    "start a thread": "import threading\n    threading.Thread(target=print).start()\n    return True",
    "start a program": "import subprocess\n    return subprocess.run(['true'])",
    "become a program": "import os\n    os.execv('/bin/true', ['true'])",
    "start a shell": "import os\n    return os.system('true') == 0",
    "kill the parent": "import os\n    os.kill(os.getppid(), 0)\n    return True",
    "kill everyone": "import os\n    os.kill(-1, 0)\n    return True",
    "kill its group": "import os\n    os.killpg(os.getpgid(os.getppid()), 0)\n    return True",
    "trace the parent": "import ctypes, os\n    return ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0",
    "be traced": "import ctypes\n    return ctypes.CDLL(None).ptrace(0, 0, 0, 0) == 0",
    "read another's memory": "import ctypes\n    return ctypes.CDLL(None).process_vm_readv(1, 0, 0, 0, 0, 0) == 0",
    "mount": "import ctypes\n    return ctypes.CDLL(None).mount(b'x', b'/', b'tmpfs', 0, 0) == 0",
    "enter a namespace": "import ctypes\n    return ctypes.CDLL(None).unshare(0x10000000) == 0",
    "become root": "import os\n    os.setuid(0)\n    return True",
    "change its root folder": "import os\n    os.chroot('/')\n    return True",
    "lift a limit": (
        "import resource\n    resource.setrlimit(resource.RLIMIT_AS, (2**40, 2**40))\n"
        "    return bytearray(2**31)[0] == 0"
    ),
    "run bytes as code": "import mmap\n    return len(mmap.mmap(-1, 4096, prot=7))",
    "queue system calls": "import ctypes\n    return ctypes.CDLL(None).syscall(425, 8, bytes(120)) >= 0",
    "load a kernel filter": "import ctypes\n    return ctypes.CDLL(None).syscall(321, 0, 0, 0) >= 0",
    "copy an open file": "import os\n    return os.dup(0) + 1",
    "use a file left open": "import os\n    return any(os.fstat(place) for place in range(4, 200))",
    "take much memory": "return len(bytearray(2**31))",
    "take memory bit by bit": "all = []\n    while True:\n        all.append(bytearray(2**20))",
    "write without end": "import os\n    while True:\n        os.write(3, b'x' * 2**16)",
    "print without end": "while True:\n        print('x' * 2**16)",
    "never end": "while True:\n        pass",
    "sleep": "import time\n    time.sleep(9999)\n    return True",
    "ignore the signals that end it": (
        "import signal\n    for one in (signal.SIGPROF, signal.SIGXCPU):\n        signal.signal(one, signal.SIG_IGN)\n"
        "    while True:\n        pass"
    ),
    "stop the clock": "import signal\n    signal.setitimer(signal.ITIMER_PROF, 0)\n    while True:\n        pass",
    "read what is nobody's": "import ctypes\n    return ctypes.string_at(0)",
    "run out of stack": "import sys\n    sys.setrecursionlimit(10**9)\n    return f()",
    "end the program": "import os\n    os._exit(0)",
    "abort": "import os\n    os.abort()",
}

BEHIND_PYTHON = {
    "import os": "import os\n    return os.getcwd()",
    "import by name": "return __import__('os').getcwd()",
    "import a module of a module": "import collections\n    return collections._sys.modules",
    "eval": "return eval('1')",
    "exec": "exec('x = 1')\n    return True",
    "compile": "return compile('1', '', 'eval')",
    "open": "return open('/etc/passwd').read()",
    "getattr": "return getattr(f, '__glo' + 'bals__')",
    "globals": "return list(globals())",
    "the globals of a function": "return list(f.__globals__)",
    "the code of a function": "return f.__code__.co_consts",
    "all classes": "return len(().__class__.__base__.__subclasses__())",
    "the classes of a type": "return len(type(1).__base__.__subclasses__(type(1).__base__))",
    "a frame": "return (x for x in [1]).gi_frame.f_back",
    "a format that looks inside": "return '{0.__class__.__base__}'.format(f)",
    "a format that is put together": "return ('{0._' + '_class_' + '_}').format(1)",
    "a class": "class A:\n        pass\n    return A().__class__.__name__",
    "a caught error": "try:\n        1 / 0\n    except Exception as error:\n        return error.__traceback__",
    "a with": "with open('x') as file:\n        return file.read()",
    "a generator": "yield 1",
    "a global": "global g\n    g = 1\n    return g",
    "print": "print(1)\n    return True",
    "input": "return input()",
    "breakpoint": "breakpoint()\n    return True",
    "the garbage collector": "import gc\n    return len(gc.get_objects())",
    "ctypes": "import ctypes\n    return ctypes.CDLL(None)",
    "a matching tool that is slow": "import re\n    return re.match('(a+)+$', 'a' * 60 + 'b') is None",
    "a number without end": "return 10 ** 10 ** 9 > 0",
    "a list without end": "import itertools\n    return list(itertools.count())",
    "a recursion without end": "return f()",
    "a string without end": "text = 'x'\n    while True:\n        text += text",
    "an answer too large": "return [0] * 10 ** 6",
    "a number too large to write": "return 2 ** 10 ** 5",
    "an answer too deep": "items = []\n    for i in range(100):\n        items = [items]\n    return items",
    "an answer that holds itself": "items = []\n    items.append(items)\n    return items",
}


WAYS = OPERATING_SYSTEM | BEHIND_PYTHON

# Python objects of its own process: with them a candidate sees nothing but itself.
HARMLESS = (
    "import a module of a module",
    "the globals of a function",
    "the code of a function",
    "all classes",
    "the classes of a type",
    "a frame",
    "a format that looks inside",
    "a format that is put together",
    "a caught error",
    "a generator",
    "a global",
)


@pytest.fixture(scope="module")
def bare() -> Iterator[Sandbox]:
    """Only the walls of the operating system: all builtins, all modules, no allow-list, no audit hook."""
    with Sandbox(checked=False, preload=PRELOADED) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def whole() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def unforked() -> Iterator[Sandbox]:
    """What stands where no process can be forked."""
    with Sandbox(fork=False) as sandbox:
        yield sandbox


def write(body: str) -> str:
    return f"def f():\n    {body}\n"


def escape(sandbox: Sandbox, body: str) -> Result:
    """Try a way out, and see that the sandbox still works."""
    (result,) = sandbox.run(write(body), "f", [()], seconds=SECONDS)
    assert sandbox.run("def f(a):\n    return a + 1", "f", [(1,)], seconds=SECONDS) == [Result(2)]
    return result


@LINUX
@pytest.mark.parametrize("way", OPERATING_SYSTEM)
def test_the_walls_of_the_system_alone_hold(bare: Sandbox, way: str) -> None:
    result = escape(bare, OPERATING_SYSTEM[way])
    assert result.fault or not result.value


@FORKS
@pytest.mark.parametrize("way", WAYS)
def test_all_walls_together_hold(whole: Sandbox, way: str) -> None:
    assert escape(whole, WAYS[way]).fault


@FORKS
@pytest.mark.parametrize("way", WAYS)
def test_without_the_allow_list_the_others_hold(
    whole: Sandbox, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox_module, "find_fault", lambda source: "")
    result = escape(whole, WAYS[way])
    assert result.fault or not result.value or way in HARMLESS


@pytest.mark.parametrize("way", ["import os", "open", "eval", "never end", "all classes"])
def test_where_no_process_is_forked_the_rest_holds(unforked: Sandbox, way: str) -> None:
    assert escape(unforked, WAYS[way]).fault


@LINUX
def test_a_filter_of_system_calls_stands(bare: Sandbox) -> None:
    assert "seccomp" in bare.walls


def test_each_call_has_its_result(whole: Sandbox) -> None:
    source = "def f(a, b):\n    return a / b"
    results = whole.run(source, "f", [(1, 2), (1, 0), (3, 1)], seconds=SECONDS)
    assert results == [Result(0.5), Result(fault="ZeroDivisionError"), Result(3.0)]


@pytest.mark.parametrize(
    "value", [None, True, 2**70, -1.5, "é\n", [1, [2]], (1, (2,)), {1, 2}, frozenset("a"), {1: "a", (2, 3): None}]
)
def test_values_come_back_as_they_were_given(whole: Sandbox, value: object) -> None:
    assert whole.run("def f(a):\n    return a", "f", [(value,)], seconds=SECONDS) == [Result(value)]


def test_a_value_of_another_kind_comes_back_as_its_name(whole: Sandbox) -> None:
    assert whole.run("def f():\n    return len", "f", [()], seconds=SECONDS)[0].value == "<builtin_function_or_method>"


def test_candidates_do_not_see_each_other(whole: Sandbox) -> None:
    sources = [
        "import collections\ndef f():\n    return collections.Counter('a').update('b')",
        "def g():\n    return 1",
        "def f():\n    return 2",
    ]
    results = [one[0] for one in whole.run_all(sources, "f", [()], seconds=SECONDS)]
    assert results == [Result(None), Result(fault="KeyError"), Result(2)]


def test_after_a_call_without_end_the_others_have_not_been_made(whole: Sandbox) -> None:
    source = "def f(a):\n    while a:\n        pass\n    return a"
    faults = [one.fault for one in whole.run(source, "f", [(0,), (1,), (0,)], seconds=SECONDS)]
    assert faults == ["", "time", "time"]


def test_allowed_modules_are_there(whole: Sandbox) -> None:
    source = "import math\nfrom collections import Counter\ndef f(a):\n    return math.isqrt(a), Counter('aab')['a']"
    assert whole.run(source, "f", [(17,)], seconds=SECONDS) == [Result((4, 2))]


def test_its_folder_is_taken_away() -> None:
    with Sandbox() as sandbox:
        folder = Path(sandbox.folder)
        assert folder.is_dir()
    assert not folder.exists()


def test_after_a_worker_that_hangs_the_next_candidates_run(unforked: Sandbox) -> None:
    sources = ["def f():\n    while True:\n        pass", "def f():\n    return 2", "def f():\n    return open"]
    results = [one[0] for one in unforked.run_all(sources, "f", [()], seconds=0.05)]
    assert [(one.value, one.fault) for one in results] == [(None, "time"), (2, ""), (None, "line 2: the name open")]


def test_a_worker_that_does_not_start_is_told() -> None:
    with pytest.raises(ChatLSTMError, match="does not start"), Sandbox(preload=("no_such_module",)):
        pass


@pytest.mark.parametrize("answer", [b'[{"value": {"eval": 1}}]', b"[{}]", b"1", b"[[]]", b"{"])
def test_an_answer_that_no_worker_gives_ends_the_worker(answer: bytes) -> None:
    source = "def f():\n    return 1"
    with Sandbox(fork=False) as sandbox:
        sandbox._lines.put(answer)
        results = [sandbox.run(source, "f", [()], seconds=SECONDS) for _ in range(2)]
    assert results == [[Result(fault="time")], [Result(1)]]


def test_closing_twice_is_closing_once() -> None:
    with Sandbox() as sandbox:
        sandbox.close()
    assert not Path(sandbox.folder).exists()

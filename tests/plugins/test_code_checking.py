"""The allow-list: what a candidate's source may hold at all."""

import pytest
from chatlstm_code.checking import find_fault


@pytest.mark.parametrize(
    "source",
    [
        "def f(a):\n    return [x for x in a if x > 0]",
        "import math\nfrom collections import Counter as C\ndef f(a):\n    return math.sqrt(a) + C([a])[a]",
        "def f(a):\n    return '{} {}'.format(a, f'{a!r}')",
        "def f(a):\n    _b = a\n    return _b",
    ],
)
def test_plain_programs_pass(source: str) -> None:
    assert not find_fault(source)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("def f(:", "does not parse"),
        ("def f():\n    return a.real", "line 2: the attribute real"),
        ("def f():\n    return eval", "line 2: the name eval"),
        ("def f(__a): return __a", "line 1: the name __a"),
        ("import os", "line 1: the module os"),
        ("import math, os", "line 1: the module os"),
        ("from math import *", "line 1: the import of *"),
        ("from os import path", "line 1: the import of path"),
        ("from . import a", "line 1: the import of a"),
        ("class A: pass", "line 1: ClassDef"),
        ("@len\ndef f(): pass", "line 2: a decorator"),
        ("def f(): return '__x__'", "line 1: a string with two underscores"),
        ("def f(a): return a.format(f)", "line 1: format of a text that is put together"),
        ("def f(a): return (a := 1)", "line 1: NamedExpr"),
        ("try: pass\nexcept: pass", "line 1: Try"),
        ("while True: yield 1", "line 1: Yield"),
        ("\x00", "does not parse"),
    ],
)
def test_everything_else_is_named(source: str, fault: str) -> None:
    assert find_fault(source).startswith(fault)

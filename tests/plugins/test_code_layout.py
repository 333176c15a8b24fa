"""The layout of programs: there and back, one way to say each thing."""

import ast

import pytest
from chatlstm_code.layout import from_layout, to_example, to_layout
from chatlstm_code.vocabulary import BUILTINS, NAMES, RESERVED

PROGRAMS = {
    "def f(a):\n    return a": "f(a)\n1return a",
    "def f(n):\n    return 1 if n == 0 else n * f(n - 1)": "f(n)\n1return 1 if n == 0 else n * @(n - 1)",
    "import heapq as hq\ndef f(a, n):\n    return hq.nlargest(n, a)": "f(a, n)\n1return heapq.nlargest(n, a)",
    "from collections import Counter\ndef f(a):\n    return Counter(a)": "f(a)\n1return collections.Counter(a)",
    "def f(a):\n    return {x: y for x, y in a if x if y}": "f(a)\n1return {for x, y in a if x if y: x: y}",
    "def f(a):\n    return {x for x in a}": "f(a)\n1return {for x in a: x}",
    "def f(a):\n    return sum(x for y in a for x in y)": "f(a)\n1return sum(for y in a for x in y: x)",
    "def f(a):\n    return max((x for x in a), default=0)": "f(a)\n1return max((for x in a: x), default=0)",
    "def f(a):\n    return f'{a:>{4}}{{}}{a!r}'": "f(a)\n1return '{:>{}}{{}}{!r}'.format(a, 4, a)",
    "def f(a):\n    return (a + 1) * -a ** 2 - (a - (a - 1))": "f(a)\n1return (a + 1) * -a ** 2 - (a - (a - 1))",
    "def f(a):\n    return a[::2], a[1:], a[:-1], (1,), ()": "f(a)\n1return (a[::2], a[1:], a[:-1], (1,), ())",
    "def f(a):\n    return sorted(a, reverse=True, key=lambda x: x[1])": (
        "f(a)\n1return sorted(a, key=lambda x: x[1], reverse=True)"
    ),
    "def f(a: int, b: str = 'x') -> str:\n    '''Doc.'''\n    # why\n    return b": "f(a, b='x')\n1return b",
    "def f(a):\n    i = j = 0\n    a[i], a[j] = a[j], a[i]": (
        "f(a)\n1i = 0\n1j = 0\n1a[i], a[j] = (a[j], a[i])"
    ),
    "def f(a):\n    if a:\n        pass\n    elif not a:\n        return\n    else:\n        a.sort()": (
        "f(a)\n1if a:\n2pass\n1elif not a:\n2return\n1else:\n2a.sort()"
    ),
    "def f(a):\n    while a is not None:\n        a -= 1\n        break": (
        "f(a)\n1while a is not None:\n2a -= 1\n2break"
    ),
    "def f(a):\n    for i, (x, y) in enumerate(a):\n        continue": (
        "f(a)\n1for i, (x, y) in enumerate(a):\n2continue"
    ),
    "def f(a):\n    return 'it\\'s \\\\ \\n {for x in a: x}'": "f(a)\n1return 'it\\'s \\\\ \\n {for x in a: x}'",
    "def f(arr, my_thing):\n    for spam in range(my_thing):\n        print_ = arr": (
        "f(items, value)\n1for i in range(value):\n2result = items"
    ),
}


@pytest.mark.parametrize("source", PROGRAMS)
def test_a_program_has_one_layout(source: str) -> None:
    assert to_layout(source) == PROGRAMS[source]


@pytest.mark.parametrize("layout", PROGRAMS.values())
def test_a_layout_survives_being_written_out(layout: str) -> None:
    assert to_layout(from_layout(layout)) == layout


@pytest.mark.parametrize("layout", PROGRAMS.values())
def test_what_is_written_out_compiles(layout: str) -> None:
    assert compile(from_layout(layout), "f", "exec")


def test_names_of_the_vocabulary_make_the_same_program() -> None:
    source = "def f(numbers, n):\n    return [x for x in numbers[:n] if x > 0]"
    assert ast.dump(ast.parse(from_layout(to_layout(source)))) == ast.dump(ast.parse(source))


def test_modules_are_imported_again() -> None:
    assert from_layout("f(n)\n1return math.sqrt(n)") == "import math\n\n\ndef f(n):\n    return math.sqrt(n)"


def test_a_variable_never_takes_the_name_of_the_function() -> None:
    assert to_layout("def count(a):\n    count = 0\n    return count").startswith("count(a)\n1result = 0")


@pytest.mark.parametrize(
    "source",
    [
        "def f(:",
        "x = 1",
        "def f(): pass\ndef g(): pass",
        "def f(*a): return a",
        "def f(a): return open(a)",
        "def f(a): return a.b",
        "def f(a): return print(a)",
        "def f(a): return (yield a)",
        "def f(a):\n    def g(): pass",
        "def f(a):\n    try:\n        pass\n    finally:\n        pass",
        "def f(a): return 'é'",
        "def f(a): return 10 ** 20 + 1e999",
        "def f(a): return {**a}",
        "def f(a): return a @ a",
        "def f(a): a.b = 1",
        "def f(a): a = b = a",
        "def f(a): return f(a=1)",
        "def f(a): return max(a, where=1)",
        "def math(a): return a",
        "import os\ndef f(a): return os.getcwd()",
        "@a\ndef f(a): return a",
        "def f(a): return lambda *b: b",
        "def f(a): return f'{a}' b'a'",
        "def f(a): return +a",
        "def f(a=[]): return a",
        "def f(" + ", ".join(f"a{n}" for n in range(len(NAMES) + 1)) + "): pass",
        "def f(a):\n" + "".join(f"{' ' * depth}while a:\n" for depth in range(1, 7)) + "       pass",
    ],
)
def test_what_the_layout_has_not_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        to_layout(source)


@pytest.mark.parametrize("text", ["f(a)\nreturn a", "f(a)\n1return (a", "f(a)\n1return a)", "f(a)\n1return 1 2", "f(a"])
def test_what_is_no_layout_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_layout(text)


@pytest.mark.parametrize("line", ["f(2,3)==5", "assert f(2, 3) == (5)", "  f( 2,3 ) == 5  "])
def test_examples_are_written_in_one_way(line: str) -> None:
    assert to_example(line) == "f(2, 3) == 5"


@pytest.mark.parametrize("line", ["f(2) > 1", "f(", "g.f(2) == 1", "import os"])
def test_what_is_no_example_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="no example"):
        to_example(line)


def test_no_variable_can_hide_a_builtin_or_a_module() -> None:
    assert not {*BUILTINS, *RESERVED}.intersection(NAMES)

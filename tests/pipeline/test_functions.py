"""Sources of Python functions: what a function does, its examples, its source."""

import pytest

from chatlstm.errors import MisuseError
from chatlstm.pipeline.catalogue import Filters
from chatlstm.pipeline.functions import list_examples, read_functions, read_mbpp

ROW = {"task_id": 601, "text": "Add \n two.", "code": "def f(a):\r\n  return a", "test_list": ["assert f(1)==1"]}

MODULE = '''
"""A module."""
import math

def root(n: int) -> float:
    """Take the root
    of a number. It is a float.

    >>> root(4)
    2.0
    >>> import os
    >>> root(9)
    3.0
    """
    return math.sqrt(n)

def bare(n):
    return n

def _hidden(n):
    """Hidden."""
'''


def test_a_row_of_mbpp_is_a_prompt_with_tests_and_a_source() -> None:
    assert list(read_mbpp([ROW], Filters())) == [(("Add two.\nassert f(1)==1", "def f(a):\n  return a"), "")]


@pytest.mark.parametrize(("task_id", "kept"), [(10, 1), (11, 0), (510, 0), (511, 1)])
def test_the_test_split_of_mbpp_is_never_read(task_id: int, kept: int) -> None:
    assert len(list(read_mbpp([{**ROW, "task_id": task_id}], Filters()))) == kept


def test_documented_public_functions_are_read_with_sentence_and_doctests() -> None:
    ((turns, document),) = read_functions([{"title": "pack/a.py", "text": MODULE}], Filters())
    assert document == "pack/a.py"
    assert turns[0] == "Take the root of a number.\nroot(4) == 2.0\nroot(9) == 3.0"
    assert turns[1].startswith("import math\ndef root(n: int) -> float:")


def test_what_is_not_python_is_named() -> None:
    with pytest.raises(MisuseError, match=r"^a\.py: is not Python"):
        list(read_functions([{"title": "a.py", "text": "def"}], Filters()))


@pytest.mark.parametrize("docstring", [">>> f(1)\n", ">>> f(1)\n[1,\n2]\n", ">>>f(1)\n1\n", "f(1)\n1"])
def test_other_doctests_are_no_examples(docstring: str) -> None:
    assert not list_examples(docstring, "f")

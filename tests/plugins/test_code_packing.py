"""Values on their way to a candidate and back."""

import json
from collections import Counter, deque

import pytest
from chatlstm_code.packing import MAX_BITS, MAX_ITEMS, MAX_NESTING, pack, unpack
from hypothesis import given
from hypothesis import strategies as st

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.sets(st.integers() | st.text())
        | st.dictionaries(st.integers() | st.text(), inner)
    ),
    max_leaves=20,
)


@given(PLAIN)
def test_plain_values_survive_the_journey(value: object) -> None:
    assert unpack(json.loads(json.dumps(pack(value)))) == value


def test_kinds_survive_the_journey() -> None:
    value = [(1,), {1}, frozenset([2]), deque([3]), 2**60, float("inf")]
    assert list(map(type, unpack(pack(value)))) == list(map(type, value))  # type: ignore[call-overload] # it is a list


def test_a_counter_is_a_dict() -> None:
    assert unpack(pack(Counter("aab"))) == {"a": 2, "b": 1}


def test_anything_else_is_its_name() -> None:
    assert unpack(pack([len, 1j, b"a"])) == ["<builtin_function_or_method>", "<complex>", "<bytes>"]


def nest(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value", [2 ** (MAX_BITS + 1), "x" * (MAX_ITEMS + 1), [0] * (MAX_ITEMS + 1), nest(MAX_NESTING + 1)]
)
def test_what_is_too_large_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="too l"):
        pack(value)


@pytest.mark.parametrize("packed", [{"eval": "1"}, {"dict": 1}, {"int": "x"}, {"a": 1, "b": 2}, {"set": [[]]}, {}])
def test_what_nobody_packed_is_refused(packed: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpack(packed)

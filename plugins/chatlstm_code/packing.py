"""Values on their way between the program and a candidate's process: JSON of bounded size, never anything that runs."""

import collections
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType

MAX_ITEMS = 5_000  # of a list or string
MAX_NESTING = 12
MAX_BITS = 4_096  # of a whole number
SAFE_BITS = 53

_CONTAINERS: Mapping[str, type[Collection[object]]] = MappingProxyType(
    {kind.__name__: kind for kind in (list, tuple, set, frozenset, collections.deque)}
)


def pack(value: object, nesting: int = 0) -> object:
    """Turn a value into what JSON has; what it has not becomes a table of one key, its kind.

    Args:
        value: What a candidate is given or returned.
        nesting: How deep it lies.

    Returns:
        Numbers, strings, lists, and tables of one key.

    Raises:
        ValueError: It is too large or too deep.

    Example:
        >>> pack((1, {"a"})), pack({1: 2.5})
        ({'tuple': [1, {'set': ['a']}]}, {'dict': [[1, 2.5]]})
    """
    if type(value) is int:
        if value.bit_length() > MAX_BITS:
            raise ValueError("a number is too large")
        return value if value.bit_length() <= SAFE_BITS else {"int": str(value)}
    if type(value) is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if value is None or type(value) is bool:
        return value
    if type(value) is str:
        if len(value) > MAX_ITEMS:
            raise ValueError("a string is too long")
        return value
    return _pack_container(value, nesting + 1)


def _pack_container(value: object, nesting: int) -> object:
    kind = type(value).__name__
    if not isinstance(value, dict) and type(value) is not _CONTAINERS.get(kind):
        return {"other": kind[:100]}
    if nesting > MAX_NESTING or not isinstance(value, Collection) or len(value) > MAX_ITEMS:
        raise ValueError("a value is too large")
    if isinstance(value, dict):
        return {"dict": [[pack(key, nesting), pack(one, nesting)] for key, one in value.items()]}
    packed = [pack(one, nesting) for one in value]
    return packed if kind == "list" else {kind: packed}


def unpack(packed: object) -> object:
    """Turn JSON back into the value that was packed.

    Args:
        packed: Of the form that ``pack`` gives.

    Returns:
        The value; of a kind that has no JSON, its name in angle brackets.

    Raises:
        ValueError: It is of another form.

    Example:
        >>> unpack(pack([(1, 2), {"a": None}]))
        [(1, 2), {'a': None}]
    """
    try:
        return _unpack(packed)
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"not a packed value: {error}") from error


def _unpack(packed: object) -> object:
    if isinstance(packed, list):
        return [_unpack(one) for one in packed]
    if not isinstance(packed, dict):
        return packed
    ((kind, inner),) = packed.items()
    if kind == "dict":
        return {_unpack(key): _unpack(one) for key, one in inner}
    if kind in _CONTAINERS:
        return _MAKERS[kind](map(_unpack, inner))
    return _READERS[kind](str(inner))


_MAKERS: Mapping[str, Callable[[Iterable[object]], object]] = MappingProxyType(dict(_CONTAINERS))
_READERS: Mapping[str, Callable[[str], object]] = MappingProxyType({"int": int, "float": float, "other": "<{}>".format})

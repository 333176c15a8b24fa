"""Words as paths of tokens, and which tokens lead to a word that fits."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
MANY = 50  # children; the masks of a place with fewer are made anew as fast as they are found
KEPT_MASKS = 200  # of a place, some KiB each


@dataclass(frozen=True)
class Entry:
    """A word as it may stand in a line.

    Args:
        text: In lower case.
        patterns: The stresses of the pronunciations it may stand in.
        is_weak: Whether no beat may fall on it.
        token_ids: Of the word behind a blank.
        rhymes: What it rhymes with in any pronunciation, where it may end a line; else empty.

    Example:
        >>> Entry("sea", ("1",), False, (7,)).rhymes
        frozenset()
    """

    text: str
    patterns: tuple[str, ...]
    is_weak: bool
    token_ids: tuple[int, ...]
    rhymes: frozenset[str] = frozenset()

    @property
    def kind(self) -> tuple[tuple[str, ...], bool, frozenset[str]]:
        """What decides where it fits."""
        return self.patterns, self.is_weak, self.rhymes


class Kinds:
    """Numbers the kinds of words, so that a set of them is the bits of an integer."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[tuple[str, ...], bool, frozenset[str]], int] = {}
        self._first: list[Entry] = []  # of each kind

    def bit(self, entry: Entry) -> int:
        """Give the bit of an entry's kind."""
        number = self._numbers.setdefault(entry.kind, len(self._numbers))
        if number == len(self._first):
            self._first.append(entry)
        return 1 << number

    def choose(self, allows: Callable[[Entry], bool]) -> int:
        """Give the bits of the kinds of which one entry, and so each, is allowed."""
        return sum(1 << number for number, entry in enumerate(self._first) if allows(entry))


@dataclass(eq=False)
class Node:
    """A place on the paths of some words.

    Args:
        kinds: Bits of the kinds of all words that end here or further on.
        children: The nodes behind it, by token id.
        entries: The words that end here, of one spelling.
    """

    kinds: int = 0
    children: dict[int, "Node"] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    _masks: dict[int, Mask] = field(default_factory=dict)

    def mask_children(self, kinds: int, size: int) -> Mask:
        """Tell which tokens lead to a word of these kinds.

        Args:
            kinds: Their bits.
            size: Tokens of the vocabulary.

        Returns:
            A mask of shape ``(size,)``, not to be written to.
        """
        found = self._masks.get(kinds)
        if found is None:
            found = np.zeros(size, np.bool_)
            found[[token_id for token_id, child in self.children.items() if child.kinds & kinds]] = True
            if len(self.children) >= MANY:
                if len(self._masks) >= KEPT_MASKS:
                    self._masks.clear()
                self._masks[kinds] = found
        return found


@dataclass(frozen=True)
class Trie:
    """The paths of some words, laid together.

    Args:
        root: Where they begin.
        kinds: The kinds of the words.

    Example:
        >>> sea, season = (Entry(text, ("1",), False, path) for text, path in (("sea", (7,)), ("season", (7, 8))))
        >>> root = grow_trie([sea, season]).root
        >>> root.children[7].entries[0].text, list(root.children[7].children)
        ('sea', [8])
    """

    root: Node
    kinds: Kinds


def grow_trie(entries: Iterable[Entry]) -> Trie:
    """Lay the paths of words together."""
    root, kinds = Node(), Kinds()
    for entry in entries:
        bit = kinds.bit(entry)
        node = root
        node.kinds |= bit
        for token_id in entry.token_ids:
            node = node.children.setdefault(token_id, Node())
            node.kinds |= bit
        node.entries.append(entry)
    return Trie(root, kinds)

"""The tokens that may come next in a line of verse that is written from its end to its beginning."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from chatlstm_poetry.english_forms import fits
from chatlstm_poetry.word_trie import Entry, Mask, Node, Trie, grow_trie


@dataclass(frozen=True)
class Marks:
    """The tokens that are no words.

    Args:
        ending: May stand behind the line's last word.
        inner: May stand behind any other.
        closing: End the line once it is filled.
        is_needed: Whether one of ``ending`` must stand behind the last word.

    Example:
        >>> Marks(ending=(14,), inner=(12,), closing=(10,)).is_needed
        False
    """

    ending: tuple[int, ...]
    inner: tuple[int, ...]
    closing: tuple[int, ...]
    is_needed: bool = False


@dataclass(frozen=True)
class Choices:
    """The words a line may be made of.

    Args:
        inner: Those that may stand within it.
        ends: Those that may end it, in the pronunciations in which they may.
        taken: The sounds it must not end in.
        must: A word it must hold, wherever it fits, as it may stand within it.
        must_end: The same word as it may end the line; None where it may not.

    Example:
        >>> Choices(grow_trie(()), grow_trie(())).must is None
        True
    """

    inner: Trie
    ends: Trie
    taken: frozenset[str] = frozenset()
    must: Entry | None = None
    must_end: Entry | None = None


class Place(NamedTuple):
    """Where in a line the next token stands.

    Args:
        left: What is left of each template before the word at hand; the end is filled first.
        wants: Whether the word that the line must hold is still to come.
        word: Where on the paths of words the tokens of the word at hand lead; None behind a mark.
        must: The same on the path of the word that the line must hold; None where they left it.
        is_first: Whether the word at hand is the first one drawn, which ends the line.
        is_closed: Whether the line is over.
    """

    left: frozenset[str]
    wants: bool
    word: Node | None = None
    must: Node | None = None
    is_first: bool = False
    is_closed: bool = False


class LineMask:
    """A ``Constraint``: every line drawn under it is made of whole words and fills its metre.

    The words come in reversed order, a blank before each, as in the training records.

    Args:
        choices: The words.
        templates: The metre; the line fills one of them.
        marks: The tokens that are no words.
        size: Tokens of the vocabulary.
    """

    def __init__(self, choices: Choices, templates: Sequence[str], marks: Marks, *, size: int) -> None:
        self._choices = choices
        self._marks = marks
        self._size = size
        self._masks: dict[Place, Mask] = {}
        self._found: dict[tuple[frozenset[str], bool, bool], int] = {}
        self._must, must_end = (_grow_path(one) for one in (choices.must, choices.must_end))
        start = Place(frozenset(templates), choices.must is not None, choices.ends.root, must_end, is_first=True)
        self._places: dict[tuple[int, ...], Place] = {(): start}

    def allowed(self, generated: Sequence[int]) -> Mask:
        """Tell which tokens may follow; none where the line is over."""
        place = self._find_place(tuple(generated))
        mask = self._masks.get(place)
        if mask is None:
            mask = self._masks[place] = self._mask(place)
        return mask

    def _find_place(self, generated: tuple[int, ...]) -> Place:
        place = self._places.get(generated)
        if place is None:
            place = self._move(self._find_place(generated[:-1]), generated[-1])
            self._places[generated] = place
        return place

    def _move(self, place: Place, token_id: int) -> Place:
        """Follow a token that was allowed."""
        word, must = _follow(place.word, token_id), _follow(place.must, token_id)
        if word or must:
            return place._replace(word=word, must=must)
        behind = self._finish_word(place)
        if token_id in self._marks.closing:
            return behind._replace(is_closed=True)
        must = _follow(self._must, token_id) if behind.wants else None
        return behind._replace(word=_follow(self._choices.inner.root, token_id), must=must)

    def _finish_word(self, place: Place) -> Place:
        """Take the word at hand off what is left; nothing is left where it is not whole."""
        if place.word is None and place.must is None:
            return place
        entries = [entry for node in (place.word, place.must) if node for entry in node.entries]
        entries = [entry for entry in entries if not entry.rhymes & self._choices.taken]
        wants = place.wants and not any(self._is_must(entry) for entry in entries)
        rests = {rest for entry in entries for rest in strip(place.left, entry)}
        return Place(frozenset(rest for rest in rests if not wants or self._can_hold(rest, 0)), wants)

    def _mask(self, place: Place) -> Mask:
        mask = np.zeros(self._size, np.bool_)
        if place.is_closed:
            return mask
        self._add_paths(mask, place)
        behind = self._finish_word(place)
        if not behind.left:
            return mask
        if place.word or place.must:
            mask[list(self._marks.ending if place.is_first else self._marks.inner)] = True
            if place.is_first and self._marks.is_needed:
                return mask
        self._add_paths(mask, behind._replace(word=self._choices.inner.root, must=self._must if behind.wants else None))
        if "" in behind.left and not behind.wants:
            mask[list(self._marks.closing)] = True
        return mask

    def _add_paths(self, mask: Mask, place: Place) -> None:
        """Allow what goes on to a word that fits."""
        if place.word:
            mask |= place.word.mask_children(self._choose_kinds(place), self._size)
        if place.must and self._must_fits(place):
            mask |= place.must.mask_children(1, self._size)

    def _choose_kinds(self, place: Place) -> int:
        """Choose the kinds of words that may stand in a place, as bits.

        Room is left for the word that the line must hold, and before it for its article, if that can be.
        """
        key = place.left, place.wants, place.is_first
        if key not in self._found:
            kinds = self._choices.ends.kinds if place.is_first else self._choices.inner.kinds
            self._found[key] = kinds.choose(lambda entry: self._may_stand(entry, place, 1))
            if place.wants and not self._found[key] and not self._must_fits(place):
                self._found[key] = kinds.choose(lambda entry: self._may_stand(entry, place, 0))
        return self._found[key]

    def _may_stand(self, entry: Entry, place: Place, lead: int) -> bool:
        if entry.rhymes & self._choices.taken:
            return False
        return any(not place.wants or self._can_hold(rest, lead) for rest in strip(place.left, entry))

    def _must_fits(self, place: Place) -> bool:
        must = self._choices.must_end if place.is_first else self._choices.must
        return must is not None and next(strip(place.left, must), None) is not None

    def _can_hold(self, rest: str, lead: int) -> bool:
        """Tell whether the word that the line must hold fits somewhere; words of one syllable fill up the rest."""
        must = self._choices.must
        return must is not None and has_room(must, rest, lead)

    def _is_must(self, entry: Entry) -> bool:
        return self._choices.must is not None and entry.text == self._choices.must.text


def strip(left: Iterable[str], entry: Entry) -> Iterator[str]:
    """Take a word off the end of what is left of each template.

    Example:
        >>> list(strip(["wsws", "ww"], Entry("today", ("01",), False, (7,))))
        ['ws']
    """
    for one in left:
        for pattern in entry.patterns:
            if fits(pattern, one[-len(pattern) :], entry.is_weak):
                yield one[: -len(pattern)]


def has_room(entry: Entry, places: str, lead: int) -> bool:
    """Tell whether a word fits somewhere behind the first ``lead`` syllables; short words fill up the rest.

    Example:
        >>> cat = Entry("cat", ("1",), False, (7,))
        >>> has_room(cat, "ws", 1), has_room(cat, "w", 1)
        (True, False)
    """
    return any(
        fits(pattern, places[begin : begin + len(pattern)], entry.is_weak)
        for pattern in entry.patterns
        for begin in range(lead, len(places))
    )


def _follow(node: Node | None, token_id: int) -> Node | None:
    return node.children.get(token_id) if node else None


def _grow_path(entry: Entry | None) -> Node | None:
    """Lay the path of one word; its kind is the only one."""
    return grow_trie([entry]).root if entry else None

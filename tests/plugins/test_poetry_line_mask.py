"""Whether a line drawn under a mask fills its metre."""

from dataclasses import replace

import numpy as np
import pytest
from chatlstm_poetry.line_mask import Choices, LineMask, Marks, has_room
from chatlstm_poetry.word_trie import KEPT_MASKS, Entry, Node, grow_trie

# tokens: 0 closes, 1 is a comma, 2 a full stop; words have tokens of their own
SEA, TODAY, SEASON, THE = (
    Entry("sea", ("1",), False, (5,), frozenset(["IY"])),
    Entry("today", ("01",), False, (6, 7), frozenset(["EY"])),
    Entry("season", ("10",), False, (5, 8), frozenset(["IY Z AH N"])),
    Entry("the", ("0",), True, (9,)),
)
INNER = grow_trie(Entry(one.text, one.patterns, one.is_weak, one.token_ids) for one in (SEA, TODAY, SEASON, THE))
MARKS = Marks(ending=(1, 2), inner=(1,), closing=(0,))


def list_allowed(mask: LineMask, *generated: int) -> list[int]:
    return np.flatnonzero(mask.allowed(generated)).tolist()


def make_mask(
    template: str, *ends: Entry, taken: str = "", must: Entry | None = None, marks: Marks = MARKS
) -> LineMask:
    choices = Choices(INNER, grow_trie(ends), frozenset(filter(None, [taken])), must)
    return LineMask(choices, (template,), marks, size=12)


def test_a_line_begins_with_a_word_that_fits_its_end() -> None:
    assert list_allowed(make_mask("ws", SEA, TODAY, SEASON)) == [5, 6]


def test_a_word_is_finished_before_anything_else() -> None:
    assert list_allowed(make_mask("ws", TODAY), 6) == [7]


def test_a_word_that_goes_on_as_another_may_do_so_where_it_fits() -> None:
    assert 8 in list_allowed(make_mask("wsw", SEA, SEASON), 5)
    assert 8 not in list_allowed(make_mask("ws", SEA, SEASON), 5)


def test_a_filled_line_is_closed() -> None:
    assert list_allowed(make_mask("ws", TODAY), 6, 7) == [0, 1, 2]


def test_nothing_follows_a_closed_line() -> None:
    assert list_allowed(make_mask("ws", TODAY), 6, 7, 0) == []


def test_a_mark_is_followed_by_a_word_and_not_by_another_mark() -> None:
    assert list_allowed(make_mask("sws", TODAY), 6, 7, 1) == [5, 9]


def test_behind_an_inner_word_only_inner_marks_stand() -> None:
    assert list_allowed(make_mask("sws", TODAY), 6, 7, 9) == [0, 1]


def test_a_needed_mark_comes_before_the_next_word() -> None:
    assert list_allowed(make_mask("sws", TODAY, marks=replace(MARKS, is_needed=True)), 6, 7) == [1, 2]


def test_a_taken_rhyme_ends_no_line() -> None:
    assert list_allowed(make_mask("ws", SEA, TODAY, taken="EY")) == [5]


def test_a_taken_word_is_no_end_on_the_way_to_a_longer_one() -> None:
    assert list_allowed(make_mask("wsw", SEA, SEASON, taken="IY"), 5) == [8]


def test_a_word_that_must_stand_comes_before_the_line_is_full() -> None:
    mask = make_mask("sws", SEA, must=THE)

    assert list_allowed(mask, 5) == [1, 2, 9]
    assert list_allowed(mask, 5, 1) == [9]


def test_a_word_that_must_stand_may_come_of_itself() -> None:
    mask = make_mask("wws", SEA, must=THE)

    assert 5 in list_allowed(mask, 5, 9)


def test_a_line_opens_with_the_word_that_must_stand_only_where_it_has_to() -> None:
    assert list_allowed(make_mask("ws", SEA, must=THE), 5) == [1, 2, 9]


def test_a_needed_word_may_end_the_line() -> None:
    choices = Choices(INNER, grow_trie([TODAY]), frozenset(), SEA, SEA)
    mask = LineMask(choices, ("ws",), MARKS, size=12)

    assert list_allowed(mask) == [5]
    assert 9 in list_allowed(mask, 5)


def test_a_word_has_room_where_its_stresses_fit() -> None:
    assert has_room(SEASON, "wsws", 1) and not has_room(SEASON, "ws", 0)


def test_a_place_left_out_of_turn_is_found_again() -> None:
    assert list_allowed(make_mask("wsws", TODAY), 6, 7, 1, 6, 7) == [0, 1]


@pytest.mark.parametrize("children", [3, 60])
def test_masks_are_forgotten_when_there_are_many(children: int) -> None:
    node = Node(children={token_id: Node(kinds=1 << token_id) for token_id in range(children)})
    masks = [node.mask_children(kinds, 64) for kinds in range(1, KEPT_MASKS + 3)]

    assert [int(mask.sum()) for mask in masks[:7]] == [1, 1, 2, 1, 2, 2, 3]

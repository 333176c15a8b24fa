from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatlstm.engine import copying
from chatlstm.engine.copying import Copied, Copies, find_copied

TOKENS = st.integers(0, 2)  # three of them, so that much is copied
TEXTS = st.lists(st.lists(TOKENS, max_size=24), max_size=3)


def stands_in(part: Sequence[int], whole: Sequence[int]) -> bool:
    return any(list(whole[n : n + len(part)]) == list(part) for n in range(len(whole) - len(part) + 1))


def copy_by_hand(texts: Sequence[Sequence[int]], training: Sequence[int]) -> Copied:
    """Look up every run of every length."""
    runs = [text[n : n + 8] for text in texts for n in range(len(text) - 7)]
    lengths = [
        end - start
        for text in texts
        for start in range(len(text))
        for end in range(start + 1, len(text) + 1)
        if stands_in(text[start:end], training)
    ]
    copied = [stands_in(run, training) for run in runs]
    return Copied(sum(copied) / len(copied) if copied else 0.0, max(lengths, default=0))


def search(texts: Sequence[Sequence[int]], training: Sequence[int]) -> Copied:
    return find_copied(texts, np.array(training, np.uint16))


@given(texts=TEXTS, training=st.lists(TOKENS, max_size=60))
def test_it_finds_what_looking_up_every_run_finds(
    texts: list[list[int]], training: list[int]
) -> None:
    found, expected = search(texts, training), copy_by_hand(texts, training)

    assert found.longest == expected.longest
    assert found.share == pytest.approx(expected.share)


@given(texts=TEXTS, training=st.lists(TOKENS, min_size=8, max_size=60))
def test_pieces_are_read_as_one_text(texts: list[list[int]], training: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copying, "STRETCH", 5)
        in_pieces = search(texts, training)

    assert in_pieces == search(texts, training)


@given(text=st.lists(st.integers(0, 2**16 - 1), min_size=8, max_size=40))
def test_a_text_that_was_trained_on_is_copied_whole(text: list[int]) -> None:
    assert search([text], [7, *text, 7]) == Copied(1.0, len(text))


def test_seven_tokens_are_no_run_of_eight() -> None:
    assert search([[1, 2, 3, 4, 5, 6, 7, 9]], [1, 2, 3, 4, 5, 6, 7, 8]) == Copied(0.0, 7)


def test_a_passage_does_not_go_from_one_text_into_the_next() -> None:
    assert search([list(range(5)), list(range(5, 10))], range(20)) == Copied(0.0, 5)
    assert search([list(range(8)), list(range(8, 17))], range(20)) == Copied(1.0, 9)


def test_passages_from_two_places_are_not_one() -> None:
    text = [*range(8), *range(30, 38)]

    assert search([text], range(40)) == Copied(2 / 9, 8)


def test_no_text_has_copied_nothing() -> None:
    assert search([], range(20)) == Copied(0.0, 0)


def test_texts_shorter_than_a_run_have_no_share() -> None:
    assert search([[1, 2, 3]], range(20)) == Copied(0.0, 3)


def test_an_empty_text_has_copied_nothing() -> None:
    assert search([[]], range(20)) == Copied(0.0, 0)


def test_texts_longer_than_the_training_text_are_looked_for() -> None:
    assert search([list(range(20))], range(12)) == Copied(5 / 13, 12)


def test_each_text_has_its_own_share() -> None:
    copies = Copies([[*range(8), 50], [1, 2], list(range(20, 30))])
    copies.read(np.arange(10))
    # of the two runs of the first text one is there, of the three of the last none
    assert copies.list_shares() == [0.5, 0.0]


def test_numbers_that_no_text_holds_are_found_nowhere() -> None:
    copies = Copies([[0, 1, 2]])
    copies.read(np.array([-1, 0, -1, 1, 2, -1]))
    assert copies.longest == 2

"""Interpolated Kneser-Ney, by hand and beside another library."""

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.lm import KneserNeyInterpolated
from nltk.util import everygrams

from chatlstm.engine.ngrams import Ngrams, measure_ngrams
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import train_bytes

ROSES = [1, 2, 3, 1, 2, 4, 2, 3, 5, 1, 2, 3, 1, 4, 2, 3, 1, 2, 4, 4, 1, 2, 5, 3, 1, 2, 3, 1, 6, 2]


def predict(token_ids: Sequence[int], text: Sequence[int], *, size: int = 8, order: int = 4) -> list[float]:
    ngrams = Ngrams(np.array(token_ids), vocabulary_size=size, order=order)
    return [float(one) for one in ngrams.predict(np.array(text))]


def test_two_tokens_are_predicted_as_by_hand() -> None:
    found = predict([1, 2, 1, 2, 1, 3], [1, 2, 1, 3, 0, 3], size=4, order=2)

    # pairs 01 and 13 stand once, 12 and 21 twice: two discounts of 2 / (2 + 2 * 2) = 1/3. Before 1 stand two
    # different tokens, before 2 and 3 one: 2 / (2 + 2 * 1) = 1/2 is taken from each of the four
    shared = 3 / 2 / 4 / 4
    one, other = (2 - 1 / 2) / 4 + shared, (1 - 1 / 2) / 4 + shared
    begun = (1 - 1 / 3) / 1 + 1 / 3 * one  # 1, the first
    after_one = [(2 - 1 / 3) / 3 + 2 / 9 * other, (1 - 1 / 3) / 3 + 2 / 9 * other]  # 2 and 3
    after_two = (2 - 1 / 3) / 2 + 1 / 6 * one  # 1
    unseen = [shared, 1 / 3 * other]  # 0 behind 3, which nothing ever followed; 3 behind 0
    assert found == pytest.approx([begun, after_one[0], after_two, after_one[1], *unseen])


def discount(counts: Collection[int]) -> float:
    seen = Counter(counts)
    return seen[1] / (seen[1] + 2 * seen[2])


@pytest.mark.parametrize("run", [(2, 3, 1), (2, 3, 5), (1, 2, 4), (4, 2, 2), (3, 1, 3)])
def test_three_tokens_are_predicted_as_nltk_has_it(run: tuple[int, int, int]) -> None:
    padded = [0, 0, *ROSES]
    triples = Counter(zip(padded, padded[1:], padded[2:], strict=False))
    pairs = Counter(triple[1:] for triple in triples)
    tokens = Counter(pair[1] for pair in pairs)

    # nltk shares out the discount among runs of two and three, not of one
    taken = discount(tokens.values())
    expected = (tokens[run[2]] - taken + taken * len(tokens) / 8) / tokens.total()
    for counts, context in ((pairs, run[1:2]), (triples, run[:2])):
        model = KneserNeyInterpolated(3, discount=discount(counts.values()))
        model.fit([list(everygrams(map(str, padded), max_len=3))], vocabulary_text=map(str, range(8)))
        alpha, gamma = model.estimator.alpha_gamma(str(run[2]), tuple(map(str, context)))
        expected = alpha + gamma * expected
    assert predict(ROSES, [*ROSES, *run], order=3)[-1] == pytest.approx(expected)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=30), st.lists(st.integers(0, 4), max_size=5), st.integers(1, 4))
def test_the_chances_of_all_tokens_are_one(counted: list[int], before: list[int], order: int) -> None:
    chances = [predict(counted, [*before, token], size=5, order=order)[-1] for token in range(5)]

    assert min(chances) > 0
    assert sum(chances) == pytest.approx(1)


def test_the_largest_vocabulary_fits() -> None:
    last = 2**16 - 1
    found = predict([last] * 9 + [1], [last] * 8 + [1], size=2**16)

    assert found[7] > 0.5 > found[8] > 0.01


def test_nothing_cannot_be_counted() -> None:
    with pytest.raises(ValueError, match="at least one token"):
        predict([], [1])


def test_records_are_predicted_with_all_their_marks() -> None:
    tokenizer = train_bytes(["one two"], vocabulary_size=300)
    held_out = [Record("tale", ("one", "two")), Record("tale", ("six",))]
    found = measure_ngrams([Record("tale", ("one two",))] * 2_500, held_out, tokenizer)

    assert (found.tokens, found.bytes) == (sum(map(len, tokenizer.encode_records(held_out))), 9)
    assert 0 < found.nats < found.tokens * np.log(300)

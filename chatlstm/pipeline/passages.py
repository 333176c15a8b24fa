"""What some texts have taken word for word from a training text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from chatlstm.engine.copying import STRETCH, Copies
from chatlstm.pipeline.domain import Measure
from chatlstm.pipeline.statistics import interval, split_units
from chatlstm.records import Record

_ELSEWHERE = -1  # a word that no text holds, and what parts the training texts


def measure_copying(
    written: Sequence[str], held_out: Sequence[Record], training: Iterable[Record], *, language: str
) -> Iterator[Measure]:
    """Measure how much of what a plugin wrote stands in its training text, beside what people wrote.

    Args:
        written: At least one text.
        held_out: Records that were not trained on. As much of them is looked up as was written, because
            the longest passage grows with how much is looked up; of each, what follows the first turn,
            which is the question, the keywords or the description.
        training: The records trained on; read once.
        language: As for ``split_units``.

    Yields:
        ``longest_copy``, the words, in Chinese the characters, of the longest passage that stands there, and
        ``novel_8grams``, the share of a text's runs of eight that do not, mean of the texts of eight and more.
    """
    human = [turn for record in held_out for turn in record.turns[1:] or record.turns]
    ours, theirs = (sum(len(split_units(text, language)) for text in texts) for texts in (written, human))
    groups = (written, human[:: max(1, round(theirs / max(ours, 1)))])
    turns = chain.from_iterable(record.turns for record in training)
    for reference, copies in zip(("", "human"), find_passages(groups, turns, language=language), strict=True):
        yield Measure("longest_copy", copies.longest, reference)
        novel = [1 - share for share in copies.list_shares()]
        if novel:
            mean, low, high = interval(novel)
            yield Measure("novel_8grams", mean, reference, low, high)


def find_passages(groups: Sequence[Sequence[str]], training: Iterable[str], *, language: str) -> list[Copies]:
    """Look for the words of texts, in Chinese the characters, in a training text that is read once.

    Args:
        groups: Groups of texts, of which each is looked up by itself.
        training: The training texts, in any number; no passage goes from one into the next.
        language: As for ``split_units``.

    Returns:
        What was found of each group.

    Example:
        >>> (copies,) = find_passages([["A cat sat on a mat."]], ["The cat sat on the mat."], language="en")
        >>> copies.longest
        3
    """
    numbers: dict[str, int] = {}
    found = []
    for texts in groups:
        cut = [split_units(text, language) for text in texts]
        found.append(Copies([[numbers.setdefault(unit, len(numbers)) for unit in units] for units in cut]))
    for stretch in _number_stretches(training, numbers, language):
        for copies in found:
            copies.read(stretch)
    return found


def _number_stretches(
    training: Iterable[str], numbers: Mapping[str, int], language: str
) -> Iterator[NDArray[np.int64]]:
    """Write training texts as numbers, so many at once as make up a stretch."""
    stretch: list[int] = []
    for text in training:
        stretch += [numbers.get(unit, _ELSEWHERE) for unit in split_units(text, language)]
        stretch.append(_ELSEWHERE)
        if len(stretch) >= STRETCH:
            yield np.array(stretch)
            stretch = []
    yield np.array(stretch, np.int64)

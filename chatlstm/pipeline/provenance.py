"""Which passages of a text stand in a training text, as far as its index tells."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chatlstm.engine.fingerprints import CHANCE, Fingerprints, take_fingerprints
from chatlstm.pipeline.origins import OriginIndex, number_pieces, place_pieces


@dataclass(frozen=True)
class Passage:
    """A passage that stands in a training text: one run of words, or several that overlap.

    Args:
        text: As it stands in what was looked up.
        words: How many; in Chinese characters, in code tokens.
        sources: Where its runs stand, as ``domain/source``: that with most of them first, of those with as many
            the smallest.
    """

    text: str
    words: int
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Provenance:
    """What was found of a text.

    Args:
        passages: The longest first, those of a length in their order.
        words: Of the text.
        copied: Of them, those in the passages.
        chance: Probability that one of the passages or more was found by chance, at most about.
    """

    passages: tuple[Passage, ...]
    words: int
    copied: int
    chance: float

    @property
    def share(self) -> float:
        """Share of the words that stand in passages, 0 to 1."""
        return self.copied / max(self.words, 1)


def find_passages(index: OriginIndex, text: str) -> Provenance:
    """Find the passages of a text that stand in a training text.

    All its runs of eight words are looked up, and its lines of fewer. Of a training text few runs are in the index, so
    what stands there is sure to be found where it is ``index.choice.span`` words long, or a whole line of that text;
    what is shorter, by chance.

    Args:
        index: Of the training text.
        text: Any text.

    Example:
        >>> from chatlstm.pipeline.origins import build_index
        >>> index = build_index([("story/tales", "Once upon a time there was a king.")], "en")
        >>> found = find_passages(index, "Well: once upon a time there was a king, they say.")
        >>> found.passages, found.share
        ((Passage(text='once upon a time there was a king', words=8, sources=('story/tales',)),), 0.7272727272727273)
    """
    pieces = place_pieces(text, index.language)
    places = [place for piece in pieces for place in piece]
    words, lengths = number_pieces([text[start:end].lower() for start, end in piece] for piece in pieces)
    prints = take_fingerprints(words, lengths, index.choice)
    held = np.zeros((len(index.parts), len(prints.numbers)), np.bool_)
    for number, (_, part) in enumerate(index.parts):
        held[number] = part.contains(prints.numbers)
    passages = [
        Passage(text[places[start][0] : places[end - 1][1]], end - start, _rank_sources(index, held[:, runs]))
        for start, end, runs in _join_runs(prints, np.asarray(held.any(0)))
    ]
    return Provenance(
        tuple(sorted(passages, key=lambda passage: -passage.words)),
        len(words),
        sum(passage.words for passage in passages),
        -float(np.expm1(len(prints.numbers) * len(index.parts) * np.log1p(-CHANCE))),
    )


def _join_runs(prints: Fingerprints, found: NDArray[np.bool_]) -> list[tuple[int, int, list[int]]]:
    """Join the runs that were found and overlap: first word, word behind the last, and the numbers of the runs."""
    joined: list[tuple[int, int, list[int]]] = []
    for run in sorted(np.flatnonzero(found), key=lambda run: prints.starts[run]):
        start = int(prints.starts[run])
        end = start + int(prints.lengths[run])
        if joined and start < joined[-1][1]:
            before, _, runs = joined[-1]
            joined[-1] = (before, end, [*runs, int(run)])
        else:
            joined.append((start, end, [int(run)]))
    return joined


def _rank_sources(index: OriginIndex, held: NDArray[np.bool_]) -> tuple[str, ...]:
    """List the sources that have runs of a passage, that with most of them first, then the smallest."""
    counts: dict[str, tuple[int, int]] = {}
    for (name, part), found in zip(index.parts, held, strict=True):
        if found.any():
            counts[name] = max(counts.get(name, (0, 0)), (int(found.sum()), -len(part)))
    return tuple(sorted(counts, key=lambda name: counts[name], reverse=True))

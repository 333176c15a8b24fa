"""The index of a training text, that comes with a checkpoint: which runs of words stand in which source.

It holds fingerprints of the text, not the text. Axes: N words of a batch; F fingerprints.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from chatlstm.engine.copying import RUN, STRETCH
from chatlstm.engine.fingerprints import Choice, FingerprintSet, take_fingerprints
from chatlstm.errors import CheckpointError
from chatlstm.pipeline.statistics import place_units

FORMAT = 1
MOST = 1 << 22  # fingerprints, 9 MB; of a longer text's a half is kept, or a quarter, and so on
CHOICES = {"zh": Choice(window=7, least=4), "code": Choice(window=2, least=RUN)}
USUAL = Choice(window=5, least=3)
_KNOWN_UNITS = 1 << 18
_LEVEL_SHIFT = np.uint64(16)  # bits that neither name a bucket nor are kept

Span = tuple[int, int]


@dataclass(frozen=True)
class OriginIndex:
    """What a checkpoint was trained on, in fingerprints.

    Args:
        language: Of the checkpoint; tells what a word is, as for ``statistics.place_units``.
        parts: Sources as ``domain/source``, each with its fingerprints; one that was trained on twice may stand
            here twice.
        halvings: How often half of the fingerprints were left out, because there were too many.
    """

    language: str
    parts: tuple[tuple[str, FingerprintSet], ...]
    halvings: int = 0

    @property
    def choice(self) -> Choice:
        """Which runs stand for the text."""
        return CHOICES.get(self.language, USUAL)


def build_index(texts: Iterable[tuple[str, str]], language: str, *, most: int = MOST) -> OriginIndex:
    """Make the index of a training text.

    Args:
        texts: Sources as ``domain/source``, each with a turn as a reply would show it; read once.
        language: Of the checkpoint.
        most: Fingerprints to keep, ``>= 1``.

    Returns:
        The index, its sources in the order in which they came.

    Example:
        >>> index = build_index([("story/tales", "Once upon a time there was a king.")], "en")
        >>> [(name, len(held)) for name, held in index.parts]
        [('story/tales', 1)]
    """
    choice = CHOICES.get(language, USUAL)
    found: dict[str, list[NDArray[np.uint64]]] = {}
    halvings, held = 0, 0
    for name, batch in _batch(texts, language):
        words, lengths = number_pieces(batch)
        prints = take_fingerprints(words, lengths, choice)
        found.setdefault(name, []).append(_thin(np.unique(prints.numbers[prints.chosen]), halvings))
        held += len(found[name][-1])
        while held > 2 * most:
            found = {each: [np.unique(np.concatenate(parts))] for each, parts in found.items()}
            held = sum(len(parts[0]) for parts in found.values())
            if held > most:
                halvings += 1
                found = {each: [_thin(parts[0], halvings)] for each, parts in found.items()}
                held = sum(len(parts[0]) for parts in found.values())
    packed = tuple((name, FingerprintSet.pack(np.concatenate(parts))) for name, parts in found.items())
    return OriginIndex(language, packed, halvings)


def join_indexes(before: OriginIndex, index: OriginIndex) -> OriginIndex:
    """Put the index of what a checkpoint started from before that of what it was trained on then.

    Example:
        >>> first, second = (build_index([(name, "In the old days it rained.")], "en") for name in ("a/b", "c/d"))
        >>> [name for name, _ in join_indexes(first, second).parts]
        ['a/b', 'c/d']
    """
    return OriginIndex(index.language, (*before.parts, *index.parts), max(before.halvings, index.halvings))


def pack_index(index: OriginIndex) -> bytes:
    """Write an index as a safetensors file, its format first among what it tells of itself."""
    told = {
        "format": FORMAT,
        "language": index.language,
        "run": RUN,
        **asdict(index.choice),
        "halvings": index.halvings,
        "sources": [name for name, _ in index.parts],
    }
    arrays: dict[str, NDArray[np.generic]] = {}
    for number, (_, held) in enumerate(index.parts):
        arrays |= {f"{number}.buckets": held.buckets, f"{number}.remainders": held.remainders}
    return save(arrays, metadata={"origins": json.dumps(told)})


def unpack_index(content: bytes) -> OriginIndex:
    """Read what ``pack_index`` wrote.

    Raises:
        CheckpointError: It is foreign, or from another ChatLSTM.
    """
    try:
        told = json.loads(json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])["__metadata__"]["origins"])
        index = OriginIndex(told["language"], (), int(told["halvings"]))
        if {**told, "format": FORMAT, "run": RUN, **asdict(index.choice)} != told:
            raise CheckpointError("the index of the training text is from another ChatLSTM; build it again")
        stored = load(content)
        parts = [
            (str(name), FingerprintSet(stored[f"{number}.buckets"], stored[f"{number}.remainders"]))
            for number, name in enumerate(told["sources"])
        ]
    except (SafetensorError, ValueError, LookupError, TypeError) as error:
        raise CheckpointError(f"the index of the training text cannot be read: {error!r}; build it again") from error
    return OriginIndex(index.language, tuple(parts), index.halvings)


def place_pieces(text: str, language: str) -> list[list[Span]]:
    """Find the words of each line of a text, of code those of all of it; a line without a word is left out.

    Example:
        >>> place_pieces("A cat.\\n\\nA dog!", "en")
        [[(0, 1), (2, 5)], [(8, 9), (10, 13)]]
    """
    if language == "code":
        return [places] if (places := place_units(text, language)) else []
    lines = [(line.start(), place_units(line[0], language)) for line in re.finditer(r"[^\n]+", text)]
    return [[(start + first, start + last) for first, last in places] for start, places in lines if places]


def number_pieces(pieces: Iterable[Sequence[str]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Write the words of pieces as numbers, the same ones for the same words everywhere.

    Returns:
        The numbers, end to end, shape ``(N,)``, and how many each piece has, shape ``(P,)``.
    """
    cut = list(pieces)
    numbers = [_number_unit(unit) for piece in cut for unit in piece]
    return np.array(numbers, np.int64), np.array([len(piece) for piece in cut], np.int64)


def cut_pieces(text: str, language: str) -> list[list[str]]:
    """Cut a text into the words of each line, in lower case."""
    return [[text[start:end].lower() for start, end in places] for places in place_pieces(text, language)]


def _batch(texts: Iterable[tuple[str, str]], language: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Group the pieces of texts that come from one source, so many as make up a stretch."""
    batch: list[list[str]] = []
    size, source = 0, ""
    for name, text in texts:
        if batch and (name != source or size >= STRETCH):
            yield source, batch
            batch, size = [], 0
        source = name
        pieces = cut_pieces(text, language)
        batch += pieces
        size += sum(map(len, pieces))
    if batch:
        yield source, batch


def _thin(numbers: NDArray[np.uint64], halvings: int) -> NDArray[np.uint64]:
    kept: NDArray[np.bool_] = (numbers >> _LEVEL_SHIFT) & np.uint64(2**halvings - 1) == 0
    return numbers[kept]


@lru_cache(maxsize=_KNOWN_UNITS)
def _number_unit(unit: str) -> int:
    hashed = blake2b(unit.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(hashed, "little", signed=True)

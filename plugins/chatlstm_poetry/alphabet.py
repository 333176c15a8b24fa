"""A checkpoint's vocabulary seen as Chinese characters: masks by tone and by rhyme.

Axes: V vocabulary.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from chatlstm_poetry.pingshui import Book, list_keys, list_tones, read_readings

Mask: TypeAlias = NDArray[np.bool_]


class Alphabet:
    """Which token is which character, for characters whose reading is known.

    Args:
        token_bytes: What each token stands for, in UTF-8; tokens of a part of a character, or of
            several, take no part.

    Example:
        >>> alphabet = Alphabet([b"", "月".encode(), "山".encode()])
        >>> alphabet.tones["平"].tolist()
        [False, False, True]
    """

    def __init__(self, token_bytes: Sequence[bytes]) -> None:
        texts = [token.decode("utf-8", errors="replace") for token in token_bytes]
        self._tokens = {text: token_id for token_id, text in enumerate(texts) if len(text) == 1}
        self.characters = [text if text in read_readings() else "" for text in texts]
        codes = [ord(text) if text else 0 for text in self.characters]
        self.codes = np.array(codes, np.uint64)  # (V,)
        level, oblique = (self._mark_tone(tone) for tone in ("平", "仄"))
        self.tones = {"平": level, "仄": oblique, "中": level | oblique}
        self._keys: dict[tuple[Book, str], dict[str, Mask]] = {}

    def __contains__(self, character: str) -> bool:
        """Tell whether a character is a token and its reading known."""
        return character in self._tokens and bool(list_tones(character))

    def mark(self, characters: Iterable[str]) -> Mask:
        """Mark some characters or signs, shape ``(V,)``; those that are no token are passed over."""
        mask = np.zeros(len(self.characters), np.bool_)
        mask[[self._tokens[one] for one in characters if one in self._tokens]] = True
        return mask

    def list_rhymes(self, book: Book, tone: str) -> dict[str, Mask]:
        """Mark the characters of each rhyme in a tone, shape ``(V,)`` each."""
        if (book, tone) not in self._keys:
            held: dict[str, list[str]] = {}
            for character in filter(None, self.characters):
                for key in list_keys(character, tone, book):
                    held.setdefault(key, []).append(character)
            self._keys[book, tone] = {key: self.mark(held[key]) for key in sorted(held)}
        return self._keys[book, tone]

    def _mark_tone(self, tone: str) -> Mask:
        return np.array([tone in list_tones(text) for text in self.characters])

"""The words a model may write verse with, as its vocabulary cuts them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from chatlstm.plugin import Generator
from chatlstm_poetry.english_forms import Templates, fits
from chatlstm_poetry.line_mask import Marks
from chatlstm_poetry.pronunciation import LEAST_LEVEL, Sound, Word, load_words
from chatlstm_poetry.word_trie import Entry, Trie, grow_trie

ENDING, INNER, FINAL = ",;:.!?", ",", ".!?"
LEAST_RHYMES = 4  # words a rhyme must have, so that those that follow have a choice


class Lexicon:
    """The common words of the dictionary as paths of tokens.

    Args:
        engine: The model whose vocabulary it is.
    """

    def __init__(self, engine: Generator) -> None:
        self._encode = engine.encode
        self._paths: dict[str, tuple[int, ...]] = {}
        self._closing = tuple(engine.encode("\n")), tuple(engine.end_ids)
        self._ends: dict[tuple[Templates, int], Trie] = {}
        self._rhymes: dict[str, list[Word]] = defaultdict(list)  # words that may end a line, by their sounds
        self.size = len(engine.token_bytes)
        words = [word for word in load_words().values() if word.level >= LEAST_LEVEL]
        self.inner = grow_trie(self.enter(word) for word in words)
        for word in words:
            for rhyme in () if word.is_light else word.rhymes:
                self._rhymes[rhyme].append(word)

    def enter(self, word: Word) -> Entry:
        """Give a word's entry as it may stand within a line."""
        patterns = tuple(sorted({sound.stresses for sound in word.sounds}))
        return Entry(word.text, patterns, word.is_weak, self._find_path(word))

    def mark(self, *, is_last: bool) -> Marks:
        """Give the tokens that are no words; a poem's last line ends its sentence and its turn."""
        ending, inner = map(self._encode_signs, (FINAL if is_last else ENDING, INNER))
        return Marks(ending, inner, self._closing[is_last], is_needed=is_last)

    def find_ends(self, templates: Templates, rhyming: int) -> Trie:
        """Find the words that may end a line which need not rhyme yet.

        Args:
            templates: The metre of the line.
            rhyming: How many lines will have to rhyme with it.

        Returns:
            Their paths; a word has enough others to rhyme with.
        """
        key = (templates, rhyming)
        if key not in self._ends:
            sounds = self.keep_sounds(self._rhymes, rhyming)
            words = {word.text: word for rhyme in sounds for word in self._rhymes[rhyme]}
            self._ends[key] = grow_trie(filter(None, (self.end(word, templates, sounds) for word in words.values())))
        return self._ends[key]

    def keep_sounds(self, rhymes: Iterable[str], rhyming: int) -> frozenset[str]:
        """Keep the sounds that enough words end in for so many more lines to rhyme; all where none has to."""
        return frozenset(
            rhyme for rhyme in rhymes if not rhyming or len(self._rhymes.get(rhyme, ())) > LEAST_RHYMES + rhyming
        )

    def find_rhyming(self, templates: Templates, rhymes: frozenset[str], avoid: Collection[str]) -> Trie:
        """Find the words that may end a line and rhyme.

        Args:
            templates: The metre of the line.
            rhymes: The sounds it may end in.
            avoid: Words that end other lines.
        """
        words = {word.text: word for rhyme in sorted(rhymes) for word in self._rhymes.get(rhyme, ())}
        kept = (self.end(word, templates, rhymes) for word in words.values() if word.text not in avoid)
        return grow_trie(filter(None, kept))

    def end(self, word: Word, templates: Templates, rhymes: Collection[str]) -> Entry | None:
        """Give a word's entry as it may end a line.

        Args:
            word: Any word.
            templates: The metre of the line.
            rhymes: The sounds it may end in.

        Returns:
            The entry, in the pronunciations that fit; None where none does, or where it is light.
        """
        fitting = {sound.stresses for sound in word.sounds if sound.rhyme in rhymes and _fits_end(sound, templates)}
        if not fitting or word.is_light:
            return None
        return Entry(word.text, tuple(sorted(fitting)), word.is_weak, self._find_path(word), word.rhymes)

    def _find_path(self, word: Word) -> tuple[int, ...]:
        if word.text not in self._paths:
            self._paths[word.text] = tuple(self._encode(f" {word.written}"))
        return self._paths[word.text]

    def _encode_signs(self, signs: str) -> tuple[int, ...]:
        return tuple(self._encode(sign)[0] for sign in signs)


def _fits_end(sound: Sound, templates: Templates) -> bool:
    return any(fits(sound.stresses, one[-len(sound.stresses) :], False) for one in templates)


@dataclass(frozen=True)
class _Vocabulary:
    checkpoint: str
    engine: Generator = field(compare=False)  # of one checkpoint, all have the same


def load_lexicon(engine: Generator) -> Lexicon:
    """Give the lexicon of a model; that of the last checkpoint is kept."""
    return _make_lexicon(_Vocabulary(engine.checkpoint, engine))


@lru_cache(maxsize=1)
def _make_lexicon(vocabulary: _Vocabulary) -> Lexicon:
    return Lexicon(vocabulary.engine)

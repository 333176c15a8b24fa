"""What a Chinese poem is asked to be about: how the model is asked for it, and when it shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chatlstm.plugin import ConstraintError
from chatlstm_poetry.alphabet import Alphabet
from chatlstm_poetry.related import RELATED

_EMPTY = frozenset("的了着过在是有和与一不我你他她它们这那个之")  # shows nothing by itself


@dataclass(frozen=True)
class Subject:
    """A word to show.

    Args:
        word: As the person said it.
        asked: As the model is asked for it.
        shown_by: What shows it in a poem, the best first; at least one.
    """

    word: str
    asked: str
    shown_by: tuple[str, ...]

    def find(self, poem: str) -> str:
        """Give what shows it in a poem; empty where nothing does."""
        return next((one for one in self.shown_by if one in poem), "")


def read_subjects(words: Iterable[str], alphabet: Alphabet) -> tuple[Subject, ...]:
    """Find out what shows each word.

    Args:
        words: What the poem is about.
        alphabet: What the model can write.

    Returns:
        A subject a word: the word itself, what it is called in classical verse, or one of its characters.

    Raises:
        ConstraintError: Nothing that the model can write shows a word.

    Example:
        >>> alphabet = Alphabet(["明".encode(), "月".encode()])
        >>> read_subjects(["月亮"], alphabet)
        (Subject(word='月亮', asked='明月', shown_by=('明月', '月')),)
    """
    return tuple(_read_subject(word, alphabet) for word in words)


def _read_subject(word: str, alphabet: Alphabet) -> Subject:
    related = RELATED.get(word, ())
    whole = (word,) if not related else ()
    single = [character for character in word if character not in _EMPTY] if not related else []
    ways = [one for one in dict.fromkeys((*whole, *related, *single)) if _is_written(one, alphabet)]
    if not ways:
        raise ConstraintError(f"the subject '{word}' has no character that is known in Chinese verse; name another")
    return Subject(word, ways[0], tuple(ways))


def _is_written(word: str, alphabet: Alphabet) -> bool:
    return all(character in alphabet for character in word)


def find_hidden(subjects: Sequence[Subject], poem: str) -> list[Subject]:
    """List the subjects that a poem does not show yet."""
    return [subject for subject in subjects if not subject.find(poem)]

"""The words of a text as search knows them: letter case and accents folded, Chinese in pairs."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

# Scripts that put no space between words: ideographs, kana, Hangul.
_UNSPACED = (
    "\u3005\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_RUN = re.compile(rf"(?P<unspaced>[{_UNSPACED}]+)|(?:[^\W_{_UNSPACED}]|[\u0300-\u036f])+")
_LONGEST = 64  # a word beyond it is no word, and FTS5 cuts tokens too


@dataclass(frozen=True)
class Word:
    """A word of a text, folded, and where it stands.

    Args:
        text: Letters and digits, in lower case and without accents; never empty.
        start: Its first character in the text.
        end: The character behind its last one.
        ends_run: Whether it is the single last character of a run of Chinese.

    Example:
        >>> Word("cafe", 0, 4).ends_run
        False
    """

    text: str
    start: int
    end: int
    ends_run: bool = False


def list_words(text: str) -> list[Word]:
    """Cut a text into the words it is found by.

    A run of Chinese, Japanese or Korean becomes its overlapping pairs of characters and its last
    character alone: so each character begins some word, and any passage of two characters or more is
    a row of words.

    Args:
        text: Any text.

    Returns:
        Its words in order.

    Source:
        Overlapping bigrams for languages without spaces: Fujii and Croft 1993, "A comparison of
        indexing techniques for Japanese text retrieval", SIGIR '93.

    Example:
        >>> [word.text for word in list_words("Ein Café: 明月光!")]
        ['ein', 'cafe', '明月', '月光', '光']
    """
    words: list[Word] = []
    for run in _RUN.finditer(text):
        if run["unspaced"] is None:
            folded = fold(run[0])[:_LONGEST]
            words += [Word(folded, run.start(), run.end())] * bool(folded)
        else:
            words += _list_pairs(run[0], run.start())
    return words


def join_words(text: str) -> str:
    """Write the words of a text with spaces between them, as the index holds them.

    Args:
        text: Any text.

    Returns:
        The folded words.

    Example:
        >>> join_words("Über 10_000 Füße")
        'uber 10 000 fusse'
    """
    return " ".join(word.text for word in list_words(text))


def fold(word: str) -> str:
    """Take letter case, accents and width from a word.

    Args:
        word: A word of a script with spaces.

    Returns:
        Its letters and digits in lower case, each without its marks; may be empty.

    Source:
        Canonical caseless matching with compatibility, The Unicode Standard, section 3.13, D146.

    Example:
        >>> fold("ＣＡＦÉ")
        'cafe'
    """
    plain = unicodedata.normalize("NFKD", word).casefold()
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", plain)))


def _list_pairs(run: str, start: int) -> list[Word]:
    characters = []
    for place, character in enumerate(run, start):
        folded = unicodedata.normalize("NFKC", character)
        if folded.isalnum():  # a halfwidth voice mark is not
            characters.append(Word(folded, place, place + 1, ends_run=True))
    pairs = [
        Word(first.text + second.text, first.start, second.end)
        for first, second in pairwise(characters)
    ]
    return pairs + characters[-1:]

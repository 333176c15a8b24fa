"""What a message asks for: the nouns in it, and how surely each is asked for."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from chatlstm.pipeline import intent_en, intent_zh

_BLANKS = re.compile(r"\s+")
_SENTENCE = re.compile(r"[^.!?。！？\n]*(?:[.!?。！？\n]+|$)")
_WORD = re.compile(r"[a-z]{4,}")
BACK = 0.8  # how surely a noun is asked for that a request comes back to
_OTHERS = ("诗人", "诗集", "小说家", "新闻联播", "记者")  # nouns that hold another


@dataclass(frozen=True)
class Noun:
    """A noun that names what may be asked for.

    Args:
        text: The noun, as the plugin declares it.
        asked: How surely it is asked for: 1 is asked for, 0 is only mentioned.
    """

    text: str
    asked: float


def prepare(text: str, known: Iterable[str] = ()) -> str:
    """Give a message in lower case with single blanks, the known words in it spelt right.

    Args:
        text: The message.
        known: Lower-case words that a person may have mistyped.

    Example:
        >>> prepare("Wirte  a SONET!", ["write", "sonnet"])
        'write a sonnet!'
    """
    text = _BLANKS.sub(" ", text.replace("\u2019", "'").lower()).strip()
    words = frozenset(word for word in known if word.isascii() and word.isalpha())
    return _WORD.sub(lambda found: _mend(found[0], words), text)


def _mend(word: str, known: frozenset[str]) -> str:
    if word in known:
        return word
    return min((right for right in known if is_slip(word, right)), default=word)


def is_slip(typed: str, meant: str) -> bool:
    """Tell whether a word is another with two neighbours swapped, or a letter too many or too few.

    A letter more or less counts only where six are meant and the first is right.

    Example:
        >>> is_slip("wirte", "write"), is_slip("fuction", "function"), is_slip("particle", "article")
        (True, True, False)
    """
    if len(typed) == len(meant):
        wrong = [place for place in range(len(typed)) if typed[place] != meant[place]]
        return len(wrong) == 2 and wrong[1] == wrong[0] + 1 and sorted(typed) == sorted(meant)
    short, long = sorted((typed, meant), key=len)
    if len(long) != len(short) + 1 or len(meant) < 6 or typed[0] != meant[0] or typed == meant + "s":
        return False
    return any(long[:place] + long[place + 1 :] == short for place in range(1, len(long)))


def skip_courtesy(text: str) -> int:
    """Give the place where a prepared message comes to the point, behind greetings and polite words."""
    return max(intent_en.skip_courtesy(text), intent_zh.skip_courtesy(text))


def find_nouns(text: str, subjects: Sequence[str]) -> list[Noun]:
    """Find nouns in a message, and how surely each is asked for; where two overlap the longer stands.

    Args:
        text: A prepared message.
        subjects: Lower-case nouns; an English one is found in its plural as well.

    Returns:
        The nouns in their order.

    Example:
        >>> find_nouns("write a poem about the news", ["poem", "news"])
        [Noun(text='poem', asked=1.0), Noun(text='news', asked=0.0)]
        >>> find_nouns("我喜欢读诗", ["诗"])
        [Noun(text='诗', asked=0.0)]
    """
    pattern, known = _noun_pattern(tuple(subjects)), frozenset(subjects)
    nouns: list[Noun] = []
    for sentence in _SENTENCE.findall(text):
        askings = intent_en.find_askings(sentence)
        nouns += _rate(sentence, pattern, known, askings)
        if intent_en.comes_back(sentence, askings):
            nouns = [replace(noun, asked=max(noun.asked, BACK)) for noun in nouns]
    return nouns


def _rate(
    sentence: str, pattern: re.Pattern[str], subjects: frozenset[str], english: list[intent_en.Asking]
) -> list[Noun]:
    chinese = intent_zh.find_askings(sentence)
    shown = intent_zh.hide_topics(sentence)
    nouns = []
    for found in pattern.finditer(sentence):
        text = found[0] if found[0] in subjects else found[0].removesuffix("s")
        if text not in subjects:
            continue
        asked = intent_en.rate_noun(sentence, found.start(), found.end(), english)
        if shown[found.start() : found.end()] == found[0]:
            asked = max(asked, intent_zh.rate_noun(sentence, found.start(), found.end(), chinese))
        nouns.append(Noun(text, asked))
    return nouns


@cache
def _noun_pattern(subjects: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted({*subjects, *_OTHERS}, key=lambda one: (-len(one), one))
    return re.compile(
        "|".join(rf"\b{re.escape(one)}s?\b" if one.isascii() else re.escape(one) for one in longest_first), re.ASCII
    )

"""Which words stand in the same sentences as a keyword, so that an article speaks of its subject.

They are counted in the training text once, and shipped as a table. While a sentence is drawn they are made likelier,
as in Pascual et al. 2021 (arXiv:2109.09707), who take words near the keyword in a space of word vectors.
"""

import lzma
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from chatlstm.plugin import cut_sentences, read_domain
from chatlstm_news.plans import FUNCTION_WORDS

TABLE = Path(__file__).with_name("associates.txt.xz")
COUNT = 10  # associates of a word
LEAST_KNOWN = 8  # sentences of the news that an associate stands in
LEAST_NAMED = 40  # sentences of all text that a keyword stands in
LEAST_SHARED = 3  # sentences that hold both
LEAST_NEARNESS = 1.0  # nats of pointwise mutual information
TALES = 0.5  # weight of what tales say beside the news

_WORD = re.compile(r"(?<![\w'’-])[a-z][a-z-]{2,}(?![\w'’-])")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z-]{2,}")
DULL_WORDS = ("dead", "death", "died", "dies", "injured", "injures", "injuring", "kill", "killed", "killing", "kills")


def find_associates(news: Sequence[str], tales: Sequence[str]) -> dict[str, list[str]]:
    """Find the words that stand with others more often than by chance, the nearest first.

    What stands with everything in the news, deaths above all, is left out.

    Args:
        news: Sentences of articles; every associate comes from them.
        tales: Other sentences, which tell what ordinary words go together.

    Returns:
        Up to ten associates a word, by pointwise mutual information times the log of the count.
    """
    capital = Counter(word.lower() for sentence in news for word in _NAME.findall(sentence))
    small = Counter(word for sentence in news for word in _list_words(sentence))
    known = {word for word, count in small.items() if count >= LEAST_KNOWN and count > 2 * capital[word]}
    known.difference_update(DULL_WORDS)
    told = Counter(word for sentence in tales for word in _list_words(sentence))
    named = known | {word for word, count in told.items() if count + small[word] >= LEAST_NAMED}
    nearness: dict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for sentences, weight in ((news, 1.0), (tales, TALES)):
        for word, other, nats in _rate_pairs(sentences, named, known):
            nearness[word][other] += weight * nats
    return {
        word: sorted(found, key=lambda other: (-found[other], other))[:COUNT]
        for word, found in sorted(nearness.items())
    }


def _list_words(sentence: str) -> set[str]:
    words = _WORD.findall(sentence)
    return {word for word in words if word not in FUNCTION_WORDS and not word.endswith("ly")}


def _rate_pairs(sentences: Sequence[str], named: set[str], known: set[str]) -> Iterable[tuple[str, str, float]]:
    """Give pairs of a word and an associate, and how near they are."""
    counts: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for sentence in sentences:
        words = sorted(_list_words(sentence) & named)
        counts.update(words)
        pairs.update((word, other) for word in words for other in words if word != other and other in known)
    for (word, other), count in pairs.items():
        nats = math.log(count * len(sentences) / (counts[word] * counts[other]))
        if count >= LEAST_SHARED and nats > LEAST_NEARNESS:
            yield word, other, nats * math.log1p(count)


def write_associates(corpora: Path, path: Path = TABLE) -> None:
    """Count the training text and write the table, the same bytes for the same text.

    Args:
        corpora: Folder of the downloaded corpora.
        path: Where to.
    """
    found = find_associates(_read_sentences("news", corpora), _read_sentences("story", corpora))
    lines = "".join(f"{word} {' '.join(others)}\n" for word, others in found.items())
    path.write_bytes(lzma.compress(lines.encode(), preset=9))


def _read_sentences(domain: str, corpora: Path) -> list[str]:
    texts = (record.turns[-1] for record in read_domain(domain, corpora, language="en"))
    return [sentence for text in texts for sentence in cut_sentences(text, "en")]


@cache
def read_associates() -> Mapping[str, tuple[str, ...]]:
    """Read the table that is shipped.

    Example:
        >>> "winds" in read_associates()["storm"]
        True
    """
    rows = (line.split() for line in lzma.decompress(TABLE.read_bytes()).decode().splitlines())
    return {word: tuple(others) for word, *others in rows}

"""Whether a text is an article: apart from what writes one, so that it can be trusted."""

import re
from collections import Counter
from collections.abc import Sequence

from chatlstm.plugin import cut_sentences, ends_sentence, list_open, name_sentence

FEWEST, MOST = 2, 5  # paragraphs
HEADLINE = {"en": (3, 14), "zh": (4, 40)}  # words; characters in Chinese


def check_article(text: str, keywords: Sequence[str], *, language: str, paragraphs: int | None = None) -> list[str]:
    """List what keeps a text from being an article that holds its keywords.

    Args:
        text: Headline, an empty line, then paragraphs parted by empty lines.
        keywords: What must stand in it, letter case aside.
        language: ``"en"`` or ``"zh"``.
        paragraphs: How many there must be; None allows 2 to 5.

    Returns:
        A sentence a fault; none where it is one.

    Example:
        >>> check_article("A flood\\n\\nIt rained.", ["flood", "boat"], language="en")
        ['the headline has 2 words', 'there are 1 paragraphs', "the keyword 'boat' is missing"]
    """
    headline, *body = text.split("\n\n")
    faults = _check_headline(headline, language)
    if not (FEWEST <= len(body) <= MOST if paragraphs is None else len(body) == paragraphs):
        faults.append(f"there are {len(body)} paragraphs")
    faults += [f"the keyword {keyword!r} is missing" for keyword in keywords if not _stands(keyword, text)]
    for number, paragraph in enumerate(body, start=1):
        if not ends_sentence(paragraph, language):
            faults.append(f"paragraph {number} does not end with a sentence")
    sentences = [sentence for part in [headline, *body] for sentence in cut_sentences(part, language)]
    counts = Counter(name_sentence(sentence, language) for sentence in sentences)
    return faults + [f"this sentence stands twice: {name}" for name, count in counts.items() if count > 1]


def _check_headline(headline: str, language: str) -> list[str]:
    low, high = HEADLINE[language]
    words = len(headline) if language == "zh" else len(headline.split())
    unit = "characters" if language == "zh" else "words"
    faults = [] if low <= words <= high else [f"the headline has {words} {unit}"]
    if headline.endswith((".", "。")) and not headline.endswith("..."):
        faults.append("the headline ends with a stop")
    if list_open(headline, language):
        faults.append("the headline leaves a quotation open")
    return faults


def _stands(keyword: str, text: str) -> bool:
    """Tell whether a keyword stands in a text, not as a part of a longer word."""
    bounds = [r"(?<![^\W_])" if keyword[:1].isascii() and keyword[:1].isalnum() else ""]
    bounds.append(r"(?![^\W_])" if keyword[-1:].isascii() and keyword[-1:].isalnum() else "")
    return bool(re.search(re.escape(keyword).join(bounds), text, re.IGNORECASE))

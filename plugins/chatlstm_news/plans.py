"""How the model is taught to follow a plan: before each sentence stand keywords that are in it.

A plan-and-write scheme (Yao et al. 2019, arXiv:1811.05701), with keywords taken from the text itself.
"""

import hashlib
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chatlstm.plugin import Prompt, Record, cut_sentences, signs_of

PARTING = {"en": ", ", "zh": "、"}
HEADLINE_MARK = {"en": "headline: ", "zh": "标题："}
SHORT = 14  # words of a text that does for a headline
VARIANTS = 2  # choices of keywords that each text is shown with
MOST = 3  # keywords before a sentence
HEADLINE_KEYWORDS = 2  # that the model is shown for a headline
LONGEST_ZH = 4  # characters of a Chinese keyword

_WORD = re.compile(r"(?<![\w'’-])[a-z][a-z-]{2,}(?![\w'’-])")
_SUFFIX = re.compile(r"(?:ly|ed)$")
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
FUNCTION_WORDS = frozenset(  # words that mean nothing alone
    """about above according across after again against ago all almost along already also although always amid
    among and another any are area around ask asks away back based became because become been before began being
    below between both but called came can come comes could despite did does done down due during each either else
    ever every far few five following for found four from further gave get gets give given gives going good had has
    have having her here hers him his how however into its itself just known last late later least left less like
    likely made make makes many may might million more most much must near need needed neither never new next nine
    nor not now off often once one only other others our out outside over own part people per put said same say
    saying says second see seen set seven several she should shown since six some something still such take taken
    takes tell tells ten than that the their them themselves then there these they thing things third this those
    though three through thus time times today together told too took toward towards two under until upon use used
    uses using very via want wants was way ways well went were what when where whether which while who whom whose
    why will with within without would year years yet you your yours""".split()  # noqa: SIM905 - to be read as words
)
_FUNCTION_ZH = "的了在和与及对将为是说等就称被并向从他她它们我你这那有也都而以到于上下中不还要会之所其"


def unfold(record: Record, language: str) -> Iterator[Record]:
    """Turn an article under its keywords into turns, keywords and a sentence by turns; and its headline likewise.

    Args:
        record: Two turns, the article's keywords and the article. Others are left out.
        language: ``"en"`` or ``"zh"``.

    Yields:
        Records that stay together when text is held out, as the one they came from does.

    Example:
        >>> record = Record("news", ("Peru", "Rain has come to Peru."))
        >>> next(unfold(record, "en")).turns
        ('Peru', 'Rain has come to Peru.')
    """
    if len(record.turns) != 2:
        return
    document = record.document or "\0".join(record.turns)
    names = record.turns[0].split(PARTING[language])
    headline, body = _part_headline(record.turns[1], language)
    sentences = cut_sentences(body, language)
    for variant in range(VARIANTS):
        turns = []
        for sentence in sentences:
            keywords = choose_keywords(sentence, names, body, language, variant)
            turns += [PARTING[language].join(keywords), sentence] if keywords else []
        if turns:
            yield replace(record, turns=tuple(turns), document=document)
        keywords = choose_keywords(headline, names, body, language, variant)
        if keywords:
            marked = HEADLINE_MARK[language] + PARTING[language].join(keywords)
            yield replace(record, turns=(marked, headline), document=document)


def _part_headline(text: str, language: str) -> tuple[str, str]:
    """Part an article into its headline and the rest; a short text that has none is one without its stop."""
    stop = signs_of(language).stop
    first, _, rest = text.partition("\n\n")
    if rest and not first.endswith(stop):
        return first, rest
    short = len(text.split()) <= SHORT and "\n" not in text and language == "en"
    return (text.removesuffix(stop) if short else ""), text


def retrace_article(text: str, keywords: Sequence[str], language: str) -> list[tuple[Prompt, str]]:
    """Lay out an article as the model reads it.

    Args:
        text: Headline and paragraphs.
        keywords: Those it was ordered with; before a sentence without one stand others of its words.
        language: ``"en"`` or ``"zh"``.

    Returns:
        The headline, then each sentence, behind its keywords and all before it.

    Example:
        >>> prompts = retrace_article("Flood in Peru\\n\\nThe flood came.", ["flood"], "en")
        >>> [(prompt.turns, text) for prompt, text in prompts]
        [(('headline: flood',), 'Flood in Peru'), (('flood',), 'The flood came.')]
    """
    parting = PARTING[language]
    headline, _, body = text.partition("\n\n")
    read = [(Prompt("news", (HEADLINE_MARK[language] + parting.join(keywords[:HEADLINE_KEYWORDS]),)), headline)]
    turns: list[str] = []
    for sentence in cut_sentences(body, language):
        held = [keyword for keyword in keywords if keyword.lower() in sentence.lower()]
        named = held or choose_keywords(sentence, [], body, language, 0) or [keywords[0]]
        turns.append(parting.join(named))
        read.append((Prompt("news", tuple(turns)), sentence))
        turns.append(sentence)
    return read


def choose_keywords(sentence: str, names: Sequence[str], article: str, language: str, variant: int) -> list[str]:
    """Choose one to three keywords of a sentence, by chance, but the same for the same sentence and variant.

    Args:
        sentence: Of an article.
        names: The article's own keywords.
        article: The whole of it; what is said more than once in it makes the keywords of Chinese.
        language: ``"en"`` or ``"zh"``.
        variant: Other chances.

    Returns:
        Keywords in the order of the sentence; none where it has no word that means something alone.

    Example:
        >>> choose_keywords("The flood came.", [], "The flood came.", "en", 0)
        ['flood']
    """
    words = _list_words_zh(sentence, article) if language == "zh" else _list_words_en(sentence)
    words += [name for name in names if name in sentence]
    words = [one for one in dict.fromkeys(words) if not any(one != other and one in other for other in words)]
    chance = random.Random(hashlib.blake2b(f"{variant} {sentence}".encode(), digest_size=8).digest())
    chosen = chance.sample(words, min(len(words), chance.randint(1, MOST)))
    return sorted(chosen, key=sentence.index)


def _list_words_en(sentence: str) -> list[str]:
    words = _WORD.findall(sentence)
    return [word for word in words if word not in FUNCTION_WORDS and not _SUFFIX.search(word)]


def _list_words_zh(sentence: str, article: str) -> list[str]:
    """List strings of two to four characters that stand in the article more than once."""
    found = []
    for run in _HAN.findall(sentence):
        place = 0
        while place < len(run) - 1:
            words = [run[place : place + size] for size in range(2, LONGEST_ZH + 1) if place + size <= len(run)]
            often = [word for word in words if article.count(word) > 1 and not set(word) & set(_FUNCTION_ZH)]
            found += often[-1:]
            place += len(often[-1]) if often else 1
    return found

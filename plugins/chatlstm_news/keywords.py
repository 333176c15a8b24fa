"""The keywords of an article, from a list or from a sentence that asks for one."""

import re
import unicodedata
from collections.abc import Sequence

from chatlstm.plugin import ConstraintError, MisuseError, find_word

MOST = 64  # keywords of an article
LONGEST = 80  # characters of a keyword

_SEPARATOR = re.compile(r"[,;|、，；\n]+")
_ASKS_EN = re.compile(
    r"^\W*(?:(?:please|can you|could you|would you|will you|i want you to|i'd like you to)\s+)*"
    r"(?:(?:write|make|create|compose|give|tell|generate|draft|produce|report)\b(?:\s+(?:me|us))?\s*)?"
    r"(?:(?:an?|the|some|one|short|long|brief|new|little|few)\s+)*"
    r"(?:(?:news|newspaper|press)\b\s*)?(?:(?:article|story|report|piece|item|release|text|headline)s?\b\s*)?"
    r"(?:(?:about|on|of|for|with|from|regarding|concerning|containing|using|headline)\b\s*)?"
    r"(?:(?:the|these|following)\s+)*(?:keywords?\b\s*)?[:：]?\s*",
    re.IGNORECASE,
)
_ASKS = re.compile(r"(?i)\b(?:write|news|article|headline|report on|give me|tell me|compose|generate)\b")
_ASKS_ZH = re.compile(
    r"^(?:请|麻烦)?(?:你|您)?(?:帮我|给我|为我|替我|帮忙)?(?:用|以|根据)?(?:写|作|编写|编|生成|报道|撰写|来)?"
    r"(?:一|1)?(?:篇|则|条|个|段|份)?(?:短)?(?:新闻|文章|报道)?(?:关于|有关|以|包含|含有|讲)?[：:]?"
)
_ENDS_ZH = re.compile(
    r"(?:(?:为题|为关键词|为主题)?(?:写|作|生成)?(?:一|1)?(?:篇|则|条)?)?的?(?:新闻稿|新闻|报道|文章|消息|稿子)?[。！？!?]*$"
)
_IS_ASKED_ZH = re.compile(r"的(?:新闻稿|新闻|报道|文章|消息)[。！？!?]*$")
_LINKS_ZH = re.compile(r"里的|中的|上的|的|以及|还有|与|和(?![平谐解议尚气])|及")
_STOP = re.compile(
    r"(?i)(?:a|an|the|and|or|but|nor|of|in|on|at|to|for|from|by|with|about|into|over|after|before|under|between|"
    r"during|is|are|was|were|be|been|being|has|have|had|do|does|did|will|would|can|could|should|may|might|"
    r"must|that|this|these|those|it|its|he|his|she|her|they|their|them|we|our|us|you|your|i|me|my|who|whom|"
    r"which|what|when|where|why|how|there|here|than|then|so|as|if|not|no|some|any|all|each|please|write|"
    r"article|news|story|report)"
)


def read_keywords(text: str) -> tuple[str, ...]:
    """Take the keywords out of what a person typed.

    A list, parted by commas, semicolons or lines, is taken word by word as it stands. Of a sentence
    the words that ask are left out, and then those that mean nothing alone.

    Args:
        text: The person's words.

    Returns:
        The keywords in their order, none twice whatever its case.

    Raises:
        MisuseError: No keyword is left.
        ConstraintError: There are more than 64, or one is longer than 80 characters.

    Example:
        >>> read_keywords("Flood, village,flood; rescue"), read_keywords("Write about the flood in New York.")
        (('Flood', 'village', 'rescue'), ('flood', 'New York'))
    """
    rest = _drop_asking(" ".join(text.split(" ")).strip())
    parts = [part for part in map(_clean, _SEPARATOR.split(rest)) if part]
    if len(parts) == 1 and not _SEPARATOR.search(rest.strip(" .。!！?？")):
        parts = _cut_sentence(parts[0].strip(".。!！?？ "))
    keywords: dict[str, str] = {}
    for part in parts:
        keywords.setdefault(part.casefold(), part)
    return _check(tuple(keywords.values()), text)


def _drop_asking(text: str) -> str:
    if _is_chinese(text):
        asked = _ASKS_ZH.sub("", text, count=1)
        return _ENDS_ZH.sub("", asked) if asked != text or _IS_ASKED_ZH.search(text) else text
    return _ASKS_EN.sub("", text, count=1) if _ASKS.search(text) else text


def _clean(part: str) -> str:
    seen = "".join(sign for sign in part if unicodedata.category(sign) not in ("Cc", "Cs") or sign == "\t")
    return " ".join(re.sub(r"^\s*(?:and|以及|和)\s+", "", seen).split())


def _cut_sentence(text: str) -> list[str]:
    """Keep the words of a sentence that mean something; names of several words stay together."""
    if _is_chinese(text):
        return [part for part in (re.sub(r"(?<=..)[里中上下]$", "", one) for one in _LINKS_ZH.split(text)) if part]
    kept: list[str] = []
    joins = False
    for word in text.split():
        bare = word.strip(".,!?\"()")
        is_name = bare[:1].isupper() and not _STOP.fullmatch(bare)
        if is_name and joins:
            kept[-1] += f" {bare}"
        elif bare and not _STOP.fullmatch(bare):
            kept.append(bare)
        joins = is_name and word == bare
    return kept


def _check(keywords: tuple[str, ...], text: str) -> tuple[str, ...]:
    meant = [keyword for keyword in keywords if any(unicodedata.category(sign)[0] in "LNS" for sign in keyword)]
    if not meant:
        raise MisuseError(f"no keyword in {text[:40]!r}; name some, parted by commas: flood, village, rescue")
    if len(meant) > MOST:
        raise ConstraintError(f"an article holds {MOST} keywords at most, got {len(meant)}")
    for keyword in meant:
        if len(keyword) > LONGEST:
            raise ConstraintError(
                f"the keyword {keyword[:20]!r}... has {len(keyword)} characters; one has {LONGEST} at most"
            )
    return tuple(meant)


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


def list_missing(keywords: Sequence[str], text: str) -> list[str]:
    """List the keywords that do not stand in a text."""
    return [keyword for keyword in keywords if not find_word(keyword, text)]

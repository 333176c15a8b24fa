"""Which nouns an English sentence asks for."""

import re
from dataclasses import dataclass

# what may stand before a request verb in its clause
_OPENERS = (
    r"(?:(?:and|then|but|so|now|please|kindly|just|hi|hey|hello|there(?!')|ok|okay|well|great|nice|thanks|thank you|"
    r"maybe|perhaps|next)\b[,.!:]?\s*)*"
)
_POLITE = (
    r"(?:(?:can|could|would|will) (?:you|u)|i(?:'d| would) like you to|i (?:want|need) you to|let's|lets|let us|"
    r"you (?:could|can|should|must)|try to|help me(?: to)?)(?: (?:please|kindly|perhaps|maybe|also|just|try to))*"
)
_TO_ME = r"(?: (?:me|us|him|her|them|my \w+|(?:for|to) (?:me|us|him|her|them|my \w+)))?"
_MAKE = (
    r"(?:write|compose|create|make(?: up)?|draft|generate|produce|pen|invent|spin|sing|craft|prepare|turn|show|"
    r"cover|describe|retell|continue(?: with)?|carry on(?: with)?|go on(?: with)?|finish|complete|extend|implement|"
    r"define|program|code|build|imagine|express|start|begin|expand|add to|pick up|"
    r"develop|design|print|rewrite|put together|put [\w' ]{1,30}? into|put|come up with|think up|keep writing)"
)
_MAKING = r"(?:writing|composing|creating|making|drafting|telling|giving|continuing|finishing|reading|coding)"
_ONE = r"(?=(?:an?|some|one|another|two|three|four|five|more|the|\d+)\b)"
_REQUEST = re.compile(
    rf"(?:(?:^|(?<=[,:;-]))\s*{_OPENERS}|\band (?=need|want))(?:"
    rf"(?P<able>(?:can|could|will|would) (?:you|u) )?(?:{_POLITE} )?{_MAKE}\b{_TO_ME}"
    r"(?: (?:it|this|that) (?:in|into|as)\b)?"
    rf"|(?:{_POLITE} )?(?:(?:give|send|bring|read|tell|do) (?:me|us)\b|(?:give|tell|read)\b{_TO_ME} {_ONE})"
    rf"|(?:let's|lets|let us|let me) (?:have|hear|see|read) {_ONE}"
    rf"|{_POLITE} do {_ONE}|i'm (?:in the mood|looking|after|waiting) for\b"
    rf"|(?:i|we)(?:'d| would) be (?:grateful|glad|happy|thankful) for\b"
    rf"|(?:would|do) you mind {_MAKING}\b{_TO_ME}"
    rf"|(?:(?:i|we|my \w+|the \w+)(?:'d| would)? )?(?:need|want|wanna)\b(?: to (?:hear|have|read|get|see))?"
    rf"|(?:i|we)(?:'d| would) (?:like|love)\b(?: to (?:hear|have|read|get|see))?"
    rf"|(?:(?:it|that)(?:'d| would) |would )be (?:great|nice|good|lovely|cool) to (?:hear|have|read|get|see)\b"
    rf"|(?:can|could|may) i (?:please )?(?:have|get|hear|ask for)\b"
    rf"|(?:how|what) about {_ONE}|any chance of {_ONE})"
)
_AWAY = re.compile(  # a noun behind one of these is not what is asked for
    r"\b(?:about|on|for|to|with|in|from|at|that|which|who|how|what|why|when|where|if|as|like|i|you|we|they|he|she)\b"
)
_BACK = re.compile(r" (?:it|one|this|that|them)\b|\s*[.!]?$")
_MANNER = re.compile(r"\b(?:as|like)(?: if)?(?: for| in| by)? (?:an?|the) (?:\w+ )?$")
_BARE = re.compile(r"\s*(?:$|[.!?,;]|and\b|or\b)")
_LONGEST_GAP = 60

_OPENING = re.compile(_OPENERS)
_CLAUSE = re.compile(r"[^,.:;!?]*$")
_TALK = re.compile(  # a clause with one of these before its noun tells or asks something
    r"\b(?:\w+'(?:s|re|ve|ll|d|m|t)|i|me|we|you|u|he|she|they|it|that|this|these|those|there|here|my|your|his|her|our|"
    r"their|who|what|why|when|where|which|how|do|does|did|have|has|had|am|is|are|was|were|will|would|"
    r"can|could|should|must|not|no|never|any|good|great|bad|sad|funny|nice|big|long|old|the|like|love|hate)\b"
)
_ORDERED = re.compile(r" (?:should|must|needs to|has to|begins|starts)\b")
_NOUN_ENDS = re.compile(
    r"\s*$|[.!?:]| [-–—] |,? ?please\b|, (?:\w+ )?(?:this time|topic|theme|subject|about|on|words|paragraphs)\b"
    r"| style\b| and (?:an?|one|two|three|four|five|\d+)\b"
    r"| (?:about|on|of|with|for|that|which|to|in|from|returning|called|where|by|using)\b"
)


@dataclass(frozen=True)
class Asking:
    """Words by which something is asked for.

    Args:
        begin: Where they begin in the sentence.
        end: The place behind them.
        able: They may as well ask whether it can be done: "can you write".
    """

    begin: int
    end: int
    able: bool


def find_askings(sentence: str) -> list[Asking]:
    """Find the requests of a sentence in lower case.

    Example:
        >>> [(one.begin, one.end) for one in find_askings("thanks, could you please write me a poem")]
        [(0, 33)]
    """
    return [Asking(one.start(), one.end(), one["able"] is not None) for one in _REQUEST.finditer(sentence)]


def skip_courtesy(text: str) -> int:
    """Give the place where a message comes to the point, behind greetings and polite words.

    Example:
        >>> "hi, please continue: it rained"[skip_courtesy("hi, please continue: it rained"):]
        'continue: it rained'
    """
    found = re.match(rf"{_OPENERS}(?:{_POLITE} )?(?:please )?", text)
    return found.end() if found else 0


def rate_noun(sentence: str, begin: int, end: int, askings: list[Asking]) -> float:
    """Tell how surely a noun is asked for.

    Args:
        sentence: In lower case.
        begin: Where the noun begins.
        end: The place behind it.
        askings: The requests of the sentence.

    Returns:
        1 where a request verb leads to it, or where it makes a request by itself; 0.8 where it names
        a manner: "as a fairy tale"; 0.2 where the question may be what can be done; 0 where it is only mentioned.

    Example:
        >>> rate_noun("write a poem", 8, 12, find_askings("write a poem")), rate_noun("i like a poem", 9, 13, [])
        (1.0, 0.0)
    """
    if _is_phrase(sentence, begin, end):
        return 1.0
    best = 0.0
    for one in askings:
        gap = sentence[one.end : begin]
        if one.end > begin or len(gap) > _LONGEST_GAP:
            continue
        if not _AWAY.search(gap):
            asks_whether = one.able and not gap.strip() and _BARE.match(sentence, end)
            best = max(best, 0.2 if asks_whether else 1.0)
        elif _MANNER.search(gap):
            best = max(best, 0.8)
    return best


def comes_back(sentence: str, askings: list[Asking]) -> bool:
    """Tell whether a request names nothing new: "write it for me", "show me".

    Example:
        >>> comes_back("write it for me", find_askings("write it for me"))
        True
    """
    return any(_BACK.match(sentence, one.end) for one in askings)


def _is_phrase(sentence: str, begin: int, end: int) -> bool:
    """Tell whether a clause is no more than a noun and what that is about: "a short haiku on snow"."""
    opening = _OPENING.match(sentence, 0, begin)
    before = _CLAUSE.search(sentence, opening.end() if opening else 0, begin)
    if before is None or not (before[0] + sentence[begin:end]).isascii():
        return False
    if _ORDERED.match(sentence, end):
        return True
    return not _TALK.search(before[0]) and _NOUN_ENDS.match(sentence, end) is not None

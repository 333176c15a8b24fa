"""What a story goes on from: the person's words, or what was told before."""

import re
from dataclasses import dataclass

from chatlstm.plugin import MisuseError, Request

KEPT = 4_000  # characters of what was told before

_ASKS = re.compile(
    r"(?i)^\s*(?:please\s+)?(?:continue|go on|carry on|write on|keep writing|finish)(?: (?:with|from))?"
    r"(?: (?:the|this|my) (?:story|tale|text|opening))?\s*[:：]\s*"
    r"|^\s*(?:请)?(?:继续|接着|接下去|往下|续)(?:写|讲|说|编)?(?:这个)?(?:故事|小说)?\s*[:：]\s*"
)
_TELLS = re.compile(
    r"(?i)^\s*(?:please\s+)?(?:tell|write|give|make up)(?: me| us)? (?:an?|another|one more) (?:[\w-]+ ){0,2}"
    r"(?:story|tale|fable)(?: (?:about|of|on|with) (?P<what>.+?))?[.!?]*\s*$"
)
_TELLS_ZH = re.compile(
    r"^\s*(?:请)?(?:你)?(?:给我|为我)?(?:再)?(?:讲|写|说|编|来)(?:一)?(?:个|篇|段|则)?"
    r"(?:(?:关于)?(?P<what>.+?)的)?(?:短)?(?:故事|小说|童话|寓言)(?:吧)?[。！]?\s*$"
)
_GOES_ON = re.compile(
    r"(?i)^\s*(?:please\s+)?(?:continue|go on|carry on|keep going|more|what (?:happens|happened|then)(?: next)?"
    r"|and then)(?: (?:the|this|with the|with this) story)?[.!?]*\s*$"
    r"|^\s*(?:请)?(?:继续|接着|往下|再|然后|后来|还有)(?:写|讲|说)?(?:下去|吧|呢)?(?:故事)?[。！？]?\s*$"
)


@dataclass(frozen=True)
class Opening:
    """What a story goes on from.

    Args:
        text: The opening; empty where the model shall find one.
        is_new: It was made up from what the person asked for, so that it must be told.
    """

    text: str
    is_new: bool = False


def find_opening(request: Request) -> Opening:
    """Find the text that a story shall go on from.

    Args:
        request: An opening, perhaps behind ``continue:``; ``continue`` or ``继续`` alone, which goes on
            with the last reply of the conversation; or the wish for a story about something.

    Returns:
        The opening.

    Raises:
        MisuseError: There is no reply to go on with.

    Example:
        >>> find_opening(Request("Continue: It was dark.")).text
        'It was dark.'
        >>> find_opening(Request("Tell me a story about a fox.")).text
        'Once upon a time there was a fox.'
    """
    if _GOES_ON.match(request.text):
        return Opening(_join_told(request))
    if found := _TELLS.match(request.text):
        return _begin_tale(found["what"])
    if found := _TELLS_ZH.match(request.text):
        return Opening(f"这是{found['what']}的故事。", is_new=True) if found["what"] else Opening("")
    return Opening(_ASKS.sub("", request.text, count=1).strip())


def _begin_tale(what: str | None) -> Opening:
    if not what:
        return Opening("")
    are_many = what[:1].islower() and not re.match(r"(?:an?|the|one|my|his|her|our)\b", what)
    return Opening(f"Once upon a time there {'were' if are_many else 'was'} {what}.", is_new=True)


def _join_told(request: Request) -> str:
    """Join the replies before, back to the opening that the person gave."""
    parts: list[str] = []
    for turn in reversed(request.context):
        if turn.speaker == "reply":
            parts.insert(0, turn.text)
        elif not _GOES_ON.match(turn.text):
            opening = find_opening(Request(turn.text))
            parts.insert(0, "" if opening.is_new else opening.text)
            break
    told = "".join(parts).rstrip()
    if not told:
        raise MisuseError("there is no story to go on with yet; begin one, or write: continue: Once upon a time")
    if len(told) <= KEPT:
        return told
    return told[-KEPT:].partition(" ")[2] if " " in told[-KEPT:] else told[-KEPT:]

"""Which plugin a message is for, and why."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from chatlstm.pipeline.domain import Domain
from chatlstm.pipeline.intent import Noun, find_nouns, prepare, skip_courtesy

DEFAULT = "dialogue"
HEAD, TAIL = 400, 200  # characters of a long message that are looked at: a request is at either end
SMALL_TALK = 1.0  # what every message speaks for dialogue
CUE = 3.0
FOLLOW_UP = 2.5
ASKED = 2.5
MENTIONED = 0.25
_VERBS = ("write", "compose", "create", "draft", "generate", "produce", "continue", "finish", "implement", "define")
_SIGNS = str.maketrans("：，！？", ":,!?")


@dataclass(frozen=True)
class Route:
    """The plugin chosen for a message.

    Args:
        domain: Its name.
        reason: Why, in a few words.
        scores: Share of each plugin that something speaks for, together 1; none where the person chose.
    """

    domain: str
    reason: str
    scores: dict[str, float]


@dataclass(frozen=True)
class Evidence:
    """What speaks for a plugin.

    Args:
        score: How much.
        words: What the message says, in the plugin's own terms.
    """

    score: float
    words: tuple[str, ...]


def choose_route(
    text: str, domains: Iterable[Domain], *, chosen: str | None, last: str | None = None
) -> Route:
    """Choose the plugin for which a message speaks most; small talk stays with dialogue.

    Args:
        text: The message.
        domains: The plugins at hand.
        chosen: The plugin a person named with ``/use`` or ``--plugin``; it overrules.
        last: The plugin that answered last; its ``follow_ups`` count.

    Returns:
        The route. A cue decides, next what is asked for, next what follows up; a noun that is
        only mentioned moves nothing.

    Example:
        >>> choose_route("Hello there.", [], chosen=None).reason
        'small talk'
    """
    if chosen is not None:
        return Route(chosen, "you chose it", {})
    plugins = tuple(domains)
    subjects = tuple(subject for plugin in plugins for subject in plugin.subjects)
    looked_at = text if len(text) <= HEAD + TAIL else f"{text[:HEAD]}\n{text[-TAIL:]}"
    message = prepare(looked_at, (*_VERBS, *subjects))
    nouns = find_nouns(message, subjects)
    found = {plugin.name: _weigh(message, plugin, nouns, last=last) for plugin in plugins}
    scores = {name: evidence.score for name, evidence in found.items() if evidence.words}
    scores[DEFAULT] = scores.get(DEFAULT, 0.0) + SMALL_TALK
    best = min(scores, key=lambda name: (-scores[name], name))
    said = found[best].words if best in found else ()
    reason = "the message says " + ", ".join(map(repr, said)) if said else "small talk"
    return Route(best, reason, _share(scores))


def _weigh(message: str, plugin: Domain, nouns: Sequence[Noun], *, last: str | None) -> Evidence:
    cues = _find_cues(message, plugin.cues)
    follow_ups = _find_cues(message, plugin.follow_ups) if plugin.name == last else []
    own = [noun for noun in nouns if noun.text in plugin.subjects]
    asked = max((noun.asked for noun in own), default=0.0)
    score = max(
        # of two plugins with cues the one whose cues cover more of the message
        CUE + min(sum(map(len, cues)), 99) / 100 if cues else 0.0,
        FOLLOW_UP if follow_ups else 0.0,
        MENTIONED + (ASKED - MENTIONED) * asked if own else 0.0,
    )
    named = [noun.text for noun in own if noun.asked == asked]
    return Evidence(score, tuple(dict.fromkeys([*cues, *follow_ups, *named])))


def _share(scores: dict[str, float]) -> dict[str, float]:
    """Turn scores into shares by softmax, the largest first."""
    whole = sum(map(math.exp, scores.values()))
    ranked = sorted(scores, key=lambda name: (-scores[name], name))
    return {name: round(math.exp(scores[name]) / whole, 2) for name in ranked}


def _find_cues(message: str, cues: Iterable[str]) -> list[str]:
    point = skip_courtesy(message)
    return [cue for cue in cues if _holds(message, cue, point)]


def _holds(message: str, cue: str, point: int) -> bool:
    pattern = _cue_pattern(cue)
    plain = message.translate(_SIGNS)
    if not cue.startswith("^"):
        return pattern.search(plain) is not None
    return any(pattern.match(plain, place) for place in (0, point))


@cache
def _cue_pattern(cue: str) -> re.Pattern[str]:
    """Compile a cue: its words as they are, ``*`` for anything within a sentence.

    A Latin word is found as a whole word; a cue in a script without spaces anywhere.
    """
    parts = cue.removeprefix("^").lower().translate(_SIGNS).split("*")
    words = r"[^.!?。\n]*?".join(map(re.escape, parts))
    return re.compile(rf"(?<![a-z]){words}(?![a-z])" if cue[-1:].isalpha() else rf"(?<![a-z]){words}")

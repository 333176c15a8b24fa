"""Which plugin a message is for, and why."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from chatlstm.pipeline.domain import Domain

DEFAULT = "dialogue"


@dataclass(frozen=True)
class Route:
    """The plugin chosen for a message.

    Args:
        domain: Its name.
        reason: Why, in a few words.
        scores: Characters of matched cues a plugin; those that matched nothing are left out.
    """

    domain: str
    reason: str
    scores: dict[str, int]


def choose_route(text: str, domains: Iterable[Domain], *, chosen: str | None) -> Route:
    """Choose the plugin whose cues cover most of the message; small talk stays with dialogue.

    Args:
        text: The message.
        domains: The plugins at hand.
        chosen: The plugin a person named with ``/use`` or ``--plugin``; it overrules.

    Returns:
        The route.

    Example:
        >>> choose_route("Hello there.", [], chosen=None).reason
        'no cue of another plugin'
    """
    if chosen is not None:
        return Route(chosen, "you chose it", {})
    matches = {domain.name: _match_cues(text, domain.cues) for domain in domains}
    scores = {name: sum(map(len, cues)) for name, cues in matches.items() if cues}
    if not scores:
        return Route(DEFAULT, "no cue of another plugin", {})
    best = min(scores, key=lambda name: (-scores[name], name))
    return Route(best, "the message says " + ", ".join(repr(cue) for cue in matches[best]), scores)


def _match_cues(text: str, cues: Iterable[str]) -> list[str]:
    """List the cues that stand in the text as whole words, whatever their case.

    A cue in a script without spaces matches anywhere.
    """
    return [
        cue
        for cue in cues
        if re.search(rf"(?<![a-z]){re.escape(cue)}(?![a-z])", text, re.IGNORECASE)
    ]

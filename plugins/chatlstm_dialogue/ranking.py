"""Choosing a reply: many are drawn, the one that answers what was said is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatlstm.plugin import Candidate, Draft, Generator, Prompt, split_units
from chatlstm_dialogue.claims import claims_humanity
from chatlstm_dialogue.options import CANDIDATES, CONTEXT_TOKENS, MATCHING, RELEVANCE
from chatlstm_dialogue.retrieval import find_replies

REPEATED_TURN = 20.0
REPEATED_WORDS = 6.0
HUMAN_CLAIM = 6.0
UNFINISHED = 6.0
LAST_TURN = 0.25  # how much of the context's weight the last turn alone has
WRITTEN = 50.0  # more than a drawn reply ever gains
RUN = {"en": 4, "zh": 6}  # words, or characters
WIDTH = {"en": 4, "zh": 1}  # characters of a token
NO_REPLY = {"en": "I don't know what to say to that.", "zh": "这个我不知道该怎么说。"}


@dataclass(frozen=True)
class Weights:
    """What counts how much when replies are ranked.

    Args:
        relevance: Of ``log p(reply)``, which is taken off, ``>= 0``.
        matching: Of what people answered to such a turn, ``>= 0``.
    """

    relevance: float
    matching: float


def read_weights(options: dict[str, str]) -> Weights:
    """Read the weights from a request's options."""
    return Weights(RELEVANCE.read(options), MATCHING.read(options))


@dataclass(frozen=True)
class Ranked:
    """A candidate and why it stands where it does.

    Args:
        text: The reply.
        score: What it is ranked by, in nats: ``fit - relevance * chance + matching * match - penalty``.
        fit: log p(reply | context), of the whole context and, a quarter, of its last turn.
        chance: log p(reply) without context.
        match: How well it answers, as people have answered, by ``Generator.match``.
        penalty: For repeating, for claiming to be a person, for not coming to an end; below 0
            for what was written by hand.
    """

    text: str
    score: float
    fit: float
    chance: float
    match: float
    penalty: float


def spoken(engine: Generator) -> str:
    """Tell the language that an engine speaks: ``"zh"``, or else ``"en"``, even where it was taught code."""
    return "zh" if engine.language == "zh" else "en"


def fit_context(draft: Draft, engine: Generator) -> Draft:
    """Keep the last turns that fit the window; the last one stays, cut at its end if it must be.

    Args:
        draft: Its prompt holds all turns.
        engine: Counts tokens.

    Returns:
        The draft with fewer turns.
    """
    room = int(CONTEXT_TOKENS.read(draft.request.options))
    kept: list[str] = []
    for turn in reversed(draft.prompt.turns):
        room -= engine.count_tokens(turn) + 1
        if room < 0:
            break
        kept.insert(0, turn)
    if draft.prompt.turns and not kept:
        width = WIDTH[spoken(engine)] * int(CONTEXT_TOKENS.read(draft.request.options))
        kept = [draft.prompt.turns[-1][-width:]]
    return replace(draft, prompt=replace(draft.prompt, turns=tuple(kept)))


def choose_reply(draft: Draft, engine: Generator) -> Draft:
    """Draw candidates in one batch, add what was written for such words, and keep the best.

    Args:
        draft: Its prompt ends with the turn to answer.
        engine: The model.

    Returns:
        The draft with its reply, and the five best candidates in ``details``.

    Source:
        Li et al. 2016, "A Diversity-Promoting Objective Function for Neural Conversation
        Models", arXiv:1510.03055: log p(reply | context) - lambda log p(reply), to which
        what was learned of people's answers is added.
    """
    options = draft.request.options
    drawn = draw_replies(draft, engine, count=int(CANDIDATES.read(options)))
    finish = {candidate.text.strip(): candidate.finish for candidate in drawn}
    said = [*(turn.text for turn in draft.request.context), *draft.prompt.turns[-1:]]
    written = [
        reply
        for reply in find_replies(" ".join(draft.prompt.turns[-1:]), language=spoken(engine))
        if penalise_repeats(reply, said, language=spoken(engine)) < REPEATED_TURN
    ]
    finish |= {reply: "end" for reply in written}
    texts = [text for text in finish if text]
    scored = rank_replies(engine, draft.prompt, texts, read_weights(options), said=said)
    ranked = [demote(one, _judge(one.text, finish[one.text], written)) for one in scored]
    ranked.sort(key=lambda candidate: (-candidate.score, candidate.text))
    details = {"candidates": [vars(candidate) for candidate in ranked[:5]], "context_turns": len(said)}
    if not ranked:
        return replace(draft, reply=NO_REPLY[spoken(engine)], details=details)
    best = ranked[0].text
    return replace(draft, reply=best, finish=finish[best], details=details)


def draw_replies(draft: Draft, engine: Generator, *, count: int) -> list[Candidate]:
    """Draw replies, half of them to the last turn alone, so that an old subject does not drown a new one.

    Args:
        draft: Its prompt ends with the turn to answer.
        engine: The model.
        count: How many, ``>= 1``.

    Returns:
        So many candidates.
    """
    prompt, seed = draft.prompt, draft.request.seed
    last = keep_last(prompt)
    alone = count // 2 if last != prompt else 0
    drawn = engine.draw(prompt, draft.sampling, n=count - alone, seed=seed)
    if alone:
        drawn += engine.draw(last, draft.sampling, n=alone, seed=seed + 1)
    return drawn


def keep_last(prompt: Prompt) -> Prompt:
    """Take away all that was said before the last turn.

    Example:
        >>> keep_last(Prompt("dialogue", ("Hello.", "Hi.", "How are you?"))).turns
        ('How are you?',)
    """
    return replace(prompt, turns=prompt.turns[-1:], behind=b"")


def rank_replies(
    engine: Generator, prompt: Prompt, replies: Sequence[str], weights: Weights, *, said: Sequence[str]
) -> list[Ranked]:
    """Score replies by how much the context makes them likelier, less penalties for repeating.

    The context counts three quarters as a whole and a quarter as its last turn alone.

    Args:
        engine: The model.
        prompt: The context.
        replies: What could be said.
        weights: Of the parts of the score.
        said: What must not be said again.

    Returns:
        One a reply, in the order of ``replies``.
    """
    fits, matches = engine.score(prompt, replies), engine.match(prompt, replies)
    last = keep_last(prompt)
    if last != prompt:
        fits, matches = _mix(fits, engine.score(last, replies)), _mix(matches, engine.match(last, replies))
    chances = engine.score(Prompt(prompt.domain), replies)
    ranked = []
    for text, fit, chance, match in zip(replies, fits, chances, matches, strict=True):
        penalty = penalise_repeats(text, said, language=spoken(engine))
        score = fit - weights.relevance * chance + weights.matching * match - penalty
        ranked.append(Ranked(text, score, fit, chance, match, penalty))
    return ranked


def _mix(whole: Sequence[float], last: Sequence[float]) -> list[float]:
    return [(1 - LAST_TURN) * nats + LAST_TURN * alone for nats, alone in zip(whole, last, strict=True)]


def demote(candidate: Ranked, penalty: float) -> Ranked:
    """Take a penalty off a candidate's score."""
    return replace(candidate, score=candidate.score - penalty, penalty=candidate.penalty + penalty)


def _judge(reply: str, finish: str, written: Sequence[str]) -> float:
    """Give the penalty for what a drawn reply is, whatever it answers; below 0 for a written one."""
    if reply in written:
        return -WRITTEN
    return UNFINISHED * (finish != "end") + HUMAN_CLAIM * claims_humanity(reply)


def penalise_repeats(reply: str, turns: Sequence[str], *, language: str) -> float:
    """Give the penalty, in nats, for saying again what was said.

    Args:
        reply: What could be said.
        turns: What was said, by either side.
        language: ``"en"`` or ``"zh"``.

    Returns:
        Much for a turn said again, whatever its case and punctuation; less for the share of the
        reply's runs of four words, or of six Chinese characters, that stand in one; nothing
        otherwise.

    Example:
        >>> penalise_repeats("Hello!", ["hello"], language="en"), penalise_repeats("好的。", ["好吗？"], language="zh")
        (20.0, 0.0)
    """
    size = RUN[language]
    units = split_units(reply, language)
    earlier = [split_units(turn, language) for turn in turns]
    if units in earlier:
        return REPEATED_TURN
    runs = [tuple(units[start : start + size]) for start in range(len(units) - size + 1)]
    known = {tuple(turn[start : start + size]) for turn in earlier for start in range(len(turn) - size + 1)}
    return REPEATED_WORDS * sum(run in known for run in runs) / len(runs) if runs else 0.0

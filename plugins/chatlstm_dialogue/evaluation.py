"""How well replies are chosen and how varied they are, beside plain references."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chatlstm.plugin import Generator, Measure, Prompt, Record, Written, distinct, interval
from chatlstm_dialogue.ranking import REPEATED_TURN, Weights, penalise_repeats, rank_replies, spoken

CHOICES = 20
RANKED_EXAMPLES = 500
ANSWERED_EXAMPLES = 200
CONTEXT_TURNS = 8


@dataclass(frozen=True)
class Example:
    """A place in a held-out dialogue.

    Args:
        context: The turns before it.
        reply: What was truly said next.
    """

    context: tuple[str, ...]
    reply: str


def evaluate_dialogue(
    engine: Generator,
    held_out: Sequence[Record],
    respond: Callable[[Sequence[str], int], str],
    *,
    weights: Weights,
    seed: int,
) -> Iterator[Measure | Written]:
    """Measure hits@1 of 20, variety and repetition, with their references.

    Args:
        engine: The model.
        held_out: Dialogues the model was not trained on.
        respond: Answers a context by the whole pipeline, given a seed.
        weights: Of the parts of the ranking.
        seed: Fixes which places and which false replies are taken.

    Yields:
        Measures, and last the replies; nothing where no record has two turns. hits@1 is the share of
        places whose true reply ranks first among 20, the other 19 drawn from other dialogues (Zhang et
        al. 2018, arXiv:1801.07243). distinct-n is the share of different runs of n words, in Chinese of
        n characters, among all (Li et al. 2016, arXiv:1510.03055).
    """
    chance = random.Random(seed)
    examples = [take_example(record, chance) for record in held_out if len(record.turns) > 1]
    if not examples:
        return
    chance.shuffle(examples)
    yield from _measure_ranking(engine, examples[:RANKED_EXAMPLES], weights, chance=chance)
    answered = examples[:ANSWERED_EXAMPLES]
    others = [example.reply for example in examples[-len(answered) :]]
    chance.shuffle(others)
    replies = [respond(example.context, seed + n) for n, example in enumerate(answered)]
    alone = [respond((), seed + n) for n, _ in enumerate(answered)]
    human = [example.reply for example in answered]
    for reference, texts in (("", replies), ("human", human), ("random", others), ("no_context", alone)):
        yield from _measure_variety(reference, texts, answered, language=spoken(engine))
    yield from map(Written, replies)


def take_example(record: Record, chance: random.Random) -> Example:
    """Take a place in a dialogue by chance, with at most eight turns before it."""
    place = chance.randrange(1, len(record.turns))
    return Example(record.turns[max(0, place - CONTEXT_TURNS) : place], record.turns[place])


def _measure_ranking(
    engine: Generator, examples: Sequence[Example], weights: Weights, *, chance: random.Random
) -> Iterator[Measure]:
    replies = [example.reply for example in examples]
    hits: dict[str, list[bool]] = {"": [], "no_context": [], "random": []}
    for example in examples:
        false = [reply for reply in replies if reply != example.reply]
        choices = [example.reply, *chance.sample(false, min(CHOICES - 1, len(false)))]
        ranked = rank_replies(engine, Prompt("dialogue", example.context), choices, weights, said=example.context)
        # the true reply stands first, so it must be strictly better to count
        hits[""].append(all(ranked[0].score > other.score for other in ranked[1:]))
        hits["no_context"].append(all(ranked[0].chance > other.chance for other in ranked[1:]))
        hits["random"].append(chance.randrange(len(choices)) == 0)
    for reference, found in hits.items():
        yield _share("hits_at_1", found, reference)
    yield Measure("ranked_examples", float(len(examples)))


def _measure_variety(
    reference: str, replies: Sequence[str], examples: Sequence[Example], *, language: str
) -> Iterator[Measure]:
    yield Measure("distinct_1", distinct(replies, 1, language=language), reference)
    yield Measure("distinct_2", distinct(replies, 2, language=language), reference)
    repeats = [
        penalise_repeats(reply, example.context, language=language)
        for reply, example in zip(replies, examples, strict=True)
    ]
    yield _share("repeats", [penalty == REPEATED_TURN for penalty in repeats], reference)


def _share(name: str, holds: Sequence[bool], reference: str) -> Measure:
    mean, low, high = interval([float(one) for one in holds])
    return Measure(name, mean, reference, low, high)

"""Quality against diversity: what replies earn and how much they differ, by temperature, of two checkpoints.

A reply's quality is what the plugin can verify of it; where it can verify nothing, how little it repeats.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from chatlstm.engine.api import Prompt, Sampling
from chatlstm.engine.benchmarks.rejection import measure_rejected
from chatlstm.engine.benchmarks.row import Row, Section
from chatlstm.engine.evaluation import Model
from chatlstm.pipeline.domain import Domain
from chatlstm.pipeline.judge import Judge
from chatlstm.pipeline.statistics import distinct, repeated_ngrams, self_bleu
from chatlstm.records import Record

WAYS = {
    "temperature 0.6": Sampling(temperature=0.6),
    "temperature 0.8": Sampling(temperature=0.8),
    "temperature 1": Sampling(temperature=1.0),
    "temperature 1, min-p 0.05": Sampling(temperature=1.0, min_p=0.05),
}
SURE = {"the likeliest token": Sampling(temperature=0.0)}  # one text, and where repetition shows
REPEATED = 4  # words of a run
BEGINNING, LONG = 60, 240  # characters: a longer text is continued from its beginning
TRIES = (1, 10)
FIRST_SEED = 1

Figures = dict[tuple[str, str], float]
AnyModel = Model[Any]  # Any: whose states they are matters to nobody here


@dataclass(frozen=True)
class Size:
    """How much is drawn.

    Args:
        judged: Records a domain, where a judge rates what is drawn; those that it cannot verify are left out.
        others: Records a domain, where none does.
        replies: To each, ``>= 10``.
        rejected: Of them under the constraint.
        tokens: Of a reply at most.
    """

    judged: int = 60
    others: int = 8
    replies: int = 20
    rejected: int = 4
    tokens: int = 192


def measure_creativity(
    models: Sequence[AnyModel], domains: Mapping[str, Domain], held_out: Sequence[Record], size: Size
) -> Section:
    """Measure a checkpoint, and another one beside it.

    Args:
        models: The one that is measured, and the one it is compared with, if any.
        domains: The plugins by name.
        held_out: Records that neither was trained on, of any of the domains.
        size: How much is drawn.

    Yields:
        Rows: without the constraint, the shares of replies that are well formed and that earn all, and the chance
        that one of ten does; distinct-2 and self-BLEU of the replies to one prompt, and how much of a text repeats;
        the mass that the constraint rejects. Means over the records.
    """
    language = models[0].config.language
    for name in sorted({record.domain for record in held_out} & set(domains)):
        records = [record for record in held_out if record.domain == name]
        with ExitStack() as stack:
            opened = domains[name].open_judge()
            judge = stack.enter_context(opened) if opened is not None else None
            chosen = choose_records(records, judge, size)
            if not chosen:
                continue
            measured = []
            for model in models:
                yield f"{model.config.name} draws replies to {len(chosen)} held-out prompts of {name}"
                measured.append(measure_model(model, chosen, judge, size, language=language))
        yield from list_rows(name, measured, models)


def choose_records(records: Sequence[Record], judge: Judge | None, size: Size) -> list[Record]:
    """Choose records evenly spread over all; where there is a judge, those of them that can be verified."""
    most = size.others if judge is None else size.judged
    spread = records[:: math.ceil(len(records) / most)]
    return [one for one in spread if judge is None or judge.rate(one, one.turns[-1:])[0] == 1]


def measure_model(
    model: AnyModel, records: Sequence[Record], judge: Judge | None, size: Size, *, language: str
) -> Figures:
    """Draw replies in every way, and take the mean of each figure over the records.

    Returns:
        Figures by their name and the way of drawing.
    """
    found: dict[tuple[str, str], list[float]] = {}
    engine = model.engine
    for number, record in enumerate(records, start=FIRST_SEED):
        for way, chosen in {**WAYS, **SURE}.items():
            sampling, count = replace(chosen, max_tokens=size.tokens), 1 if way in SURE else size.replies
            drawn = engine.draw(make_prompt(record, whole=judge is not None), sampling, n=count, seed=number)
            texts = [one.text for one in drawn]
            rewards = None if judge is None else judge.rate(record, texts)
            for name, value in rate_texts(texts, rewards, language=language):
                found.setdefault((name, way), []).append(value)
        if judge is not None:
            prompt, constraint = judge.constrain(record, engine)
            seeds = range(number * size.rejected, (number + 1) * size.rejected)
            nats, share = measure_rejected(
                model, prompt, constraint, sampling=Sampling(max_tokens=size.tokens), seeds=seeds
            )
            found.setdefault(("rejected by the mask, nats a token", "temperature 1"), []).append(nats)
            found.setdefault(("rejected by the mask, share of the mass", "temperature 1"), []).append(share)
    return {key: fmean(values) for key, values in found.items()}


def make_prompt(record: Record, *, whole: bool) -> Prompt:
    """Give a record's prompt.

    Args:
        record: Its last turn is what is drawn anew.
        whole: Draw all of that turn; otherwise a long one is given as far as its beginning.

    Example:
        >>> make_prompt(Record("news", ("flood", "The river rose.")), whole=False).turns
        ('flood',)
    """
    *turns, reply = record.turns
    return Prompt(record.domain, tuple(turns), "" if whole or len(reply) <= LONG else reply[:BEGINNING])


def rate_texts(
    texts: Sequence[str], rewards: Sequence[float] | None, *, language: str
) -> Iterator[tuple[str, float]]:
    """Rate the replies to one prompt.

    Args:
        texts: At least one.
        rewards: What each earned; None where nothing can be verified.
        language: As for ``statistics.split_units``.

    Yields:
        Names and figures, all between 0 and 1.
    """
    if rewards is not None:
        yield "replies that are well formed", fmean(reward > 0 for reward in rewards)
        full = sum(reward == 1 for reward in rewards)
        for tries in TRIES:
            if tries <= len(texts):
                yield f"solved in {tries}", 1 - math.comb(len(texts) - full, tries) / math.comb(len(texts), tries)
    if len(texts) > 1:
        yield "distinct-2", distinct(texts, 2, language=language)
        yield "self-BLEU", self_bleu(texts, language=language)
    yield "repeated 4-grams", fmean(repeated_ngrams(text, REPEATED, language=language) for text in texts)


def list_rows(domain: str, measured: Sequence[Figures], models: Sequence[AnyModel]) -> Iterator[Row]:
    """List the figures of a checkpoint beside those of another, if there is one."""
    note = f"the reference is {models[1].config.identity}" if len(models) > 1 else ""
    for name, way in measured[0]:
        reference = measured[1][name, way] if len(measured) > 1 else None
        yield Row(f"{domain}, {way}: {name}", "", measured[0][name, way], reference, note=note)

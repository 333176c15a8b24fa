"""What carrying the state, and a cache, are worth the further a text goes on.

Axes: T tokens, V vocabulary, H hidden.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np

from chatlstm.engine.api import Prompt, Sampling
from chatlstm.engine.benchmarks.decoding import load_endless
from chatlstm.engine.benchmarks.row import Aim, Row, Section
from chatlstm.engine.benchmarks.timing import time_in_turns
from chatlstm.engine.cache import SIZE, Cache
from chatlstm.engine.evaluation import Model, load_model
from chatlstm.engine.sampling import sum_powers
from chatlstm.engine.stepper import Floats, Ids
from chatlstm.records import Record
from chatlstm.tokens.tokenizer import TURN

RECALL = 0.15
FORGETFUL = 128  # tokens after which the state of the reference is forgotten
SENTENCE = 16  # tokens after which the cache takes in what was read, as where a story is told
BOUNDS = (0, 64, 256, 1024, 2**30)
WAYS = ("forgotten", "carried", "cached")
CHARACTERS = 160_000  # are read: the longest texts
CANDIDATES, TOKENS, REPEATS = 6, 60, 9


@dataclass(frozen=True)
class Text:
    """A held-out text, whole.

    Args:
        head: Domain and turns before it.
        body: The text itself, a turn.
    """

    head: tuple[str, ...]
    body: str


@dataclass(frozen=True)
class Cost:
    """What the tokens of a text cost.

    Args:
        bytes: UTF-8 bytes of each token, shape ``(T,)``.
        nats: Of each token, shape ``(T,)``, by the way it was read: ``"forgotten"``, ``"carried"`` or ``"cached"``.
    """

    bytes: Ids
    nats: dict[str, Floats]


def measure_coherence(
    folder: Path, cache: Path, records: Sequence[Record], text: str, *, repeats: int = REPEATS
) -> Section:
    """Measure the loss by the place in a text: the state forgotten, carried, and carried beside a cache.

    Args:
        folder: The checkpoint's folder.
        cache: Folder for what is derived from its weights.
        records: At least one; the parts of a document in their order.
        text: What they are, in words.
        repeats: How often drawing is timed, ``>= 1``.
    """
    model, texts = load_model(folder, cache=cache), list(join_documents(records))
    yield f"reading {len(texts)} texts"
    costs = [read_text(model, one) for one in texts]
    yield from _list_bits(costs, f"{len(texts)} {text}, the longest; ")
    yield "drawing"
    engine = load_endless(folder, "int8").engine
    whole = Prompt(texts[0].head[0], beginning=texts[0].body)
    draw = partial(engine.draw, sampling=Sampling(max_tokens=TOKENS), n=CANDIDATES, seed=1)
    contenders = {"carried": partial(draw, whole), "cached": partial(draw, replace(whole, recall=RECALL))}
    seconds = time_in_turns(contenders, repeats=repeats)
    cached, carried = (seconds[way] / TOKENS * 1e3 for way in ("cached", "carried"))
    note = "the reference is without the cache"
    yield Row(f"a step of {CANDIDATES} candidates", "ms", cached, carried, Aim("at most", 1.25, of="ratio"), note)


def _list_bits(costs: Sequence[Cost], text: str) -> Iterator[Row]:
    compared = (
        ("carried", "forgotten", f"{text}the reference is a state forgotten every {FORGETFUL} tokens"),
        ("cached", "carried", f"{text}the reference is the carried state without the cache"),
    )
    for way, reference, note in compared:
        for low, high in [*pairwise(BOUNDS), (0, BOUNDS[-1])]:
            whole = (low, high) == (0, BOUNDS[-1])
            reached, beside = (measure_bits(costs, one, slice(low, high)) for one in (way, reference))
            aim = Aim("at most", 0.99, of="ratio") if whole else None
            name = f"{way}, {'all tokens' if whole else f'from token {low}'}"
            if reached is not None:
                yield Row(name, "bits/byte", reached, beside, aim, note)


def join_documents(records: Sequence[Record]) -> Iterator[Text]:
    """Join the parts of each document, and give the longest of them.

    Args:
        records: The parts of a document in their order.

    Yields:
        Texts, the longest first, some 160,000 characters in all.
    """
    parts: dict[str, list[Record]] = {}
    for number, record in enumerate(records):
        parts.setdefault(record.document or str(number), []).append(record)
    texts = [
        Text((held[0].domain, *held[0].turns[:-1]), "\n\n".join(one.turns[-1] for one in held))
        for held in parts.values()
    ]
    left = CHARACTERS
    for text in sorted(texts, key=lambda one: -len(one.body)):
        if left > 0:
            yield text
        left -= len(text.body)


def read_text(model: Model[Floats], text: Text) -> Cost:
    """Read a text in each way.

    Args:
        model: Reads.
        text: What it reads.

    Returns:
        What each token and the mark behind them cost.
    """
    stepper, tokenizer = model.stepper, model.tokenizer
    domain, *turns = text.head
    head = [*tokenizer.encode_opening(domain), *tokenizer.encode_turns([*turns, ""])]
    body = np.array([*tokenizer.encode(text.body), TURN])
    ids, begin = np.concatenate([head, body]), len(head) - 1
    features = stepper.read_features(ids[None, :-1], stepper.start(1))[0][0]  # (T, H)
    carried, cached = [], []
    for start in range(begin, len(features), SENTENCE):
        told, known = slice(start, start + SENTENCE), slice(max(0, start - SIZE), start + 1)
        logits, following = stepper.project(features[told]), ids[start + 1 : start + 1 + SENTENCE]
        carried.append(_rate(logits, following))
        cached.append(_rate(Cache(features[known], ids[known]).mix(logits, features[told], RECALL), following))
    forgotten = [np.concatenate(carried)[:FORGETFUL]]
    for start in range(begin + FORGETFUL, len(features), FORGETFUL):
        following = ids[start + 1 : start + 1 + FORGETFUL]
        fresh, _ = stepper.read_features(ids[None, start : start + len(following)], stepper.start(1))
        forgotten.append(_rate(stepper.project(fresh[0]), following))
    nats = (np.concatenate(part) for part in (forgotten, carried, cached))
    return Cost(tokenizer.count_bytes()[body], dict(zip(WAYS, nats, strict=True)))


def measure_bits(costs: Sequence[Cost], way: str, place: slice) -> float | None:
    """Give the bits a byte of the tokens at some places of texts; None where no text is so long.

    Example:
        >>> cost = Cost(np.array([2, 2, 0]), {"carried": np.log(np.array([4.0, 8.0, 1.0], np.float32))})
        >>> round(measure_bits([cost], "carried", slice(1, 9)), 6)
        1.5
    """
    size = sum(int(cost.bytes[place].sum()) for cost in costs)
    return sum(float(cost.nats[way][place].sum()) for cost in costs) / float(np.log(2)) / size if size else None


def _rate(logits: Floats, following: Ids) -> Floats:
    nats: Floats = sum_powers(logits) - logits[np.arange(len(following)), following]
    return nats

"""How articles hold their keywords, beside people's and the model's own stream."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chatlstm.plugin import (
    Generator,
    Measure,
    Prompt,
    Record,
    Sampling,
    Written,
    distinct,
    interval,
    repeated_ngrams,
    self_bleu,
)
from chatlstm_news.checker import check_article
from chatlstm_news.keywords import list_missing

ARTICLES = 100
PARTING = re.compile(r"[,、]\s*")
PLAIN = Sampling(temperature=0.7, min_p=0.05, no_repeat_ngram=5, max_tokens=250)


@dataclass(frozen=True)
class Covered:
    """An article and the keywords it is to hold.

    Args:
        keywords: As they stand in a held-out record.
        text: The article.
    """

    keywords: tuple[str, ...]
    text: str


def evaluate_news(
    engine: Generator, held_out: Sequence[Record], write: Callable[[str, int], str], *, seed: int
) -> Iterator[Measure | Written]:
    """Measure articles written from the keywords of held-out ones.

    Args:
        engine: The model.
        held_out: Keywords and article each; the model was not trained on them.
        write: Writes an article from keywords, given a seed.
        seed: Of the first article; each later one has the next.

    Yields:
        Measures; ``human`` is the articles that the keywords were taken from, and
        ``without_pipeline`` the model's own stream from the same keywords. Last, the articles.
    """
    language = "zh" if engine.language == "zh" else "en"
    records = [record for record in held_out if len(record.turns) == 2][:ARTICLES]
    if not records:
        return
    asked = [tuple(PARTING.split(record.turns[0])) for record in records]
    people = [Covered(keywords, record.turns[1]) for keywords, record in zip(asked, records, strict=True)]
    written = [
        Covered(one.keywords, write(record.turns[0], seed + n))
        for n, (one, record) in enumerate(zip(people, records, strict=True))
    ]
    plain = [
        Covered(one.keywords, engine.draw(Prompt("news", (record.turns[0],)), PLAIN, n=1, seed=seed + n)[0].text)
        for n, (one, record) in enumerate(zip(people, records, strict=True))
    ]
    formed = [float(not check_article(one.text, one.keywords, language=language)) for one in written]
    yield _spread("form", formed)
    for reference, articles in (("", written), ("human", people), ("without_pipeline", plain)):
        yield from measure_articles(articles, language, reference)
    yield from (Written(one.text) for one in written)


def measure_articles(articles: Sequence[Covered], language: str, reference: str) -> Iterator[Measure]:
    """Measure which keywords stand in articles, how they repeat themselves and how they vary.

    Yields:
        ``coverage``, the share of articles that hold all their keywords; ``keywords_held``, of
        keywords; and what ``statistics`` counts.
    """
    texts = [article.text for article in articles]
    missing = [len(list_missing(article.keywords, article.text)) for article in articles]
    held = [1 - lacking / len(article.keywords) for lacking, article in zip(missing, articles, strict=True)]
    repeated = [repeated_ngrams(text, 4, language=language) for text in texts]
    yield _spread("coverage", [float(not lacking) for lacking in missing], reference)
    yield _spread("keywords_held", held, reference)
    yield _spread("repeated_4grams", repeated, reference)
    yield Measure("distinct_1", distinct(texts, 1, language=language), reference)
    yield Measure("distinct_2", distinct(texts, 2, language=language), reference)
    if len(texts) > 1:
        yield Measure("self_bleu", self_bleu(texts, language=language), reference)


def _spread(name: str, values: Sequence[float], reference: str = "") -> Measure:
    mean, low, high = interval(values)
    return Measure(name, mean, reference, low, high)

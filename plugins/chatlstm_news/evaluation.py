"""How articles hold their keywords, beside people's and the model's own stream."""

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
    signs_of,
)
from chatlstm_news.checker import check_article
from chatlstm_news.keywords import list_missing
from chatlstm_news.plans import HEADLINE_MARK, PARTING

ARTICLES = 100
KEYWORDS = 5  # of an article at most
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
    people = list_articles(held_out, language)[:ARTICLES]
    if not people:
        return
    lists = [PARTING[language].join(one.keywords) for one in people]
    written = [  # behind a sign that parts, a single keyword of several words is no sentence
        Covered(one.keywords, write(listed + PARTING[language].strip(), seed + n))
        for n, (one, listed) in enumerate(zip(people, lists, strict=True))
    ]
    plain = [
        Covered(one.keywords, engine.draw(Prompt("news", (listed,)), PLAIN, n=1, seed=seed + n)[0].text)
        for n, (one, listed) in enumerate(zip(people, lists, strict=True))
    ]
    formed = [float(not check_article(one.text, one.keywords, language=language)) for one in written]
    yield _spread("form", formed)
    for reference, articles in (("", written), ("human", people), ("without_pipeline", plain)):
        yield from measure_articles(articles, language, reference)
    yield from (Written(one.text) for one in written)


def list_articles(records: Sequence[Record], language: str) -> list[Covered]:
    """Put the articles of records together again, each once, with the keywords of its sentences, up to five.

    Args:
        records: As ``unfold`` makes them; headlines and what has other turns are left out.
        language: ``"en"`` or ``"zh"``.
    """
    articles: dict[str, Covered] = {}
    for record in records:
        if len(record.turns) % 2 or record.turns[0].startswith(HEADLINE_MARK[language]):
            continue
        text = signs_of(language).blank.join(record.turns[1::2])
        named = (word for turn in record.turns[::2] for word in turn.split(PARTING[language]))
        keywords = tuple(dict.fromkeys(named))[:KEYWORDS]
        articles.setdefault(text, Covered(keywords, text))
    return list(articles.values())


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

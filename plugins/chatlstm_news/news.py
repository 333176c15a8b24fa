"""News: an article that holds every one of its keywords."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from chatlstm.plugin import (
    ConstraintError,
    Domain,
    Draft,
    Generator,
    Measure,
    Prompt,
    Record,
    Request,
    Sampling,
    Stage,
    Written,
    read_domain,
)
from chatlstm_news.article import SENTENCE, write_article
from chatlstm_news.checker import check_article
from chatlstm_news.cues import CUES, FOLLOW_UPS, SUBJECTS
from chatlstm_news.desk import Desk, Order
from chatlstm_news.evaluation import evaluate_news
from chatlstm_news.keywords import read_keywords
from chatlstm_news.options import CANDIDATES, PARAGRAPHS, TEMPERATURE, WORDS
from chatlstm_news.plans import PARTING, retrace_article, unfold

TRIES = 3
SENTENCES_A_PARAGRAPH = 2
KEYWORDS_A_SENTENCE = 2


class News(Domain):
    """Writes a headline and an article that holds the keywords it is given."""

    name = "news"
    summary = "Writes a news article that holds your keywords."
    cues = CUES
    subjects = SUBJECTS
    follow_ups = FOLLOW_UPS
    languages: ClassVar[tuple[str, ...]] = ("en", "zh")
    options = (PARAGRAPHS, WORDS, CANDIDATES, TEMPERATURE)

    def records_in(self, language: str, corpora: Path) -> Iterator[Record]:
        """Read articles; in each record stand keywords and a sentence that holds them by turns."""
        for record in read_domain(self.name, corpora, language=language):
            yield from unfold(record, language)

    def begin(self, request: Request) -> Draft:
        """Take the keywords out of the person's words."""
        keywords = read_keywords(request.text)
        language = "zh" if request.language == "zh" else "en"
        sampling = Sampling(temperature=TEMPERATURE.read(request.options), min_p=0.05, no_repeat_ngram=4)
        details: dict[str, object] = {"machine_written": True, "keywords": list(keywords)}
        return Draft(request, Prompt(self.name, (PARTING[language].join(keywords),)), sampling, details=details)

    def stages(self) -> tuple[Stage, ...]:
        """Write the article and check it."""
        return (write_checked,)

    def retrace(self, request: Request, reply: str) -> list[tuple[Prompt, str]]:
        """Lay the article out as its records are: the headline, then keywords and a sentence by turns."""
        language = "zh" if request.language == "zh" else "en"
        return retrace_article(reply, read_keywords(request.text), language)

    def evaluate(
        self, engine: Generator, held_out: Sequence[Record], *, options: dict[str, str], seed: int
    ) -> Iterator[Measure | Written]:
        """Measure coverage, form, repetition and variety on the keywords of held-out articles."""

        def write(keywords: str, seed: int) -> str:
            draft = write_checked(self.begin(Request(keywords, seed=seed, options=options)), engine)
            return draft.reply or ""

        return evaluate_news(engine, held_out, write, seed=seed)


def write_checked(draft: Draft, engine: Generator) -> Draft:
    """Write an article and check it, again with other chances where the checker finds a fault.

    Args:
        draft: Its request names the keywords.
        engine: The model.

    Returns:
        The draft with its reply.

    Raises:
        ConstraintError: The keywords do not fit into the words asked for, or three articles had faults.
    """
    keywords = read_keywords(draft.request.text)
    language = "zh" if engine.language == "zh" else "en"
    options = draft.request.options
    paragraphs = int(PARAGRAPHS.read(options))
    words = choose_length(keywords, paragraphs, int(WORDS.read(options)), language)
    faults: list[str] = []
    for attempt in range(TRIES):
        seed = draft.request.seed * TRIES + attempt
        order = Order(keywords, paragraphs, words, int(CANDIDATES.read(options)), seed)
        article = write_article(Desk(engine, order, draft.sampling))
        faults = check_article(article, keywords, language=language, paragraphs=paragraphs)
        if not faults:
            details = {**draft.details, "checked": "every keyword stands in it", "attempts": attempt + 1}
            return replace(draft, reply=article, details=details)
    raise ConstraintError(f"{TRIES} articles in a row had faults; the last: {'; '.join(faults)}")


def choose_length(keywords: Sequence[str], paragraphs: int, words: int, language: str) -> int:
    """Choose how long an article becomes.

    Args:
        keywords: What it holds.
        paragraphs: Of so many paragraphs.
        words: As the person asked; 0 where they did not.
        language: ``"en"`` or ``"zh"``.

    Returns:
        Words, or characters for Chinese: two sentences a paragraph, more for many keywords.

    Raises:
        ConstraintError: So many keywords do not fit into the words asked for.

    Example:
        >>> choose_length(["flood"], 3, 0, "en"), choose_length(["flood"] * 40, 3, 0, "en")
        (120, 400)
    """
    usual = SENTENCE[language]
    needed = math.ceil(len(keywords) / KEYWORDS_A_SENTENCE) * usual
    if not words:
        return max(needed, SENTENCES_A_PARAGRAPH * paragraphs * usual)
    least = max(needed // 2, paragraphs * usual // 2)
    if words < least:
        unit = "characters" if language == "zh" else "words"
        raise ConstraintError(
            f"{len(keywords)} keywords in {paragraphs} paragraphs need {least} {unit} or more, got words={words}"
        )
    return words

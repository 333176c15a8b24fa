"""Writing an article: a headline, then sentence by sentence, each with its keywords."""

import math
from collections.abc import Sequence

from chatlstm.plugin import Manuscript, SentencePlan, find_word, list_open, signs_of
from chatlstm_news.checker import HEADLINE
from chatlstm_news.desk import Desk
from chatlstm_news.holding import draw_holding
from chatlstm_news.keywords import list_missing
from chatlstm_news.plans import HEADLINE_KEYWORDS

SENTENCE = {"en": 20, "zh": 40}  # words, or characters, of one as people write them
NO_HEADLINE = {"en": "News of the day", "zh": "今日新闻"}
CUT_HEADLINE = {"en": range(5, 10), "zh": range(8, 20)}


def write_article(desk: Desk) -> str:
    """Write an article.

    Args:
        desk: An order, and nothing written yet.

    Returns:
        Headline and paragraphs, parted by empty lines. Where the model brought no sentence with a
        keyword to its end the text lacks it: the checker tells.
    """
    order = desk.order
    parts = [write_headline(desk)]
    left = list(order.keywords)
    for number in range(1, order.paragraphs + 1):
        written = desk.count(" ".join(parts[1:]))
        goal = order.words * number // order.paragraphs - written
        last = number == order.paragraphs
        parts.append(_write_paragraph(desk, left, goal, rest=0 if last else order.words - written - goal))
        left = list_missing(left, parts[-1])
    return "\n\n".join(parts)


def _write_paragraph(desk: Desk, left: Sequence[str], goal: int, *, rest: int) -> str:
    """Write ``goal`` words, with so many keywords that what is left fits into the ``rest`` of the article."""
    text = ""
    usual = SENTENCE[desk.language]
    blank = signs_of(desk.language).blank
    while True:
        room = goal - desk.count(text)
        missing = list_missing(left, text)
        if text and room < usual / 2 and (rest or not missing):
            return text
        sentences = max(1, round((room + rest) / usual))
        sentence = _write_sentence(desk, missing[: math.ceil(len(missing) / sentences)])
        if not sentence:
            return text
        text += blank + sentence if text else sentence


def _write_sentence(desk: Desk, due: Sequence[str]) -> str:
    """Write a sentence with the keywords due, or with fewer; nothing where even one cannot be had."""
    keywords = due or desk.plan_sentence()
    manuscript = desk.open_sentence(keywords)
    sentence = ""
    for count in range(len(due), min(len(due), 1) - 1, -1):
        sentence = sentence or desk.choose(draw_holding(desk, manuscript, due[:count], SentencePlan()))
    if not sentence and due:
        plan = SentencePlan(lead=_capital(due[0]), tokens=0, closes=True)
        sentence = desk.choose(manuscript.draw(plan, n=1, seed=0))
    if sentence:
        desk.keep(sentence)
        desk.read(keywords, sentence)
    return sentence


def write_headline(desk: Desk) -> str:
    """Write a line of a few words with the first keyword that is short enough for one.

    Args:
        desk: An order, and nothing written yet.

    Returns:
        A headline without a final stop, which is kept on the desk.
    """
    low, high = HEADLINE[desk.language]
    named = [keyword for keyword in desk.order.keywords if desk.count(keyword) <= high // 2]
    manuscript = desk.open_headline(named[:HEADLINE_KEYWORDS] or desk.order.keywords[:1])
    plan = SentencePlan(least=low, is_line=True, tokens=high + 12)
    headline = ""
    for due in (named[:1], []):
        if headline:
            break
        drawn = draw_holding(desk, manuscript, due, plan)
        short = [one for one in drawn if low <= desk.count(one.text) <= high]
        short = [one for one in short if _fits_line(desk, _strip(desk, one.text))]
        headline = _strip(desk, desk.choose(short)) or _cut_headline(desk, manuscript, due)
    headline = headline or NO_HEADLINE[desk.language]
    desk.keep(headline)
    return headline


def _cut_headline(desk: Desk, manuscript: Manuscript, due: Sequence[str]) -> str:
    """Begin a sentence and end it early, where the model expects its end most; nothing where that gives no line."""
    stop = signs_of(desk.language).stop
    starts = {
        start
        for one in draw_holding(desk, manuscript, due, SentencePlan())
        for start in _list_beginnings(desk, one.text)
        if all(find_word(keyword, start) for keyword in due) and _fits_line(desk, start)
    }
    rated = [(manuscript.rate(start) - manuscript.rate(start + stop), start) for start in starts]
    return _capital(min(rated)[1]) if rated else ""


def _list_beginnings(desk: Desk, sentence: str) -> list[str]:
    counts = CUT_HEADLINE[desk.language]
    if desk.language == "zh":
        return [sentence[:count] for count in counts if count < len(sentence)]
    words = sentence.split(" ")
    return [" ".join(words[:count]) for count in counts if count < len(words)]


def _strip(desk: Desk, text: str) -> str:
    """Take blanks and a final stop off, and begin with a capital."""
    return _capital(text.strip().removesuffix(signs_of(desk.language).stop))


def _fits_line(desk: Desk, text: str) -> bool:
    return text[-1:] not in ("", *".,;:-，。、；：") and "\n" not in text and not list_open(text, desk.language)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

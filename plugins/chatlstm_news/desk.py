"""What lies before the writer of an article: what is ordered, what was written, what chance comes next."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chatlstm.plugin import (
    Candidate,
    Generator,
    Manuscript,
    Prompt,
    Sampling,
    find_word,
    name_sentence,
    rate_token,
    split_units,
)
from chatlstm_news.associates import COUNT, DULL_WORDS, read_associates
from chatlstm_news.keywords import list_missing
from chatlstm_news.plans import FUNCTION_WORDS, HEADLINE_MARK, MOST, PARTING

RUN = 4
REPEATED_RUNS = 5.0  # nats a token taken off where all runs of four stood before
DOUBLED_WORD = 0.5  # nats a token taken off for each word that follows itself
SAID_WORD = 0.08  # nats a token taken off for each word that stood before, its ending aside
STEM = 4  # letters
SUITED_WORD = 0.15  # nats a token added for each word that goes with the keywords, up to three
EARLY_KEYWORD = 0.2  # nats a token added for each keyword that is not due yet, up to three
DOMAIN = "news"
FAR = 4  # associates of each other keyword of the order
PLANNED = 2  # keywords of a sentence for which none is due
PLAN_TOKENS = 24  # of the keywords that the model names for a sentence
DOUBLED = re.compile(r"(?i)\b(\w+) \1\b")


@dataclass(frozen=True)
class Order:
    """What is to be written.

    Args:
        keywords: Each must stand in the article; at least one.
        paragraphs: How many, 2 to 5.
        words: How long about, in words; in characters for Chinese.
        candidates: How many sentences are drawn for each place, ``>= 1``.
        seed: Every random choice follows from it.
    """

    keywords: tuple[str, ...]
    paragraphs: int
    words: int
    candidates: int
    seed: int


@dataclass
class Desk:
    """The state of writing one article.

    Args:
        engine: The model.
        order: What is to be written.
        sampling: How the model chooses.

    Attributes:
        suited: Words that would suit the sentence at hand.
    """

    engine: Generator
    order: Order
    sampling: Sampling
    suited: tuple[str, ...] = ()
    _said: set[str] = field(default_factory=set)
    _runs: set[tuple[str, ...]] = field(default_factory=set)
    _stems: set[str] = field(default_factory=set)
    _draws: int = 0
    _behind: bytes = b""

    @property
    def avoided(self) -> tuple[str, ...]:
        """Deaths, of which half of the training text tells, unless they are what is ordered."""
        asked = {keyword.lower() for keyword in self.order.keywords}
        return tuple(word for word in DULL_WORDS if self.language == "en" and word not in asked)

    @property
    def language(self) -> str:
        """``"en"`` or ``"zh"``."""
        return "zh" if self.engine.language == "zh" else "en"

    def next_seed(self) -> int:
        """Give a seed that no draw of this article had."""
        self._draws += 1
        return self.order.seed * 10_000 + self._draws

    def open_headline(self, keywords: Sequence[str]) -> Manuscript:
        """Let the model see the keywords of a headline."""
        asked = HEADLINE_MARK[self.language] + self._join(keywords)
        self._choose_suited(keywords)
        return Manuscript(self.engine, Prompt(DOMAIN, (asked,)), self.sampling)

    def open_sentence(self, keywords: Sequence[str]) -> Manuscript:
        """Let the model see the keywords of a sentence, behind what was written."""
        prompt = Prompt(DOMAIN, (self._join(keywords),), behind=self._behind)
        self._choose_suited(keywords)
        return Manuscript(self.engine, prompt, self.sampling)

    def read(self, keywords: Sequence[str], sentence: str) -> None:
        """Let the model read a sentence under its keywords: the next one comes behind it."""
        prompt = Prompt(DOMAIN, (self._join(keywords), sentence), behind=self._behind)
        self._behind = self.engine.save_state(prompt)

    def plan_sentence(self) -> list[str]:
        """Choose keywords for the next sentence: what goes with those of the order and was not said yet.

        Where nothing is known to go with them the model names some, or else those of the order stand again.
        """
        fresh = [word for word in self._list_associates(COUNT) if word[:STEM] not in self._stems]
        if fresh:
            return random.Random(self.next_seed()).sample(fresh, min(PLANNED, len(fresh)))
        sampling = replace(self.sampling, max_tokens=PLAN_TOKENS)
        (drawn,) = self.engine.draw(Prompt(DOMAIN, behind=self._behind), sampling, n=1, seed=self.next_seed())
        named = [] if drawn.finish == "length" else drawn.text.split(PARTING[self.language].strip())
        return [word.strip() for word in named if word.strip()][:MOST] or list(self.order.keywords[:MOST])

    def _choose_suited(self, keywords: Sequence[str]) -> None:
        """Choose what goes with the keywords of a sentence, and with those of the order a little."""
        near = [word for keyword in keywords for word in self._look_up(keyword)]
        self.suited = tuple(dict.fromkeys([*near, *self._list_associates(FAR)]))

    def _list_associates(self, count: int) -> list[str]:
        """List the first few words that go with each keyword of the order."""
        return [word for keyword in self.order.keywords for word in self._look_up(keyword)[:count]]

    def _look_up(self, word: str) -> Sequence[str]:
        return read_associates().get(word.lower(), ()) if self.language == "en" else ()

    def _join(self, keywords: Sequence[str]) -> str:
        return PARTING[self.language].join(keywords)

    def count(self, text: str) -> int:
        """Count words, or characters of Chinese."""
        return len("".join(text.split())) if self.language == "zh" else len(text.split())

    def keep(self, sentence: str) -> None:
        """Remember a sentence, so that it is not said again."""
        self._said.add(name_sentence(sentence, self.language))
        self._runs.update(self._list_runs(sentence))
        self._stems.update(self._list_stems(sentence))

    def is_new(self, sentence: str) -> bool:
        """Tell whether a sentence says something, and something that was not said."""
        return name_sentence(sentence, self.language) not in {*self._said, ""}

    def rate(self, candidate: Candidate) -> float:
        """Rate a sentence in nats a token: likely, without repetition, with keywords still to come."""
        runs = self._list_runs(candidate.text)
        repeated = sum(run in self._runs for run in runs) / max(len(runs), 1)
        held = len(self.order.keywords) - len(list_missing(self.order.keywords, candidate.text))
        doubled = len(DOUBLED.findall(candidate.text))
        stems = self._list_stems(candidate.text)
        said = len(stems) - len(set(stems) - self._stems)
        penalty = REPEATED_RUNS * repeated + DOUBLED_WORD * doubled + SAID_WORD * said
        suited = sum(find_word(word, candidate.text) > 0 for word in self.suited)
        return rate_token(candidate) + EARLY_KEYWORD * min(held, 3) + SUITED_WORD * min(suited, 3) - penalty

    def choose(self, candidates: Sequence[Candidate]) -> str:
        """Give the best text of some that are new; nothing where none is."""
        new = [one for one in candidates if self.is_new(one.text)]
        return max(new, key=lambda one: (self.rate(one), one.text)).text if new else ""

    def _list_stems(self, sentence: str) -> list[str]:
        """Give the beginnings of the words that mean something, but for what the article is about."""
        units = split_units(sentence, self.language) if self.language == "en" else []
        about = {word[:STEM].lower() for word in (*self.order.keywords, *self.suited)}
        stems = (word[:STEM] for word in units if len(word) >= STEM and word not in FUNCTION_WORDS)
        return [stem for stem in stems if stem not in about]

    def _list_runs(self, sentence: str) -> list[tuple[str, ...]]:
        units = split_units(sentence, self.language)
        return [tuple(units[start : start + RUN]) for start in range(len(units) - RUN + 1)]

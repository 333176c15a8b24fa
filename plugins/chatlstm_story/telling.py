"""Telling a story sentence by sentence, at the same cost and in the same memory however long it is."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from chatlstm.plugin import (
    Candidate,
    Generator,
    Manuscript,
    Prompt,
    Sampling,
    SentencePlan,
    cut_starts,
    rate_token,
    signs_of,
)
from chatlstm_story.memory import RunMemory
from chatlstm_story.names import Names, count_words

USUAL = {"en": 12, "zh": 24}  # words, or characters, of a sentence
REPEATED = 4.0  # nats a token taken off where all runs of four were used of late
DOUBLED_WORD = 0.5  # nats a token taken off for each word that follows itself
MISSED_NAME = 0.4  # nats a token added for a name that was missed
STRANGER = 0.5  # nats a token taken off for each new name, once three are known
KNOWN = 3
LEADS = 2
PLAN = SentencePlan(breaks=True)
LONG = SentencePlan(breaks=True, tokens=120, closes=True)
_LAST_WORDS = re.compile(r"(?i)\s*\W*(?:the end\b|the moral\b|chapter\b)")
_DOUBLED = re.compile(r"(?i)\b(\w+) \1\b")


@dataclass(frozen=True)
class Task:
    """What is to be told.

    Args:
        prompt: Style and opening.
        words: How many words the continuation has, give or take a tenth; characters in Chinese.
        candidates: Sentences drawn for each place, ``>= 1``.
        seed: Every random choice follows from it.
    """

    prompt: Prompt
    words: int
    candidates: int
    seed: int

    @property
    def least(self) -> int:
        """Words that must be told."""
        return math.ceil(0.9 * self.words)

    @property
    def most(self) -> int:
        """Words that may be told."""
        return math.floor(1.1 * self.words)


@dataclass
class Teller:
    """A story in the making.

    Args:
        engine: The model.
        task: What is to be told.
        sampling: How the model chooses.
    """

    engine: Generator
    task: Task
    sampling: Sampling
    told: int = 0
    _draws: int = 0
    language: str = field(init=False)
    names: Names = field(init=False)
    _memory: RunMemory = field(init=False)
    _manuscript: Manuscript = field(init=False)

    def __post_init__(self) -> None:
        self.language = "zh" if self.engine.language == "zh" else "en"
        opening = self.task.prompt.beginning
        self.names = Names(self.language, opening)
        self._memory = RunMemory(self.language)
        self._memory.keep(opening)
        self._manuscript = Manuscript(self.engine, self.task.prompt, self.sampling)

    def tell(self) -> Iterator[str]:
        """Tell the story.

        Yields:
            Sentence by sentence, each with the blanks or line ends before it.
        """
        while self.told < self.task.least or self.task.words - self.told >= USUAL[self.language] / 2:
            sentence = self._write_sentence()
            if not sentence:
                return
            self.told += count_words(sentence, self.language)
            self.names.hear(sentence)
            self._memory.keep(sentence)
            self._manuscript.add(sentence)
            yield sentence

    def _write_sentence(self) -> str:
        """Choose the next sentence; where none fits the words left, end one early."""
        drawn = self._draw(PLAN, self.task.candidates) or self._draw(LONG, self.task.candidates)
        missed = self.names.list_missed()
        if missed and not any(self.names.list_mentioned(one.text) for one in drawn):
            drawn += self._bring_back(missed[0], drawn)
        fitting = [one for one in drawn if self._fits(one.text) and not _LAST_WORDS.match(one.text)]
        if fitting:
            return max(fitting, key=lambda one: (self._rate(one, missed), one.text)).text
        return "" if self.told >= self.task.least else self._end_early(drawn)

    def _draw(self, plan: SentencePlan, count: int) -> list[Candidate]:
        self._draws += 1
        return self._manuscript.draw(plan, n=count, seed=self.task.seed * 100_000 + self._draws)

    def _bring_back(self, name: str, drawn: Sequence[Candidate]) -> list[Candidate]:
        """Draw sentences in which a name stands, where the model expects it most."""
        starts = [start for one in drawn[:LEADS] for start in ["", *cut_starts(one.text, self.language)]]
        leads = self._manuscript.find_leads(name, starts, count=LEADS)
        count = max(2, self.task.candidates // LEADS)
        return [one for lead in leads for one in self._draw(replace(PLAN, lead=lead), count)]

    def _fits(self, sentence: str) -> bool:
        """Tell whether words enough stay, for an end that is not too short or none."""
        told = self.told + count_words(sentence, self.language)
        return told <= self.task.most and (told >= self.task.least or self.task.most - told >= 2)

    def _rate(self, candidate: Candidate, missed: Sequence[str]) -> float:
        mentioned = self.names.list_mentioned(candidate.text)
        strangers = self.names.list_strangers(candidate.text) if len(self.names.known) >= KNOWN else []
        gains = MISSED_NAME * any(name in missed for name in mentioned) - STRANGER * len(strangers)
        doubled = DOUBLED_WORD * len(_DOUBLED.findall(candidate.text))
        return rate_token(candidate) + gains - REPEATED * self._memory.share(candidate.text) - doubled

    def _end_early(self, drawn: Sequence[Candidate]) -> str:
        """Take the first words of a sentence that fill the story, and end it where the model expects that most."""
        stop = signs_of(self.language).stop
        least, most = self.task.least - self.told, self.task.most - self.told
        starts = {start for one in drawn for start in _list_starts(one.text, least, most, self.language)}
        rated = [(self._manuscript.rate(start) - self._manuscript.rate(start + stop), start) for start in starts]
        for _, start in sorted(rated):
            ended = self._manuscript.draw(SentencePlan(lead=start, tokens=0, closes=True), n=1, seed=0)
            if ended:
                return ended[0].text
        return ""


def _list_starts(sentence: str, least: int, most: int, language: str) -> list[str]:
    """List the beginnings of a sentence that have from ``least`` to ``most`` words."""
    blank = signs_of(language).blank
    spare = 0 if blank else 1  # in Chinese the stop counts
    ends = [place for place in range(1, len(sentence)) if not blank or sentence[place] == blank]
    starts = [sentence[:end] for end in ends if sentence[end - 1].isalnum()]
    return [start for start in starts if least <= count_words(start, language) + spare <= most]

"""A text in the making, which the model continues sentence by sentence."""

from collections.abc import Iterable
from dataclasses import replace

from chatlstm.engine.api import Candidate, Generator, Prompt, Sampling
from chatlstm.pipeline.sentences import ends_sentence, signs_of
from chatlstm.pipeline.writing import OneSentence, SentencePlan, TokenTable

PLACES = 6  # words that may come before what is placed in a sentence
LIKELIEST = Sampling(temperature=0)


class Manuscript:
    """What was written, as the model's state behind it: the next sentence costs no more than the first.

    Args:
        engine: The model.
        prompt: What it goes on from; its ``beginning`` is the text so far.
        sampling: How it chooses; how long a sentence is, its plan says.

    Attributes:
        paragraph: The last paragraph, as far as it is written.

    Example:
        >>> from types import SimpleNamespace
        >>> engine = SimpleNamespace(language="en", token_bytes=[b"", b" fox", b"."], end_ids=[0])
        >>> Manuscript(engine, Prompt("story", beginning="It was dark.\\n\\nA fox"), Sampling()).paragraph
        'A fox'
    """

    def __init__(self, engine: Generator, prompt: Prompt, sampling: Sampling) -> None:
        self._engine = engine
        self._prompt = prompt
        self._sampling = sampling
        self._table = TokenTable(engine)
        self.paragraph = prompt.beginning.rpartition("\n")[2]
        self._is_new = not self.paragraph and not prompt.beginning.endswith("\n")

    def draw(self, plan: SentencePlan, *, n: int, seed: int) -> list[Candidate]:
        """Draw ``n`` sentences that may come next, each with the blanks or line ends before it.

        Args:
            plan: What a sentence shall be.
            n: How many, ``>= 1``.
            seed: Every random choice follows from it.

        Returns:
            Those that came to their end, perhaps none. The likeliest stands first, by the mean of
            its tokens.
        """
        constraint = OneSentence(self._table, self.paragraph, plan)
        sampling = replace(self._sampling, max_tokens=constraint.max_tokens)
        drawn = self._engine.draw(self._prompt, sampling, n=n, seed=seed, constraint=constraint)
        whole = [one for one in drawn if self._is_whole(one, plan)]
        return sorted(whole, key=lambda one: (-rate_token(one), one.text))

    def rate(self, text: str) -> float:
        """Give the log-probability, in nats, of ``text`` as what comes next."""
        constraint = OneSentence(self._table, self.paragraph, SentencePlan(lead=text, tokens=0))
        sampling = replace(LIKELIEST, max_tokens=constraint.max_tokens)
        (read,) = self._engine.draw(self._prompt, sampling, n=1, seed=0, constraint=constraint)
        return read.log_probability

    def find_leads(self, word: str, starts: Iterable[str], *, count: int) -> list[str]:
        """Find behind which first words of a sentence the model gives most to a word.

        Args:
            word: To be placed, without blanks around it.
            starts: First words of sentences, with the blanks before them; empty begins with ``word``.
            count: How many leads.

        Returns:
            Leads for ``SentencePlan``, each a start and then ``word``, the likeliest ``word`` first.
        """
        blank = signs_of(self._table.language).blank
        begins = blank if self.paragraph.strip() else ""
        rated = []
        for start in dict.fromkeys(starts):
            lead = start + blank + word if start else begins + word[:1].upper() + word[1:]
            rated.append((self.rate(start) - self.rate(lead) if start else -self.rate(lead), lead))
        return [lead for _, lead in sorted(rated)[:count]]

    def add(self, text: str) -> None:
        """Write on."""
        if self._prompt.beginning:
            state = self._engine.save_state(self._prompt)
            self._prompt = Prompt(self._prompt.domain, beginning=text, within=state, recall=self._prompt.recall)
        else:
            self._prompt = replace(self._prompt, beginning=text)
        self.paragraph = (self.paragraph + text).rpartition("\n")[2]

    def _is_whole(self, drawn: Candidate, plan: SentencePlan) -> bool:
        if "\ufffd" in drawn.text or not drawn.text.strip():
            return False
        ends_turn = plan.is_line and drawn.finish == "end"
        return ends_turn or ends_sentence(self.paragraph + drawn.text, self._table.language)


def rate_token(candidate: Candidate) -> float:
    """Give the mean log-probability of a candidate's tokens, in nats.

    Example:
        >>> rate_token(Candidate("It ran.", (17, 9, 4), -6.0, "end"))
        -2.0
    """
    return candidate.log_probability / max(len(candidate.token_ids), 1)


def cut_starts(sentence: str, language: str, *, beyond: int = 0) -> list[str]:
    """List the first words of a sentence: one word, two words and so on, up to six.

    Args:
        sentence: With the blanks before it.
        language: ``"zh"``, where characters take the place of words, or anything else for English.
        beyond: The first so many characters stand in each.

    Example:
        >>> cut_starts(" The old fox ran.", "en", beyond=5)
        [' The old', ' The old fox']
    """
    blank = signs_of(language).blank
    begin = max(beyond, len(sentence) - len(sentence.lstrip()) + 1)
    places = [place for place in range(begin, len(sentence)) if not blank or sentence[place] == blank]
    starts = [sentence[:place] for place in places if sentence[place - 1].isalnum() or sentence[place - 1] in ",，"]
    return starts[:PLACES]

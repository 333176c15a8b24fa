"""News: an article from keywords."""

from collections.abc import Iterable
from pathlib import Path

from chatlstm.plugin import Domain, Draft, Option, Prompt, Record, Request, Sampling, read_domain
from chatlstm_news.cues import CUES, FOLLOW_UPS, SUBJECTS

TOKENS = Option("tokens", 250, 1, 2_000, "length of the article at most, in tokens")
TEMPERATURE = Option("temperature", 0.7, 0.0, 2.0, "0 takes the likeliest word, more is bolder")


class News(Domain):
    """Writes an article, given its keywords parted by commas."""

    name = "news"
    summary = "Writes a news article from keywords."
    cues = CUES
    subjects = SUBJECTS
    follow_ups = FOLLOW_UPS
    options = (TOKENS, TEMPERATURE)

    def records(self, corpora: Path) -> Iterable[Record]:
        """Read articles; each record is two turns, the keywords and the article."""
        return read_domain(self.name, corpora, language="en")

    def begin(self, request: Request) -> Draft:
        """Give the model the keywords as a turn to be answered by an article."""
        sampling = Sampling(
            temperature=TEMPERATURE.read(request.options),
            min_p=0.05,
            no_repeat_ngram=5,
            max_tokens=int(TOKENS.read(request.options)),
        )
        return Draft(request, Prompt(self.name, (request.text.strip(),)), sampling, details={"machine_written": True})

"""Stories: the continuation of an opening."""

from collections.abc import Iterable
from pathlib import Path

from chatlstm.plugin import Domain, Draft, Option, Prompt, Record, Request, Sampling, read_domain
from chatlstm_story.cues import CUES, FOLLOW_UPS, SUBJECTS

TOKENS = Option("tokens", 300, 1, 20_000, "length of the continuation at most, in tokens")
TEMPERATURE = Option("temperature", 0.8, 0.0, 2.0, "0 takes the likeliest word, more is bolder")


class Story(Domain):
    """Continues the opening of a story, in its words."""

    name = "story"
    summary = "Continues the opening of a story."
    cues = CUES
    subjects = SUBJECTS
    follow_ups = FOLLOW_UPS
    options = (TOKENS, TEMPERATURE)

    def records(self, corpora: Path) -> Iterable[Record]:
        """Read tales and novels; each record is one turn, the text."""
        return read_domain(self.name, corpora, language="en")

    def begin(self, request: Request) -> Draft:
        """Take the person's words as the beginning of the text, without ``continue:``."""
        opening = request.text.strip()
        if opening.lower().startswith("continue:"):
            opening = opening[len("continue:") :].strip()
        sampling = Sampling(
            temperature=TEMPERATURE.read(request.options),
            min_p=0.05,
            no_repeat_ngram=6,
            max_tokens=int(TOKENS.read(request.options)),
        )
        return Draft(request, Prompt(self.name, beginning=opening), sampling)

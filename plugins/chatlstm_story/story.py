"""Stories: the continuation of an opening, as long as it is asked for."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from chatlstm.plugin import (
    Domain,
    Draft,
    Generator,
    Measure,
    MisuseError,
    Piece,
    Prompt,
    Record,
    Request,
    Sampling,
    Written,
    read_domain,
)
from chatlstm_story.cues import CUES, FOLLOW_UPS, SUBJECTS
from chatlstm_story.evaluation import evaluate_story
from chatlstm_story.opening import find_opening
from chatlstm_story.options import AUTO, CANDIDATES, RECALL, STYLE, STYLES, TEMPERATURE, WORDS
from chatlstm_story.telling import Task, Teller


class Story(Domain):
    """Continues the opening of a story, in its words or in a manner that is named."""

    name = "story"
    summary = "Continues the opening of a story."
    cues = CUES
    subjects = SUBJECTS
    follow_ups = FOLLOW_UPS
    languages: ClassVar[tuple[str, ...]] = ("en", "zh")
    options = (WORDS, STYLE, CANDIDATES, TEMPERATURE, RECALL)

    def records_in(self, language: str, corpora: Path) -> Iterable[Record]:
        """Read tales and novels; each record is the text, most with the name of its style as a turn before."""
        return read_domain(self.name, corpora, language=language)

    def begin(self, request: Request) -> Draft:
        """Find what to go on from, and put the style before it."""
        style = STYLE.read(request.options)
        turns = () if style == AUTO else (style,)
        sampling = Sampling(temperature=TEMPERATURE.read(request.options), min_p=0.05, no_repeat_ngram=4)
        opening = find_opening(request)
        details: dict[str, object] = {"opening": opening.text} if opening.is_new else {}
        prompt = Prompt(self.name, turns, opening.text, recall=RECALL.read(request.options))
        return Draft(request, prompt, sampling, details=details)

    def stream(self, draft: Draft, engine: Generator) -> Iterator[Piece]:
        """Tell the story sentence by sentence, as it is written.

        Raises:
            MisuseError: The style is not one of the language that the model writes.
        """
        language = "zh" if engine.language == "zh" else "en"
        options = draft.request.options
        style = STYLE.read(options)
        if style not in (AUTO, *STYLES[language]):
            raise MisuseError(f"style {style!r} is not of this language; {language} has {', '.join(STYLES[language])}")
        task = Task(draft.prompt, int(WORDS.read(options)), int(CANDIDATES.read(options)), draft.request.seed)
        teller = Teller(engine, task, draft.sampling)
        tokens = 0
        if "opening" in draft.details:  # nobody has read it yet
            yield Piece(draft.prompt.beginning, tokens)
        for sentence in teller.tell():
            tokens += engine.count_tokens(sentence)
            yield Piece(sentence, tokens)
        details = {**draft.details, "style": style, "words": teller.told, "names": teller.names.known}
        whole = task.least <= teller.told <= task.most
        yield Piece("", tokens, "end" if whole else "constraint", details)

    def evaluate(
        self, engine: Generator, held_out: Sequence[Record], *, options: dict[str, str], seed: int
    ) -> Iterator[Measure | Written]:
        """Measure form, repetition and names that come back on held-out openings."""

        def tell(opening: str, words: int, seed: int) -> str:
            draft = self.begin(Request(f"continue: {opening}", seed=seed, options={**options, "words": str(words)}))
            return "".join(piece.text for piece in self.stream(draft, engine))

        return evaluate_story(engine, held_out, tell, seed=seed)

"""Dialogue: small talk, chosen among many candidates for fitting what was said."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from chatlstm.plugin import (
    Domain,
    Draft,
    Generator,
    Measure,
    Prompt,
    Record,
    Request,
    Sampling,
    Stage,
    Turn,
    Written,
    read_domain,
)
from chatlstm_dialogue.evaluation import evaluate_dialogue
from chatlstm_dialogue.options import (
    CANDIDATES,
    CONTEXT_TOKENS,
    MATCHING,
    MAX_TOKENS,
    RELEVANCE,
    TEMPERATURE,
)
from chatlstm_dialogue.ranking import choose_reply, fit_context, read_weights
from chatlstm_dialogue.records import cut_some


class Dialogue(Domain):
    """Answers in conversation, greets, and tells truthfully what it is."""

    name = "dialogue"
    summary = "Small talk: answers what you say."
    languages = ("en", "zh")
    options = (TEMPERATURE, CANDIDATES, CONTEXT_TOKENS, MAX_TOKENS, RELEVANCE, MATCHING)

    def records_in(self, language: str, corpora: Path) -> Iterable[Record]:
        """Read dialogues, a third of them cut in two."""
        return cut_some(read_domain(self.name, corpora, language=language))

    def begin(self, request: Request) -> Draft:
        """Take what the model has not read yet as the prompt; the first stage cuts it to the window."""
        turns = (*(turn.text for turn in request.unread), request.text.strip())
        sampling = Sampling(
            temperature=TEMPERATURE.read(request.options),
            min_p=0.05,
            no_repeat_ngram=3,
            max_tokens=int(MAX_TOKENS.read(request.options)),
        )
        return Draft(request, Prompt(self.name, turns, behind=request.state), sampling)

    def window(self, request: Request, engine: Generator) -> Prompt:
        """Give the turns that fit the window, behind the state of those before them."""
        return fit_context(self.begin(request), engine).prompt

    def stages(self) -> tuple[Stage, ...]:
        """Fit the context into the window, then draw candidates and choose one."""
        return (fit_context, choose_reply)

    def evaluate(
        self, engine: Generator, held_out: Sequence[Record], *, options: dict[str, str], seed: int
    ) -> Iterator[Measure | Written]:
        """Measure hits@1 of 20, variety and repetition on held-out dialogues."""

        def respond(context: Sequence[str], seed: int) -> str:
            said = tuple(Turn("person", text) for text in context[:-1])  # who said it makes no difference here
            draft = self.begin(Request("", said, seed, options))
            draft = replace(draft, prompt=Prompt(self.name, tuple(context)))
            for stage in self.stages():
                draft = stage(draft, engine)
            return draft.reply or ""

        return evaluate_dialogue(engine, held_out, respond, weights=read_weights(options), seed=seed)

"""Poetry: verse whose form is kept while it is written, in English and Chinese."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from chatlstm.plugin import (
    Domain,
    Draft,
    Generator,
    Measure,
    MisuseError,
    Prompt,
    Record,
    Request,
    Stage,
    Written,
    read_domain,
)
from chatlstm_poetry.chinese import retrace_chinese, write_chinese
from chatlstm_poetry.chinese_evaluation import evaluate_chinese
from chatlstm_poetry.chinese_redraw import redraw_chinese
from chatlstm_poetry.cues import CUES, FOLLOW_UPS, SUBJECTS
from chatlstm_poetry.english import redraw_english, retrace_english, turn_round, write_english
from chatlstm_poetry.english_evaluation import evaluate_english
from chatlstm_poetry.options import CHINESE_FORMS, ENGLISH_FORMS, FORM, HEADS, OPTIONS, TUNE
from chatlstm_poetry.redraw import Redraw, find_redraw

# what writes a poem of a language, and what changes a line of one
_WRITERS: Mapping[str, tuple[Stage, Callable[[Draft, Generator, Redraw], Draft]]] = {
    "en": (write_english, redraw_english),
    "zh": (write_chinese, redraw_chinese),
}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Poetry(Domain):
    """Writes a poem of the form and on the subject the person names, or changes a line of the last one."""

    name = "poetry"
    summary = "Poems of a strict form, in English and Chinese."
    languages = ("en", "zh")
    cues = CUES
    subjects = SUBJECTS
    follow_ups = FOLLOW_UPS
    options = OPTIONS

    def records(self, corpora: Path) -> Iterable[Record]:
        """Read English verse."""
        return self.records_in("en", corpora)

    def records_in(self, language: str, corpora: Path) -> Iterable[Record]:
        """Read the verse of a language."""
        return read_domain(self.name, corpora, language=language)

    def choose_language(self, request: Request) -> str:
        """Choose the language of the form, or of the poem to change, or else of the words."""
        return choose_language(request, find_redraw(request))

    def stages(self) -> tuple[Stage, ...]:
        """Write the poem, all at once."""
        return (write_poem,)

    def retrace(self, request: Request, reply: str) -> list[tuple[Prompt, str]]:
        """Ask for the poem as the records do, a changed one as it was asked for first."""
        redraw = find_redraw(request)
        retrace = retrace_chinese if choose_language(request, redraw) == "zh" else retrace_english
        return [retrace(replace(request, text=redraw.asked) if redraw else request, reply)]

    def show(self, turn: str, language: str) -> str:
        """Turn the lines of English verse, which begin with a blank in the records, the right way round."""
        if language != "en" or not turn.startswith(" "):
            return turn
        return "\n".join(turn_round(line).strip() for line in turn.split("\n"))

    def evaluate(
        self, engine: Generator, held_out: Sequence[Record], *, options: dict[str, str], seed: int
    ) -> Iterator[Measure | Written]:
        """Measure how often the form is kept, beside people and the model alone."""
        evaluate = {"en": evaluate_english, "zh": evaluate_chinese}.get(engine.language)
        return evaluate(engine, held_out, options=options, seed=seed) if evaluate else iter(())


def write_poem(draft: Draft, engine: Generator) -> Draft:
    """Write a poem, or a line of the last one anew, in the language that is asked for.

    Raises:
        ConstraintError: The form cannot be met.
        MisuseError: The checkpoint writes another language.
    """
    redraw = find_redraw(draft.request)
    language = choose_language(draft.request, redraw)
    if language != engine.language:
        raise MisuseError(f"this poem wants a checkpoint of language '{language}', not '{engine.language}'")
    write, change = _WRITERS[language]
    return change(draft, engine, redraw) if redraw else write(draft, engine)


def choose_language(request: Request, redraw: Redraw | None) -> str:
    """Tell in which language the poem is to be: that of its form, or of the poem to change, or of the words.

    Example:
        >>> choose_language(Request("moon", options={"form": "七绝"}), None)
        'zh'
    """
    form = FORM.read(request.options)
    if form in ENGLISH_FORMS:
        return "en"
    if form in CHINESE_FORMS or HEADS.read(request.options) or TUNE.read(request.options):
        return "zh"
    if redraw:
        return "zh" if _CHINESE.search(redraw.poem) else "en"
    return request.language

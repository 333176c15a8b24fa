"""How well Chinese poems keep their form and subject, beside people and the model alone."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chatlstm.plugin import (
    ConstraintError,
    Draft,
    Generator,
    Measure,
    Prompt,
    Record,
    Request,
    Sampling,
    Written,
    distinct,
    interval,
)
from chatlstm_poetry.alphabet import Alphabet
from chatlstm_poetry.chinese import write_chinese
from chatlstm_poetry.chinese_checker import check_poem, split_lines
from chatlstm_poetry.known_lines import SHORTEST, read_known_lines
from chatlstm_poetry.options import POEMS, TEMPERATURE
from chatlstm_poetry.patterns import CI, SHI
from chatlstm_poetry.subject import find_hidden, read_subjects
from chatlstm_poetry.tunes import NAMES, TUNES

HEADED = "藏头"
_MOST_CHARACTERS = 120  # of a poem that the model draws alone


@dataclass(frozen=True)
class Asked:
    """A poem that is asked for, and one that answers it.

    Args:
        form: Such as ``"五绝"``.
        tune: Of a 词.
        subjects: What it is to be about.
        poem: A poem of this kind; people's own, or one that was written.
        heads: What its lines are to begin with.
    """

    form: str
    tune: str
    subjects: tuple[str, ...]
    poem: str
    heads: str = ""

    @property
    def turn(self) -> str:
        """The words of the records that ask for it."""
        return " ".join(filter(None, (self.form, self.tune, *self.subjects)))

    def keeps_form(self) -> bool:
        """Tell whether the poem has no fault."""
        return not check_poem(self.poem, self.form, tune=self.tune, heads=self.heads)


def evaluate_chinese(
    engine: Generator, held_out: Sequence[Record], *, options: dict[str, str], seed: int
) -> Iterator[Measure | Written]:
    """Measure form, variety, novelty and subject.

    Args:
        engine: The model.
        held_out: Poems that it was not trained on; what they are asked for by is asked for here too.
        options: The plugin's, ``poems`` of them for each form.
        seed: Fixes every random choice.

    Yields:
        The share of poems that keep each form, of ours, of people's and of those that the model draws
        without the pipeline; then of all forms together distinct-n, the share of lines that no
        training text has, and of poems that show all of what they are about. Last, our poems.
    """
    count = int(POEMS.read(options))
    people = read_asked(held_out, random.Random(seed))
    ours: list[Asked] = []
    alone: list[Asked] = []
    for form, known in people.items():
        wanted = [known[place % len(known)] for place in range(count)]
        written = [_write(engine, one, options, seed + place) for place, one in enumerate(wanted)]
        drawn = [_draw_alone(engine, one, options, seed + place) for place, one in enumerate(wanted)]
        yield _share(f"form_{form}", [one.keeps_form() for one in written])
        if form != HEADED:
            yield _share(f"form_{form}", [one.keeps_form() for one in known], "human")
            yield _share(f"form_{form}", [one.keeps_form() for one in drawn], "without_pipeline")
            ours, alone = ours + written, alone + drawn
    theirs = [one for form in people if form != HEADED for one in people[form][:count]]
    alphabet = Alphabet(engine.token_bytes)
    for reference, poems in (("", ours), ("human", theirs), ("without_pipeline", alone)):
        yield from _measure_poems(poems, alphabet, reference)
    yield from (Written(one.poem) for one in ours)


def read_asked(held_out: Sequence[Record], chance: random.Random) -> Mapping[str, list[Asked]]:
    """Sort held-out poems by form, in a random order; 词 of tunes that are not known are left out.

    Returns:
        The poems of each form that has some, and under ``"藏头"`` quatrains whose lines are to begin with the
        characters of a line.
    """
    found: dict[str, list[Asked]] = {form: [] for form in (*SHI, CI)}
    for record in held_out:
        form, *words = record.turns[0].split(" ")
        tune = words.pop(0) if form == CI else ""
        tune = NAMES.get(tune, tune)
        if form in found and (form != CI or tune in TUNES):
            found[form].append(Asked(form, tune, tuple(words), record.turns[1]))
    for poems in found.values():
        chance.shuffle(poems)
    headed = [replace(one, subjects=(), heads=split_lines(one.poem)[0][:4]) for one in found["七绝"]]
    return {form: poems for form, poems in {**found, HEADED: headed}.items() if poems}


def _write(engine: Generator, asked: Asked, options: dict[str, str], seed: int) -> Asked:
    """Write a poem by the whole pipeline; an empty one where it cannot be written."""
    wanted = {**options, "form": asked.form, "tune": asked.tune, "heads": asked.heads}
    request = Request(" ".join(asked.subjects), seed=seed, options=wanted, language="zh")
    try:
        written = write_chinese(Draft(request, Prompt("poetry")), engine)
    except ConstraintError:
        return replace(asked, poem="")
    return replace(asked, poem=written.reply or "")


def _draw_alone(engine: Generator, asked: Asked, options: dict[str, str], seed: int) -> Asked:
    sampling = Sampling(temperature=TEMPERATURE.read(options), min_p=0.05, max_tokens=_MOST_CHARACTERS)
    (drawn,) = engine.draw(Prompt("poetry", (asked.turn,)), sampling, n=1, seed=seed)
    return replace(asked, poem=drawn.text)


def _measure_poems(poems: Sequence[Asked], alphabet: Alphabet, reference: str) -> Iterator[Measure]:
    texts = [one.poem for one in poems]
    for size in (1, 2):
        yield Measure(f"distinct_{size}", distinct(texts, size, language="zh"), reference)
    if reference != "human":  # all of their lines are known
        lines = [line for text in texts for line in split_lines(text) if len(line) >= SHORTEST]
        yield _share("new_lines", [line not in read_known_lines("zh") for line in lines], reference)
    about = [one for one in poems if one.subjects]
    yield _share("subject_shown", [_shows_subject(one, alphabet) for one in about], reference)


def _shows_subject(asked: Asked, alphabet: Alphabet) -> bool:
    try:
        subjects = read_subjects(asked.subjects, alphabet)
    except ConstraintError:
        return False
    return not find_hidden(subjects, asked.poem)


def _share(name: str, holds: Sequence[bool], reference: str = "") -> Measure:
    if not holds:
        return Measure(name, 0.0, reference)
    mean, low, high = interval([float(one) for one in holds])
    return Measure(name, mean, reference, low, high)

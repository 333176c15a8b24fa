"""How well English poems keep their forms, beside real ones and beside the same model left to itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
from chatlstm_poetry.english import turn_round, write_english
from chatlstm_poetry.english_forms import FORMS, Form, check_line, check_poem
from chatlstm_poetry.english_subject import NOUNS
from chatlstm_poetry.known_english import is_known
from chatlstm_poetry.options import POEMS, TEMPERATURE
from chatlstm_poetry.pronunciation import list_words

NAMES = tuple(dict.fromkeys(form.name for form in FORMS))
MOST_TOKENS = 300
HUMAN, ALONE = "human", "without_pipeline"


@dataclass(frozen=True)
class Poem:
    """A poem to be measured.

    Args:
        text: A line of verse a line of text.
        form: What it should be.
        subject: What it should be about; empty where nothing is known of that.
    """

    text: str
    form: Form
    subject: str = ""

    @property
    def lines(self) -> list[str]:
        """Its lines."""
        return self.text.split("\n")


def evaluate_english(
    engine: Generator, held_out: Sequence[Record], *, options: dict[str, str], seed: int
) -> Iterator[Measure | Written]:
    """Measure poems of each form.

    Args:
        engine: An English model.
        held_out: Records it was not trained on.
        options: The plugin's; ``poems`` says how many of each form.
        seed: Of the first poem; the others count on from it.

    Yields:
        For each form: how many poems and lines keep it, show their subject, are new, and how varied their
        words are; with real poems, and the same model drawn from without constraint, as references; and
        our poems, as records hold them.
    """
    real = list_real(held_out)
    count = int(POEMS.read(options))
    for name in NAMES:
        forms = [form for form in FORMS if form.name == name]
        asked = [(forms[n % len(forms)], NOUNS[(seed + n) % len(NOUNS)], seed + n) for n in range(count)]
        written = [_write(engine, *one, options) for one in asked]
        yield from measure_poems(written, "")
        yield from (Written("\n".join(map(turn_round, poem.lines))) for poem in written)
        yield from measure_poems([poem for poem in real if poem.form.name == name], HUMAN)
        yield from measure_poems([_draw_alone(engine, *one, options) for one in asked], ALONE)


def measure_poems(poems: Sequence[Poem], reference: str) -> Iterator[Measure]:
    """Measure some poems of one form; nothing where there are none.

    Args:
        poems: Of one form's name.
        reference: Who wrote them; empty for the plugin.
    """
    if not poems:
        return
    name, texts = poems[0].form.name, [poem.text for poem in poems]
    kept = [float(not check_poem(poem.text, poem.form.name, poem.form.scheme)) for poem in poems]
    yield _tell(f"form_{name}", kept, reference)
    yield _tell(f"lines_{name}", [share for poem in poems for share in _check_lines(poem)], reference)
    asked = [poem for poem in poems if poem.subject]
    if asked:
        shown = [float(poem.subject in list_words(poem.text.lower())) for poem in asked]
        yield _tell(f"subject_{name}", shown, reference)
        new = [float(not is_known(line)) for poem in poems for line in poem.lines]
        yield _tell(f"new_lines_{name}", new, reference)
    for n in (1, 2):
        yield Measure(f"distinct_{n}_{name}", distinct(texts, n, language="en"), reference)


def list_real(held_out: Sequence[Record]) -> list[Poem]:
    """List the real poems whose lines and rhymes are those of one of the forms.

    Example:
        >>> record = Record("poetry", ("couplet aa 2: sea", " sea, the\\n me. to"))
        >>> [poem.text for poem in list_real([record])]
        ['the sea,\\nto me.']
    """
    poems = []
    for record in held_out:
        head = record.turns[0].partition(":")[0].split()
        form = next((one for one in FORMS if head[:2] == [one.name, one.scheme]), None)
        if form is not None and len(record.turns) == 2:
            poems.append(Poem(_read_lines(record.turns[1]), form))
    return poems


def _read_lines(text: str) -> str:
    return "\n".join(turn_round(line).strip() for line in text.strip("\n").split("\n"))


def _tell(name: str, values: Sequence[float], reference: str) -> Measure:
    mean, low, high = interval(values)
    return Measure(name, mean, reference, low, high)


def _check_lines(poem: Poem) -> list[float]:
    """Tell of each line whether it fits the metre that the form gives it."""
    pairs = zip(poem.lines, poem.form.metres, strict=False)
    return [float(not check_line(list_words(line), templates)) for line, templates in pairs]


def _write(engine: Generator, form: Form, subject: str, seed: int, options: dict[str, str]) -> Poem:
    chosen = {**options, "form": form.name, "scheme": form.scheme if form.name == "quatrain" else "auto"}
    request = Request(subject, seed=seed, options=chosen)
    try:
        draft = write_english(Draft(request, Prompt("poetry", (subject,))), engine)
    except ConstraintError:
        return Poem("", form, subject)  # a poem that cannot be written keeps no form
    return Poem(draft.reply or "", form, subject)


def _draw_alone(engine: Generator, form: Form, subject: str, seed: int, options: dict[str, str]) -> Poem:
    sampling = Sampling(temperature=TEMPERATURE.read(options), min_p=0.02, max_tokens=MOST_TOKENS)
    prompt = Prompt("poetry", (form.head([subject]),))
    (drawn,) = engine.draw(prompt, sampling, n=1, seed=seed)
    return Poem(_read_lines(drawn.text), form, subject)

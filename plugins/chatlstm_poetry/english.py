"""English verse, line by line: each is drawn from its rhyme backwards, and the best of many is kept."""

import re
from dataclasses import dataclass, replace

from chatlstm.plugin import Candidate, ConstraintError, Draft, Generator, Prompt, Request, Sampling
from chatlstm_poetry.english_forms import FORMS, FREE, Form, check_poem, find_form
from chatlstm_poetry.english_request import list_subjects, read_english_request
from chatlstm_poetry.english_subject import choose_shown, holds
from chatlstm_poetry.known_english import is_known
from chatlstm_poetry.lexicon import Lexicon, load_lexicon
from chatlstm_poetry.options import CANDIDATES, FORM, SCHEME, TEMPERATURE
from chatlstm_poetry.pronunciation import LIGHT, Word, list_words
from chatlstm_poetry.redraw import Redraw
from chatlstm_poetry.stanza import Stanza, mask_line

ATTEMPTS = 3  # at a line before it is given up
MOST_TOKENS = 60
MIN_P = 0.02
REPEATED = 1.0  # nats, for each word that the poem already has
TWICE = 5.0  # times as much for a word right behind itself
PAUSE = 0.5  # nats, for each comma within a line
SUBJECT = 1.0  # nats, for each word of the subject that shows


@dataclass(frozen=True)
class Task:
    """What is written, with what.

    Args:
        engine: The model.
        lexicon: Its words.
        form: The form.
        subjects: The words it is about.
        shown: The one that must stand in it; None where it is about nothing.
        sampling: How the model chooses.
        candidates: How many are drawn of each line.
        seed: Of all draws.
    """

    engine: Generator
    lexicon: Lexicon
    form: Form
    subjects: tuple[str, ...]
    shown: Word | None
    sampling: Sampling
    candidates: int
    seed: int


@dataclass(frozen=True)
class Line:
    """A drawn line.

    Args:
        text: As it is read, in lower case but for names.
        score: Log-probability, with what speaks for and against it, in nats a word.
    """

    text: str
    score: float


def write_english(draft: Draft, engine: Generator) -> Draft:
    """Write a poem of the form and on the subject that the request names.

    Args:
        draft: With the request.
        engine: An English model.

    Returns:
        The draft with the poem as its reply.

    Raises:
        ConstraintError: A line cannot be written; the sentence says which and why.
        MisuseError: There is no such form.
    """
    form, subject = read_asked(draft.request)
    task = start_task(draft, engine, form, subject)
    stanza = Stanza(form, {})
    place = choose_place(task)
    for number in range(len(form.scheme)):
        wanting = number == place and task.shown and not holds(stanza.words, task.shown)
        line = draw_line(task, stanza, number, task.shown if wanting else None)
        stanza = stanza.add(number, line.text)
    return settle(draft, task, stanza)


def read_asked(request: Request) -> tuple[Form, str]:
    """Read which form is asked for, an option before the sentence, and on what subject.

    Raises:
        MisuseError: There is no such form.
    """
    named, subject = read_english_request(request.text)
    asked = FORM.read(request.options)
    return find_form(named if asked == "auto" else asked, SCHEME.read(request.options)), subject


def retrace_english(request: Request, poem: str) -> tuple[Prompt, str]:
    """Tell how the model reads a poem: behind the head of its form, each line turned round.

    Example:
        >>> prompt, text = retrace_english(Request("a couplet about rain"), "It rains again.\\nI count the rain.")
        >>> prompt.turns, text
        (('couplet aa 10: rain',), ' again. rains it\\n rain. the count I')
    """
    form, subject = read_asked(request)
    return Prompt("poetry", (form.head(list_subjects(subject)),)), "\n".join(map(turn_round, poem.splitlines()))


def redraw_english(draft: Draft, engine: Generator, redraw: Redraw) -> Draft:
    """Write one line of a poem anew, within its form.

    Args:
        draft: With the request.
        engine: An English model.
        redraw: Which line of which poem.

    Returns:
        The draft with the changed poem as its reply.

    Raises:
        ConstraintError: The poem keeps no form, or the line cannot be written.
    """
    form = next((one for one in FORMS if not check_poem(redraw.poem, one.name, one.scheme)), None)
    if form is None:
        raise ConstraintError("that poem keeps none of the forms known here, so no line of it can be redrawn")
    _, subject = read_english_request(redraw.asked)
    task = start_task(draft, engine, form, subject)
    lines = {number: line for number, line in enumerate(redraw.lines) if number != redraw.line}
    stanza = Stanza(form, lines)
    wanting = task.shown is not None and not holds(stanza.words, task.shown)
    old = redraw.lines[redraw.line]
    line = draw_line(task, stanza, redraw.line, task.shown if wanting else None, avoid=old)
    return settle(draft, task, stanza.add(redraw.line, line.text), redrawn=redraw.line + 1)


def start_task(draft: Draft, engine: Generator, form: Form, subject: str) -> Task:
    """Settle what is written, with what."""
    options = draft.request.options
    sampling = Sampling(temperature=TEMPERATURE.read(options), min_p=MIN_P, max_tokens=MOST_TOKENS)
    subjects = tuple(list_subjects(subject))
    task = Task(
        engine,
        load_lexicon(engine),
        form,
        subjects,
        None,
        sampling,
        int(CANDIDATES.read(options)),
        draft.request.seed,
    )
    return replace(task, shown=choose_shown(engine, subjects, form, form.metres[choose_place(task)]))


def choose_place(task: Task) -> int:
    """Choose the line that must show the subject where none before it does: one that need not rhyme yet."""
    scheme = task.form.scheme
    early = range(min(4, len(scheme) - 1))
    free = [number for number in early if scheme[number] == FREE or scheme[number] not in scheme[:number]]
    return free[task.seed % len(free)]


def draw_line(task: Task, stanza: Stanza, number: int, must: Word | None, *, avoid: str = "") -> Line:
    """Draw many lines and keep the best.

    Args:
        task: What is written.
        stanza: The other lines; those before this one are its prompt.
        number: Which line, from 0.
        must: A word that it must hold.
        avoid: What it must not be.

    Raises:
        ConstraintError: No candidate is new, or no word is left to rhyme.
    """
    before = "".join(f"{turn_round(stanza.lines[one])}\n" for one in range(number))
    prompt = Prompt("poetry", (task.form.head(task.subjects),), before)
    mask = mask_line(stanza, number, task.lexicon, must)
    old = {*(list_key(line) for line in stanza.lines.values()), list_key(avoid)}
    for attempt in range(ATTEMPTS):
        seed = (task.seed * 16 + number) * ATTEMPTS + attempt
        drawn = task.engine.draw(prompt, task.sampling, n=task.candidates, seed=seed, constraint=mask)
        lines = [rate_line(one, stanza, task) for one in drawn if one.finish == "end" or one.text.endswith("\n")]
        fresh = [line for line in lines if list_key(line.text) not in old and not is_known(line.text)]
        if fresh:
            return max(fresh, key=lambda line: line.score)
    raise ConstraintError(_tell_failure(task, stanza, number))


def _tell_failure(task: Task, stanza: Stanza, number: int) -> str:
    ends = [list_words(stanza.lines[one])[-1] for one in task.form.partners(number) if one in stanza.lines]
    rhyme = f" that rhymes with '{ends[0]}'" if ends else ""
    tried = ATTEMPTS * task.candidates
    return f"no new line {number + 1} of a {task.form.name}{rhyme} in {tried} candidates; try another seed or subject"


def rate_line(drawn: Candidate, stanza: Stanza, task: Task) -> Line:
    """Read a candidate, and rate it: how probable a word is, whether words repeat, whether the subject shows."""
    text = turn_round(drawn.text)
    words = list_words(text.lower())
    known = set(stanza.words)
    repeated = 0.0
    for place, word in enumerate(words):
        repeated += (word in known or word in words[:place]) and word not in LIGHT | {*task.subjects}
        repeated += TWICE * (place > 0 and words[place - 1] == word)
    shown = sum(word in words and word not in known for word in task.subjects)
    pauses = len(re.findall(r"[,;] ", text))
    score = (drawn.log_probability - REPEATED * repeated - PAUSE * pauses + SUBJECT * shown) / len(words)
    return Line(text, score)


def turn_round(line: str) -> str:
    """Reverse the words of a line as the records have them, in small letters; twice gives the line back.

    Example:
        >>> turn_round("And so, I sleep.")
        ' sleep. I so, and'
        >>> turn_round(' sleep. I so, and')
        ' and so, I sleep.'
    """
    words = (word if re.match(r"I\b", word) else word.lower() for word in reversed(line.split()))
    return "".join(f" {word}" for word in words)


def list_key(line: str) -> tuple[str, ...]:
    """List the words by which two lines are the same."""
    return tuple(list_words(line.lower()))


def write_out(line: str) -> str:
    """Give a line its capitals, at its beginning and behind the end of a sentence.

    Example:
        >>> write_out(" 'tis late. the moon, I see")
        "'Tis late. The moon, I see"
    """
    return re.sub(r"(?:^|[.!?] )'?[a-z]", lambda found: found[0].upper(), line.strip())


def settle(draft: Draft, task: Task, stanza: Stanza, *, redrawn: int = 0) -> Draft:
    """Settle the answer, checked once more by what did not write it."""
    text = "\n".join(write_out(stanza.lines[number]) for number in sorted(stanza.lines))
    details: dict[str, object] = {
        "form": task.form.name,
        "scheme": task.form.scheme,
        "subject": " ".join(task.subjects),
        "shown_as": task.shown.text if task.shown else "",
        "faults": check_poem(text, task.form.name, task.form.scheme),
        "candidates": task.candidates,
    }
    if redrawn:
        details["redrawn"] = redrawn
    return replace(draft, reply=text, finish="end", details={**draft.details, **details})

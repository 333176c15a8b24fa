"""Writes Chinese verse: a beam of unfinished poems grows line by line, and the likeliest is told."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from chatlstm.plugin import ConstraintError, Draft, Generator, Prompt, Request, Sampling
from chatlstm_poetry.alphabet import Alphabet
from chatlstm_poetry.chinese_checker import check_poem
from chatlstm_poetry.composition import (
    Forced,
    Task,
    Written,
    count_hidden,
    draw_next,
    list_places,
    place_heads,
)
from chatlstm_poetry.heads import list_open_patterns
from chatlstm_poetry.known_lines import read_known_lines
from chatlstm_poetry.options import CANDIDATES, TEMPERATURE
from chatlstm_poetry.patterns import CI
from chatlstm_poetry.related import RELATED
from chatlstm_poetry.subject import find_hidden, read_subjects
from chatlstm_poetry.wishes import Wish, read_wish

BEAM = 8
_SEEDS = 2**12  # draws a poem may take before it would share seeds with the next one


def write_chinese(draft: Draft, engine: Generator) -> Draft:
    """Write the poem that is asked for.

    Args:
        draft: With the request.
        engine: A Chinese model.

    Returns:
        The draft with the poem, a line of verse a line of text, and what was checked.

    Raises:
        ConstraintError: The form cannot be met; the sentence says why.
        MisuseError: The tune is not known.
    """
    wish = read_wish(draft.request)
    task = start_task(wish, draft, engine)
    poem = compose(task, engine)
    return replace(draft, reply=poem.text, details=describe(task, poem))


def retrace_chinese(request: Request, poem: str) -> tuple[Prompt, str]:
    """Tell how the model reads a poem: behind its form, tune and subjects, as its records name them.

    Example:
        >>> prompt, text = retrace_chinese(Request("写一首关于月亮的七绝"), "床前明月光")
        >>> prompt.turns, text
        (('七绝 明月',), '床前明月光')
    """
    wish = read_wish(request)
    asked = (RELATED.get(word, (word,))[0] for word in wish.subjects)
    return Prompt("poetry", (" ".join(filter(None, (wish.form, wish.tune, *asked))),)), poem


def start_task(wish: Wish, draft: Draft, engine: Generator) -> Task:
    """Prepare what all lines have in common.

    Raises:
        ConstraintError: A subject cannot be written.
    """
    options, alphabet = draft.request.options, Alphabet(engine.token_bytes)
    return Task(
        wish,
        read_subjects(wish.subjects, alphabet),
        alphabet,
        read_known_lines("zh"),
        Sampling(temperature=TEMPERATURE.read(options), min_p=0.05),
        int(CANDIDATES.read(options)),
        count(draft.request.seed * _SEEDS),
    )


def compose(task: Task, engine: Generator) -> Written:
    """Write a poem.

    Raises:
        ConstraintError: No poem meets what is asked for.
    """
    patterns = list_open_patterns(task.wish, task.alphabet)
    beam = [Written(pattern) for pattern in patterns]
    for number in range(1, len(patterns[0].lines) + 1):
        grown = [
            longer
            for written in beam
            for forced in list_ways(task, written)
            for longer in draw_next(engine, task, written, forced)
        ]
        if not grown:
            raise ConstraintError(f"no line {number} was found that keeps to {task.turn}; try another seed or subject")
        beam = _keep_best(task, grown)
    best = beam[0]
    hidden = find_hidden(task.subjects, best.text)
    if hidden:
        raise ConstraintError(f"no line of {task.turn} shows '{hidden[0].word}'; name another subject or seed")
    return best


def list_ways(task: Task, written: Written, others: str = "") -> list[Forced]:
    """List what is forced when the next line is drawn: nothing but its head, and a subject that does not show yet.

    Args:
        task: What all lines have in common.
        written: The poem so far.
        others: Lines that stand already, before it and behind.
    """
    heads = place_heads(task.wish, written)
    hidden = find_hidden(task.subjects, others or written.text)
    if not hidden:
        return [heads]
    chance = random.Random(next(task.seeds))
    for word in hidden[0].shown_by:
        places = list_places(written, task.alphabet, heads, word)
        if places:
            return [heads, chance.choice(places)]
    return [heads]


def _keep_best(task: Task, grown: Sequence[Written]) -> list[Written]:
    """Keep the likeliest poems, half of the room for those that show most of the subject, these first."""
    likeliest = sorted({written.lines: written for written in grown}.values(), key=lambda one: -one.nats)
    shown = sorted(likeliest, key=lambda one: count_hidden(task, one))[: BEAM // 2]
    rest = [written for written in likeliest if written not in shown]
    return shown + rest[: BEAM - len(shown)]


def describe(task: Task, poem: Written) -> dict[str, object]:
    """Tell what a poem guarantees, checked anew."""
    wish = task.wish
    faults = check_poem(poem.text, wish.form, tune=wish.tune, heads=wish.heads)
    names = {letter: "、".join(sorted(keys)) for letter, keys in sorted(poem.keys.items())}
    if wish.form == CI:
        names = {letter: f"第{name}部" for letter, name in names.items()}
    return {
        "form": wish.form,
        "tune": wish.tune,
        "pattern": poem.pattern.name,
        "rhymes": list(names.values()),
        "heads": wish.heads,
        "subject": {subject.word: subject.find(poem.text) for subject in task.subjects},
        "checked": not faults,
        "faults": faults,
        "new_lines": not any(line in task.known for line in poem.lines),
    }

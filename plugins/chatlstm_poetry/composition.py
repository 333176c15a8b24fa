"""Unfinished Chinese poems, and the drawing of their next lines under a constraint."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from chatlstm.plugin import Generator, Prompt, Sampling
from chatlstm_poetry.alphabet import Alphabet, Mask
from chatlstm_poetry.known_lines import KnownLines
from chatlstm_poetry.line_constraint import LineConstraint, Needs
from chatlstm_poetry.patterns import LineRule, Pattern, list_units
from chatlstm_poetry.pingshui import fits_tone, list_keys
from chatlstm_poetry.subject import Subject, find_hidden
from chatlstm_poetry.wishes import Wish

_RICH = 4  # characters that a rhyme must have for each line that is to rhyme

Forced = Mapping[int, str]  # characters at given places of a line, counted from 0


@dataclass(frozen=True)
class Task:
    """What all lines of a poem have in common.

    Args:
        wish: What is asked for.
        subjects: What must show.
        alphabet: What can be written.
        known: Lines that must not be repeated.
        sampling: How the model chooses.
        candidates: Ways tried for each line.
        seeds: A new seed for each draw.
    """

    wish: Wish
    subjects: tuple[Subject, ...]
    alphabet: Alphabet
    known: KnownLines
    sampling: Sampling
    candidates: int
    seeds: Iterator[int]

    @property
    def turn(self) -> str:
        """What the model is asked, in the manner of its records."""
        words = (self.wish.form, self.wish.tune, *(subject.asked for subject in self.subjects))
        return " ".join(filter(None, words))


@dataclass(frozen=True)
class Written:
    """An unfinished poem.

    Args:
        pattern: What it follows.
        lines: Its lines so far, without signs.
        keys: Of each letter of rhyme that has been used, what its lines rhyme by.
        nats: Log-probability of its lines.
    """

    pattern: Pattern
    lines: tuple[str, ...] = ()
    keys: Mapping[str, frozenset[str]] = field(default_factory=dict)
    nats: float = 0.0

    @property
    def rule(self) -> LineRule:
        """The rule of its next line."""
        return self.pattern.lines[len(self.lines)]

    @property
    def text(self) -> str:
        """Its lines with their signs, a line of verse a line of text."""
        rules = self.pattern.lines[: len(self.lines)]
        lines = zip(self.lines, rules, strict=True)
        text = "\n".join(line + rule.sign for line, rule in lines)
        return text + "\n" if 0 < len(self.lines) < len(self.pattern.lines) else text

    def add(self, line: str, nats: float) -> "Written":
        """Give the poem with one more line, which brought so many nats."""
        rule, keys = self.rule, dict(self.keys)
        if rule.rhyme and not rule.echo:
            found = frozenset(list_keys(line[-1], rule.tones[0][-1], self.pattern.book))
            keys[rule.rhyme] = keys.get(rule.rhyme, found) & found
        return replace(self, lines=(*self.lines, line), keys=keys, nats=self.nats + nats)


def draw_next(
    engine: Generator, task: Task, written: Written, forced: Forced, *, barred: str = ""
) -> list[Written]:
    """Draw next lines of a poem.

    Args:
        engine: The model.
        task: What all lines have in common.
        written: The poem so far.
        forced: Characters at given places.
        barred: Characters that the line must not use, beside those of the poem.

    Returns:
        The poem with each line that was found.
    """
    rule, alphabet = written.rule, task.alphabet
    needs = Needs(
        written.pattern.book,
        find_keys(written, alphabet),
        dict(enumerate(written.lines[-1])) if rule.echo else forced,
        frozenset("".join(written.lines) + barred),
        task.known,
        not any(map(_doubles, written.lines)),
    )
    constraint = LineConstraint(alphabet, rule, needs, _mark_closing(engine, written, alphabet))
    prompt = Prompt("poetry", (task.turn,), written.text)
    sampling = replace(task.sampling, max_tokens=rule.length + 3)
    drawn = engine.draw(prompt, sampling, n=task.candidates, seed=next(task.seeds), constraint=constraint)
    whole = [one for one in drawn if one.text.strip()[rule.length :] == rule.sign]
    return [written.add(one.text[: rule.length], one.log_probability) for one in whole]


def find_keys(written: Written, alphabet: Alphabet) -> frozenset[str]:
    """Find what the next line may rhyme by: as before, or by any rhyme of enough characters."""
    rule, pattern = written.rule, written.pattern
    if rule.rhyme in written.keys or not rule.rhyme:
        return written.keys.get(rule.rhyme, frozenset())
    tones = [one.tones[0][-1] for one in pattern.lines if one.rhyme == rule.rhyme]
    rich = [
        {key for key, mask in alphabet.list_rhymes(pattern.book, tone).items() if mask.sum() >= _RICH * len(tones)}
        for tone in set(tones)
    ]
    return frozenset(set.intersection(*rich))


def place_heads(wish: Wish, written: Written) -> Forced:
    """Give the character that the next line must begin with, if one is asked for."""
    place = len(written.lines)
    return {0: wish.heads[place]} if place < len(wish.heads) else {}


def list_places(written: Written, alphabet: Alphabet, heads: Forced, word: str) -> list[Forced]:
    """List where a word may stand in the next line: at units of its rhythm, in its tones, in rhyme.

    Args:
        written: The poem so far.
        alphabet: What can be written.
        heads: What the line must begin with.
        word: One character or more.

    Returns:
        For each place all that is forced then, the heads too.
    """
    rule = written.rule
    if rule.echo or set(word) & set("".join(written.lines)) or len(set(word)) < len(word):
        return []
    starts = range(len(heads), rule.length - len(word) + 1)
    units = list_units(rule.length)
    ways = [{**heads, **dict(enumerate(word, start))} for start in starts if len(word) == 1 or start in units]
    return [way for way in ways if _fits(way, written, alphabet)]


def _fits(way: Forced, written: Written, alphabet: Alphabet) -> bool:
    rule = written.rule
    if not any(all(fits_tone(way[place], tones[place]) for place in way) for tones in rule.tones):
        return False
    last = rule.length - 1
    if not rule.rhyme or last not in way:
        return True
    return bool(find_keys(written, alphabet) & list_keys(way[last], rule.tones[0][-1], written.pattern.book))


def _mark_closing(engine: Generator, written: Written, alphabet: Alphabet) -> Mask:
    """Mark what follows the sign of the next line: a new line, or after the last one the end."""
    mask = alphabet.mark("\n")
    if len(written.lines) + 1 == len(written.pattern.lines):
        mask[:] = False
        mask[list(engine.end_ids)] = True
    return mask


def _doubles(line: str) -> bool:
    return any(one == other for one, other in pairwise(line))


def count_hidden(task: Task, written: Written) -> int:
    """Count the subjects that a poem does not show yet."""
    return len(find_hidden(task.subjects, written.text))

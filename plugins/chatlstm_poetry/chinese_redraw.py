"""Writes one line of a Chinese poem anew; the others stay as they are."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chatlstm.plugin import ConstraintError, Draft, Generator, Prompt, Request
from chatlstm_poetry.chinese import describe, list_ways, start_task
from chatlstm_poetry.chinese_checker import check_poem, match_pattern, split_lines
from chatlstm_poetry.composition import Task, Written, count_hidden, draw_next
from chatlstm_poetry.patterns import CI, SHI, Pattern, list_patterns
from chatlstm_poetry.pingshui import list_keys
from chatlstm_poetry.redraw import Redraw
from chatlstm_poetry.tunes import TUNES
from chatlstm_poetry.wishes import Wish, read_wish

_MORE = 4  # times as many candidates as for a line of a new poem


def redraw_chinese(draft: Draft, engine: Generator, redraw: Redraw) -> Draft:
    """Write one line of a poem anew, within the pattern that the poem follows.

    Args:
        draft: With the request.
        engine: A Chinese model.
        redraw: Which line of which poem.

    Returns:
        The draft with the changed poem. A line that its tune repeats is changed in both places.

    Raises:
        ConstraintError: The poem keeps no form, or no other line fits it.
    """
    lines = split_lines(redraw.poem)
    asked = read_wish(Request(redraw.asked, options=draft.request.options))
    wish, pattern = _find_form(lines, asked)
    task = start_task(wish, draft, engine)
    task = replace(task, candidates=task.candidates * _MORE)
    place = redraw.line - pattern.lines[redraw.line].echo
    changed = [poem for poem in _draw_changed(engine, task, pattern, lines, place) if _is_sound(poem, wish)]
    if not changed:
        raise ConstraintError(f"no other line {redraw.line + 1} was found that fits the poem; try another seed")
    best = _choose_likeliest(engine, task, changed)
    details = {**describe(task, best), "redrawn": redraw.line + 1}
    return replace(draft, reply=best.text, details=details)


def _find_form(lines: Sequence[str], asked: Wish) -> tuple[Wish, Pattern]:
    """Find the form that a poem keeps: the one that was asked for, or else any other."""
    known = [asked, *(Wish(form, "", asked.heads) for form in SHI), *(Wish(CI, tune, asked.heads) for tune in TUNES)]
    for one in (*known, *(replace(one, heads="") for one in known)):
        wish = replace(asked, form=one.form, tune=one.tune, heads=one.heads)
        pattern, faults = match_pattern(lines, list_patterns(wish.form, wish.tune), heads=wish.heads)
        if not faults:
            return wish, pattern
    raise ConstraintError("the poem keeps none of the forms known here, so no line of it can be changed")


def _draw_changed(
    engine: Generator, task: Task, pattern: Pattern, lines: Sequence[str], place: int
) -> Iterator[Written]:
    others = "".join((*lines[:place], *lines[place + 1 :]))
    rule = pattern.lines[place]
    before = _join(pattern, lines[:place])
    rhyming = [
        frozenset(list_keys(line[-1], one.tones[0][-1], pattern.book))
        for number, (line, one) in enumerate(zip(lines, pattern.lines, strict=True))
        if one.rhyme == rule.rhyme != "" and number != place and not one.echo
    ]
    if rhyming:
        before = replace(before, keys={**before.keys, rule.rhyme: frozenset.intersection(*rhyming)})
    for forced in list_ways(task, before, others):
        for longer in draw_next(engine, task, before, forced, barred=others):
            if longer.lines[place] != lines[place]:
                yield _join(pattern, _replace_line(lines, pattern, place, longer.lines[place]))


def _replace_line(lines: Sequence[str], pattern: Pattern, place: int, line: str) -> list[str]:
    changed = [*lines]
    changed[place] = line
    if place + 1 < len(lines) and pattern.lines[place + 1].echo:
        changed[place + 1] = line
    return changed


def _join(pattern: Pattern, lines: Sequence[str]) -> Written:
    written = Written(pattern)
    for line in lines:
        written = written.add(line, 0.0)
    return written


def _is_sound(poem: Written, wish: Wish) -> bool:
    return not check_poem(poem.text, wish.form, tune=wish.tune, heads=wish.heads)


def _choose_likeliest(engine: Generator, task: Task, poems: Sequence[Written]) -> Written:
    nats = engine.score(Prompt("poetry", (task.turn,)), [poem.text for poem in poems])
    rated = zip(poems, nats, strict=True)
    return min(rated, key=lambda one: (count_hidden(task, one[0]), -one[1]))[0]

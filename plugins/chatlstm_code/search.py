"""Drawing functions until one meets the examples."""

import math
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from chatlstm.plugin import Candidate, Generator, Prompt, Sampling
from chatlstm_code.assignment import Assignment, Example
from chatlstm_code.constraint import ProgramConstraint
from chatlstm_code.layout import PARTS, from_layout
from chatlstm_code.probing import draw_probes, vary_arguments
from chatlstm_code.sandbox import Result, Sandbox
from chatlstm_code.vocabulary import NAMES, RESERVED

BATCH = 32
TEMPERATURES = (0.6, 0.8, 1.0, 1.15, 1.3)  # of the batches; the last one goes on
CANDIDATE_SECONDS = 0.1  # of the processor
NAMES_DRAWN = 16
UNNAMED = "f"
UNGUIDED_BATCHES = 2  # where there is no example, more batches add little
NEAR = 1e-9  # by how much a float may be off, as a share


@dataclass(frozen=True)
class Plan:
    """How much is drawn.

    Args:
        seconds: After these no new batch begins.
        candidates: Functions at most.
        tokens: Of a function at most.
        seed: Fixes what is drawn.
        clock: Tells the time, in seconds.
    """

    seconds: float
    candidates: int
    tokens: int
    seed: int
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Attempt:
    """A function that was drawn.

    Args:
        layout: As the model wrote it.
        source: As Python.
        log_probability: Given the assignment, in nats.
        results: Of the examples' calls, or of the probes.
        met: How many examples it meets.
    """

    layout: str
    source: str
    log_probability: float
    results: tuple[Result, ...] = ()
    met: int = 0


@dataclass(frozen=True)
class Found:
    """What came of a search.

    Args:
        best: The function that meets most examples; None where none was drawn.
        name: Of the function.
        drawn: How many were drawn.
        tried: How many different ones ran.
        seconds: How long it took.
        walls: That stood around the candidates.
    """

    best: Attempt | None
    name: str
    drawn: int
    tried: int
    seconds: float
    walls: tuple[str, ...] = ()


def search(engine: Generator, assignment: Assignment, plan: Plan) -> Found:
    """Draw functions in batches, each bolder than the last, until one meets all examples.

    Where several of a batch do, they run on further inputs like those of the examples, and of those that return
    the same the most probable ones together win (Li et al. 2022, AlphaCode, arXiv:2203.07814, section 4.6).
    Without examples two batches are drawn, and all are told apart so.

    Args:
        engine: The model.
        assignment: What to write.
        plan: How much to draw.

    Returns:
        The best function.
    """
    begun = plan.clock()
    prompt = Prompt("code", (assignment.prompt,))
    name = assignment.name or choose_name(engine, prompt, plan.seed)
    state = Found(None, name, 0, 0, 0.0)
    with Sandbox() as sandbox:
        choose = _try_examples if assignment.examples else _compare
        for step in choose(engine, replace(assignment, name=name), plan, sandbox):
            state = step
            if plan.clock() - begun >= plan.seconds:
                break
        return replace(state, seconds=plan.clock() - begun, walls=sandbox.walls)


def draw_batches(engine: Generator, assignment: Assignment, plan: Plan) -> Iterator[list[Attempt]]:
    """Draw batch after batch; a function that differs in names only from an earlier one is left out.

    Args:
        engine: The model.
        assignment: With a name.
        plan: How much to draw.

    Yields:
        The new functions of a batch, the most probable first.
    """
    prompt = Prompt("code", (assignment.prompt,), beginning=assignment.name)
    seen: set[str] = set()
    for number, drawn in enumerate(range(0, plan.candidates, BATCH)):
        constraint = ProgramConstraint(
            engine.token_bytes,
            engine.end_ids,
            name=assignment.name,
            parameters=assignment.parameters,
            budget=plan.tokens,
        )
        temperature = TEMPERATURES[min(number, len(TEMPERATURES) - 1)]
        sampling = Sampling(temperature=temperature, max_tokens=plan.tokens + 1)
        count = min(BATCH, plan.candidates - drawn)
        found = engine.draw(prompt, sampling, n=count, seed=plan.seed * 1_000 + number, constraint=constraint)
        yield list(_take_new(sorted(found, key=lambda one: -one.log_probability), assignment.name, seen))


def _take_new(candidates: Sequence[Candidate], name: str, seen: set[str]) -> Iterator[Attempt]:
    for candidate in candidates:
        layout = name + candidate.text
        shape = take_shape(layout)
        if shape in seen:
            continue
        seen.add(shape)
        try:
            yield Attempt(layout, from_layout(layout), candidate.log_probability)
        except ValueError:  # cut short: the model has another vocabulary than the constraint needs
            continue


def take_shape(layout: str) -> str:
    """Write a layout with its variables numbered, so that functions that differ in names only are alike.

    Example:
        >>> take_shape("f(a)\\n1return a + 1") == take_shape("f(n)\\n1return n + 1")
        True
    """
    numbers: dict[str, str] = {}
    parts = PARTS.findall(layout)
    for place, part in enumerate(parts):
        if part in NAMES and parts[place - 1] != ".":
            parts[place] = numbers.setdefault(part, f"${len(numbers)}")
    return "".join(parts)


def _try_examples(engine: Generator, assignment: Assignment, plan: Plan, sandbox: Sandbox) -> Iterator[Found]:
    examples = assignment.examples
    calls = [one.arguments for one in examples]
    state = Found(None, assignment.name, 0, 0, 0.0)
    for batch in draw_batches(engine, assignment, plan):
        state = replace(state, drawn=min(state.drawn + BATCH, plan.candidates))
        yield state
        passed = []
        ran = sandbox.run_all((one.source for one in batch), assignment.name, calls, seconds=CANDIDATE_SECONDS)
        for attempt, results in zip(batch, ran, strict=True):
            met = sum(meets(result, example) for result, example in zip(results, examples, strict=True))
            tried = replace(attempt, results=tuple(results), met=met)
            passed += [tried] if met == len(examples) else []
            state = replace(state, tried=state.tried + 1, best=_better(state.best, tried))
            yield state
        if passed:
            yield replace(state, best=_choose_passed(passed, assignment, plan.seed, sandbox))
            return


def _choose_passed(passed: Sequence[Attempt], assignment: Assignment, seed: int, sandbox: Sandbox) -> Attempt:
    """Choose among functions that meet all examples, by what they return on further inputs of that kind."""
    if len(passed) == 1:
        return passed[0]
    probes = vary_arguments([one.arguments for one in assignment.examples], seed)
    ran = sandbox.run_all((one.source for one in passed), assignment.name, probes, seconds=CANDIDATE_SECONDS)
    probed = [replace(one, results=tuple(results)) for one, results in zip(passed, ran, strict=True)]
    chosen = choose_by_agreement(probed)
    return passed[probed.index(chosen)] if chosen else passed[0]


def _better(best: Attempt | None, other: Attempt) -> Attempt:
    if best is None or (other.met, other.log_probability) > (best.met, best.log_probability):
        return other
    return best


def meets(result: Result, example: Example) -> bool:
    """Tell whether a call returned what an example says; floats may be off by rounding.

    Example:
        >>> meets(Result(0.1 + 0.2), Example("f", (), 0.3)), meets(Result(True), Example("f", (), 1))
        (True, True)
    """
    if result.fault:
        return False
    value, wanted = result.value, example.value
    if isinstance(value, float) and isinstance(wanted, float):
        return math.isclose(value, wanted, rel_tol=NEAR, abs_tol=NEAR)
    return value == wanted


def _compare(engine: Generator, assignment: Assignment, plan: Plan, sandbox: Sandbox) -> Iterator[Found]:
    attempts: list[Attempt] = []
    state = Found(None, assignment.name, 0, 0, 0.0)
    for number, batch in enumerate(draw_batches(engine, assignment, plan)):
        if batch:
            head = (attempts or batch)[0].layout.partition("\n")[0]
            names = [one.partition("=")[0] for one in head.partition("(")[2].rstrip(")").split(", ") if one]
            probes = draw_probes(names, plan.seed)
            ran = sandbox.run_all((one.source for one in batch), assignment.name, probes, seconds=CANDIDATE_SECONDS)
            attempts += [replace(one, results=tuple(results)) for one, results in zip(batch, ran, strict=True)]
        drawn = min(state.drawn + BATCH, plan.candidates)
        state = replace(state, drawn=drawn, tried=len(attempts), best=choose_by_agreement(attempts))
        yield state
        if number + 1 == UNGUIDED_BATCHES:
            return


def choose_by_agreement(attempts: Sequence[Attempt]) -> Attempt | None:
    """Choose the most probable function of those whose results are the most probable together.

    Those that return nothing or fail wherever they were tried come last.

    Args:
        attempts: With results of the same calls.

    Returns:
        One of them; None where there is none.
    """
    if not attempts:
        return None
    mass: dict[tuple[bool, str], float] = {}
    groups = [(any(map(_is_useful, one.results)), repr(one.results)) for one in attempts]
    for group, one in zip(groups, attempts, strict=True):
        mass[group] = mass.get(group, 0.0) + math.exp(one.log_probability)
    best = max(mass, key=lambda group: (group[0], mass[group]))
    members = [one for group, one in zip(groups, attempts, strict=True) if group == best]
    return max(members, key=lambda one: one.log_probability)


def _is_useful(result: Result) -> bool:
    return not result.fault and result.value is not None


def choose_name(engine: Generator, prompt: Prompt, seed: int) -> str:
    """Let the model name the function: the name it draws most often, other than ``f``.

    Args:
        engine: The model.
        prompt: The assignment.
        seed: Fixes what is drawn.

    Returns:
        A name; ``f`` where it draws no other.
    """
    drawn = engine.draw(prompt, Sampling(temperature=0.7, max_tokens=12), n=NAMES_DRAWN, seed=seed)
    heads = [one.text.partition("(")[0] for one in drawn if "(" in one.text]
    names = Counter(one for one in heads if re.fullmatch(r"[a-z][a-z0-9_]*", one) and one not in {*RESERVED, UNNAMED})
    return names.most_common(1)[0][0] if names else UNNAMED

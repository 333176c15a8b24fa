"""How many functions parse, compile, run and solve what was never shown in training, beside the bare model."""

import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chatlstm.plugin import Generator, Measure, Prompt, Sampling, Written, interval
from chatlstm_code.assignment import Assignment, Example
from chatlstm_code.constraint import ProgramConstraint
from chatlstm_code.layout import from_layout
from chatlstm_code.sandbox import Sandbox
from chatlstm_code.search import CANDIDATE_SECONDS, Plan, meets, search

SAMPLES = 20  # a puzzle
TEMPERATURE = 0.8
ATTEMPTS = (1, 10)  # k of pass@k


@dataclass(frozen=True)
class Puzzle:
    """An assignment, and how to tell that it is solved.

    Args:
        assignment: With up to three examples, which the model sees.
        tests: Further examples, which it does not see.
    """

    assignment: Assignment
    tests: tuple[Example, ...] = ()

    @property
    def checks(self) -> tuple[Example, ...]:
        """All that a solution meets."""
        return self.assignment.examples + self.tests


@dataclass(frozen=True)
class Sample:
    """What one drawn function is good for.

    Args:
        parses: Whether it is Python.
        compiles: Whether Python compiles it.
        runs: Whether every call of the puzzle returns.
        passes: Whether every call returns what it should.
    """

    parses: bool = False
    compiles: bool = False
    runs: bool = False
    passes: bool = False


def measure_samples(
    engine: Generator, puzzles: Sequence[Puzzle], plan: Plan, *, bare: bool = False
) -> Iterator[Measure]:
    """Measure functions drawn once each, without looking at what they return.

    Args:
        engine: The model.
        puzzles: What to write; at least one.
        plan: Tokens of a function, and the seed.
        bare: Draw without the constraint.

    Yields:
        Shares of functions that parse, compile and run, and pass@k: the chance that one of k
        functions solves a puzzle, examples and hidden tests together.

    Source:
        Chen et al. 2021, "Evaluating Large Language Models Trained on Code", arXiv:2107.03374,
        section 2.1, the unbiased estimate of pass@k.
    """
    reference = "without_pipeline" if bare else ""
    with Sandbox() as sandbox:
        drawn = [rate_samples(engine, sandbox, puzzle, plan, bare=bare) for puzzle in puzzles]
    rates = (
        ("parse_rate", [_share(one.parses for one in samples) for samples in drawn]),
        ("compile_rate", [_share(one.compiles for one in samples) for samples in drawn]),
        ("run_rate", [_share(one.runs for one in samples) for samples in drawn]),
    )
    for name, values in rates:
        yield tell(name, values, reference)
    for k in ATTEMPTS:
        values = [estimate_pass(len(samples), sum(one.passes for one in samples), k) for samples in drawn]
        yield tell(f"pass_at_{k}", values, reference)


def measure_search(engine: Generator, puzzles: Sequence[Puzzle], plan: Plan) -> Iterator[Measure | Written]:
    """Measure the whole pipeline: which puzzles it solves in the time it has.

    Args:
        engine: The model.
        puzzles: What to write; at least one.
        plan: The budget of each.

    Yields:
        The share solved, hidden tests included; the share whose examples are met; the mean seconds; and
        the functions, in the layout that records have.
    """
    solved, met, seconds = [], [], []
    with Sandbox() as sandbox:
        for number, puzzle in enumerate(puzzles):
            found = search(engine, puzzle.assignment, replace(plan, seed=plan.seed + number))
            best, examples = found.best, puzzle.assignment.examples
            if best is not None:
                yield Written(best.layout)
            met.append(float(best is not None and best.met == len(examples)))
            source = best.source if best is not None and met[-1] else ""
            solved.append(float(bool(source) and _run(sandbox, source, puzzle)[1]))
            seconds.append(found.seconds)
    yield tell("solved", solved)
    yield tell("examples_met", met)
    yield Measure("seconds_a_puzzle", sum(seconds) / len(seconds))
    yield Measure("puzzles", float(len(puzzles)))


def rate_samples(engine: Generator, sandbox: Sandbox, puzzle: Puzzle, plan: Plan, *, bare: bool) -> list[Sample]:
    """Draw functions for a puzzle and tell what each is good for."""
    assignment = puzzle.assignment
    constraint = ProgramConstraint(
        engine.token_bytes, engine.end_ids, name=assignment.name, parameters=None, budget=plan.tokens
    )
    candidates = engine.draw(
        Prompt("code", (assignment.prompt,), beginning=assignment.name),
        Sampling(temperature=TEMPERATURE, max_tokens=plan.tokens + 1),
        n=SAMPLES,
        seed=plan.seed,
        constraint=None if bare else constraint,
    )
    return [rate_layout(assignment.name + one.text, sandbox, puzzle) for one in candidates]


def rate_layout(layout: str, sandbox: Sandbox, puzzle: Puzzle) -> Sample:
    """Tell what a drawn function is good for."""
    try:
        source = from_layout(layout)
    except ValueError:
        return Sample()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of comparisons that are always false
            compile(source, "sample", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Sample(parses=True)
    return Sample(True, True, *_run(sandbox, source, puzzle))


def _run(sandbox: Sandbox, source: str, puzzle: Puzzle) -> tuple[bool, bool]:
    checks = puzzle.checks
    calls = [one.arguments for one in checks]
    results = sandbox.run(source, puzzle.assignment.name, calls, seconds=CANDIDATE_SECONDS)
    runs = not any(one.fault for one in results)
    return runs, runs and all(meets(result, check) for result, check in zip(results, checks, strict=True))


def estimate_pass(drawn: int, passed: int, k: int) -> float:
    """Estimate the chance that one of ``k`` functions passes, from how many of those drawn did.

    Example:
        >>> estimate_pass(20, 1, 10), estimate_pass(20, 15, 10)
        (0.5, 1.0)
    """
    return 1.0 - math.comb(drawn - passed, k) / math.comb(drawn, k)


def tell(name: str, values: Sequence[float], reference: str = "") -> Measure:
    """Give the mean of values between 0 and 1, a value a puzzle, with its 95 % confidence interval."""
    mean, low, high = interval(values)
    return Measure(name, mean, reference, low, high)


def _share(flags: Iterator[bool]) -> float:
    counted = list(flags)
    return sum(counted) / len(counted)

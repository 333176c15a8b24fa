"""What a drawn function earns: for its form, for running, and for returning what the record's own one does."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from chatlstm.plugin import Constraint, Generator, MisuseError, Prompt, Record
from chatlstm_code.assignment import Assignment, Example, read_assignment
from chatlstm_code.constraint import ProgramConstraint
from chatlstm_code.layout import from_layout
from chatlstm_code.options import TOKENS
from chatlstm_code.probing import vary_arguments
from chatlstm_code.recogniser import is_program
from chatlstm_code.sandbox import Result, Sandbox
from chatlstm_code.search import CANDIDATE_SECONDS, meets

FORM, RUNS, ALMOST = 0.1, 0.2, 0.5  # of 1: what parses, what runs too, and what is nearly right at most


class FunctionJudge:
    """Rates functions by running them beside the one of their record.

    Args:
        sandbox: Where they run.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def rate(self, record: Record, replies: Sequence[str]) -> list[float]:
        """Rate functions in their layout.

        They are called as the record's examples call it, and with further arguments of those kinds, so that a
        function that knows the examples' values by heart earns little.

        Args:
            record: A description with examples, and a function.
            replies: Layouts.

        Returns:
            For each 0 where the grammar has no such program, 0.1 where it does not run, 0.2 to 0.5 by the share
            of calls that return what the record's function does, and 1 where all do. All 0 where the record has
            no examples, or its function does not meet them.
        """
        own, assignment = record.turns[-1], read_examples(record)
        if assignment is None:
            return [0.0] * len(replies)
        programs = {layout: source for layout in (own, *replies) if (source := write_out(layout))}
        calls = [example.arguments for example in assignment.examples]
        calls += vary_arguments(calls, seed=len(calls))
        ran = self._sandbox.run_all(programs.values(), assignment.name, calls, seconds=CANDIDATE_SECONDS)
        results = dict(zip(programs, ran, strict=True))
        wanted = results.get(own, [])
        if not all(map(meets, wanted, assignment.examples)) or not wanted:
            return [0.0] * len(replies)
        return [grade(results[reply], wanted) if reply in results else 0.0 for reply in replies]

    def constrain(self, record: Record, engine: Generator) -> tuple[Prompt, Constraint]:
        """Give a record's prompt with the function's name, and the constraint under which one is drawn."""
        name = record.turns[-1].partition("(")[0]
        tokens = int(TOKENS.default)
        constraint = ProgramConstraint(engine.token_bytes, engine.end_ids, name=name, parameters=None, budget=tokens)
        return Prompt(record.domain, record.turns[:-1], beginning=name), constraint


@contextmanager
def open_judge() -> Iterator[FunctionJudge]:
    """Open a sandbox and what rates functions in it."""
    with Sandbox() as sandbox:
        yield FunctionJudge(sandbox)


def read_examples(record: Record) -> Assignment | None:
    """Read a record's description and examples; None where it has no example that can be called."""
    try:
        assignment = read_assignment(record.turns[0])
    except MisuseError:
        return None
    return assignment if assignment.examples else None


def write_out(layout: str) -> str:
    """Write a layout out as source; empty where the grammar has no such program."""
    return from_layout(layout) if is_program(layout) else ""


def grade(results: Sequence[Result], wanted: Sequence[Result]) -> float:
    """Grade a function by its results and those of the record's own.

    Calls that end the record's own function count nothing.

    Args:
        results: What it returned.
        wanted: What the record's own function returned; at least once it did.

    Returns:
        0.1, 0.2 to 0.5, or 1.

    Example:
        >>> wanted = [Result(3), Result(4), Result(fault="IndexError")]
        >>> grade([Result(3), Result(4), Result(9)], wanted), grade([Result(fault="TypeError")] * 3, wanted)
        (1.0, 0.1)
    """
    pairs = [(got, want) for got, want in zip(results, wanted, strict=True) if not want.fault]
    if any(got.fault for got, _ in pairs):
        return FORM
    right = sum(meets(got, Example("", (), want.value)) for got, want in pairs) / len(pairs)
    return 1.0 if right == 1 else RUNS + (ALMOST - RUNS) * right

"""Code: a description, perhaps with examples, becomes a Python function that parses, compiles and meets them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from chatlstm.plugin import (
    Domain,
    Draft,
    Generator,
    Judge,
    Measure,
    Prompt,
    Record,
    Request,
    Stage,
    Written,
    read_domain,
)
from chatlstm_code.assignment import Assignment, read_assignment
from chatlstm_code.cues import CUES, FOLLOW_UPS, SUBJECTS
from chatlstm_code.evaluation import measure_samples, measure_search
from chatlstm_code.families import expand_families
from chatlstm_code.layout import from_layout, to_layout
from chatlstm_code.options import CANDIDATES, SECONDS, TOKENS
from chatlstm_code.puzzles import list_family_puzzles, list_record_puzzles
from chatlstm_code.records import lay_out_records
from chatlstm_code.reward import open_judge
from chatlstm_code.search import Attempt, Found, Plan, meets, search

MOST_PRODUCTS = 60
NOTHING = "no function of so few tokens could be drawn; set more of them"


class Code(Domain):
    """Writes a Python function from a description and examples."""

    name = "code"
    summary = "A Python function from a description, and examples that it must meet."
    cues = CUES
    subjects = SUBJECTS
    follow_ups = FOLLOW_UPS
    options = (SECONDS, CANDIDATES, TOKENS)
    languages = ("code",)

    def records_in(self, language: str, corpora: Path) -> Iterable[Record]:
        """Read assignments with functions, lay the functions out, and unfold the task families."""
        return expand_families(lay_out_records(read_domain(self.name, corpora, language=language)))

    def begin(self, request: Request) -> Draft:
        """Read description and examples."""
        assignment = read_assignment(request.text)
        return Draft(request, Prompt(self.name, (assignment.prompt,), beginning=assignment.name))

    def stages(self) -> tuple[Stage, ...]:
        """Draw functions until one meets the examples."""
        return (write_function,)

    def retrace(self, request: Request, reply: str) -> list[tuple[Prompt, str]]:
        """Lay the function out as the model writes it; one that the layout cannot hold is read as it stands."""
        prompt = self.begin(request).prompt
        try:
            laid_out = to_layout(reply)
        except ValueError:
            return [(prompt, reply)]
        return [(prompt, laid_out.removeprefix(prompt.beginning))]

    def show(self, turn: str, language: str) -> str:
        """Write a layout out as Python; a description stays as it is."""
        try:
            return from_layout(turn)
        except ValueError:
            return turn

    def evaluate(
        self, engine: Generator, held_out: Sequence[Record], *, options: dict[str, str], seed: int
    ) -> Iterator[Measure | Written]:
        """Measure form and success on held-out families, products of parts and open tasks."""
        plan = read_plan(Request("", seed=seed, options=options))
        families = list_family_puzzles(held_out, written=True)
        if families:
            yield from measure_search(engine, families, plan)
            yield from measure_samples(engine, families, plan)
            yield from measure_samples(engine, families, plan, bare=True)
        others = {
            "products": list_family_puzzles(held_out, written=False)[:MOST_PRODUCTS],
            "mbpp": list_record_puzzles(held_out, "mbpp"),
        }
        for name, puzzles in others.items():
            if puzzles:
                for one in (*measure_search(engine, puzzles, plan), *measure_samples(engine, puzzles, plan)):
                    yield replace(one, name=f"{name}_{one.name}") if isinstance(one, Measure) else one

    def open_judge(self) -> AbstractContextManager[Judge]:
        """Open a sandbox, in which functions earn for their form, for running and for what they return."""
        return open_judge()


def write_function(draft: Draft, engine: Generator) -> Draft:
    """Draw functions until one meets the examples or the time is over, and tell the best.

    Args:
        draft: Its request holds description and examples.
        engine: The model.

    Returns:
        The draft with the function as its reply; where examples are not met its ``finish`` is
        ``"constraint"`` and ``details["unmet"]`` says which.
    """
    assignment = read_assignment(draft.request.text)
    found = search(engine, assignment, read_plan(draft.request))
    if found.best is None:
        return replace(draft, reply="", finish="constraint", details={**_describe(assignment, found), "unmet": NOTHING})
    details = _describe(assignment, found)
    missed = found.best.met < len(assignment.examples)
    if missed:
        details["unmet"] = _say_unmet(assignment, found, found.best)
    return replace(draft, reply=found.best.source, finish="constraint" if missed else "end", details=details)


def read_plan(request: Request) -> Plan:
    """Read from a request how much is drawn."""
    options = request.options
    return Plan(SECONDS.read(options), int(CANDIDATES.read(options)), int(TOKENS.read(options)), request.seed)


def _describe(assignment: Assignment, found: Found) -> dict[str, object]:
    count, met = len(assignment.examples), found.best.met if found.best else 0
    return {
        "passed": met == count if count else None,
        "examples": count,
        "met": met,
        "drawn": found.drawn,
        "tried": found.tried,
        "seconds": round(found.seconds, 2),
        "log_probability": found.best.log_probability if found.best else None,
        "walls": list(found.walls),
    }


def _say_unmet(assignment: Assignment, found: Found, best: Attempt) -> str:
    pairs = zip(assignment.examples, best.results, strict=True)
    example, result = next((one, result) for one, result in pairs if not meets(result, one))
    came = f"it ends with {result.fault}" if result.fault else f"it returns {result.value!r:.200}"
    return (
        f"of {found.tried} functions tried in {found.seconds:.0f} s the best meets {best.met} of "
        f"{len(assignment.examples)} examples; not {example.line}: {came}; set more seconds"
    )

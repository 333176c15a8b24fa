"""Puzzles to measure with: held-out families, each asked in one language, and held-out records of open sources."""

from collections.abc import Iterator, Sequence

from chatlstm.plugin import MisuseError, Record
from chatlstm_code.assignment import Example, read_assignment, read_example
from chatlstm_code.evaluation import Puzzle
from chatlstm_code.families import DOCUMENTS, Task, read_tasks

LANGUAGES = ("en", "zh")


def list_family_puzzles(held_out: Sequence[Record], *, written: bool) -> list[Puzzle]:
    """Give a puzzle for every held-out family, with three examples; by turns in English and Chinese.

    Args:
        held_out: Held-out records; whether they are those for validation or for the test, the
            families' documents tell.
        written: The families written by hand, or the products of parts.

    Returns:
        The puzzles; none where no family is held out.
    """
    documents = {record.document for record in held_out if record.source == "families"}
    split = next((part for part in ("test", "validation") if DOCUMENTS[part] in documents), "")
    if not split:
        return []
    by_language = [read_tasks(language, split=split, written=written) for language in LANGUAGES]
    return [_pose(tasks[place % len(LANGUAGES)]) for place, tasks in enumerate(zip(*by_language, strict=True))]


def _pose(task: Task) -> Puzzle:
    assignment = read_assignment("\n".join([task.description, *task.examples]))
    return Puzzle(assignment, tuple(_read_examples(task.tests)))


def _read_examples(lines: Sequence[str]) -> Iterator[Example]:
    for line in lines:
        example = read_example(line)
        if example is not None:
            yield example


def list_record_puzzles(held_out: Sequence[Record], source: str) -> list[Puzzle]:
    """Give a puzzle for every held-out record of a source whose examples are plain; it has no hidden tests.

    Example:
        >>> record = Record("code", ("Add.\\nf(1, 2) == 3", "f(a, b)\\n1return a + b"), "mbpp")
        >>> [len(puzzle.checks) for puzzle in list_record_puzzles([record], "mbpp")]
        [1]
    """
    puzzles = []
    for record in held_out:
        if record.source != source:
            continue
        try:
            assignment = read_assignment(record.turns[0])
        except MisuseError:  # an example that calls something
            continue
        if assignment.examples:
            puzzles.append(Puzzle(assignment))
    return puzzles

"""Records to train on: an assignment, and a function in its layout."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from chatlstm.plugin import Record
from chatlstm_code.layout import to_example, to_layout
from chatlstm_code.recogniser import is_program

EXAMPLE_CHARACTERS = 100
LAYOUT_CHARACTERS = 700
MAX_EXAMPLES = 3


def lay_out_records(records: Iterable[Record]) -> Iterator[Record]:
    """Lay out the functions of records, and write their examples in the one way prompts have.

    A function that the grammar has not, or that is too long to be learned, is left out. A record of one turn is a
    table of the catalogue's families, which ``expand_families`` unfolds; it passes.

    Args:
        records: Each of two turns: a description, lines of examples below it, and the source.

    Returns:
        Records whose second turn is a layout.

    Example:
        >>> record = Record("code", ("Add.\\nassert f(1,2)==3", "def f(a, b): return a+b"))
        >>> next(lay_out_records([record])).turns
        ('Add.\\nf(1, 2) == 3', 'f(a, b)\\n1return a + b')
    """
    for record in records:
        if len(record.turns) == 1:
            yield record
            continue
        prompt, source = record.turns
        try:
            layout = to_layout(source)
        except ValueError:
            continue
        if len(layout) <= LAYOUT_CHARACTERS and is_program(layout):
            yield replace(record, turns=(_write_prompt(prompt), layout))


def _write_prompt(prompt: str) -> str:
    description, *lines = prompt.split("\n")
    examples = []
    for line in lines:
        try:
            example = to_example(line)
        except ValueError:
            continue
        if len(example) <= EXAMPLE_CHARACTERS:
            examples.append(example)
    return "\n".join([description, *examples[:MAX_EXAMPLES]])

"""From the catalogue's families to records to train on, and to tasks that no record has shown."""

import functools
import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from chatlstm.plugin import Record, read_own_records
from chatlstm_code.family import Family, read_family
from chatlstm_code.layout import to_layout
from chatlstm_code.products import read_products
from chatlstm_code.wording import frame, name_parameters

RECORDS = {True: 100, False: 9}  # of a written family, of a product
HELD_OUT_RECORDS = 12
EXAMPLES = (0, 0, 0, 1, 2, 3, 3, 3, 3)  # how many of them a record shows
EXAMPLE_CHARACTERS = 90
# a group is never split, and its name's hash is what holds it out (see engine/corpus.py)
DOCUMENTS = {"train": "families", "validation": "validation families, 10", "test": "test families, 43"}
SHARES = {True: (16, 5), False: (8, 3)}  # per cent of the families held out for test and validation


@dataclass(frozen=True)
class Task:
    """What a held-out family asks, and how to tell that it is solved.

    Args:
        family: Name of the family.
        written: By hand, not a product of parts.
        language: ``"en"`` or ``"zh"``: of the description.
        name: Of the function in examples and tests.
        description: One sentence.
        examples: Three lines for the prompt, such as ``f([1, 2]) == 3``.
        tests: Up to ten other lines of that form, which the prompt does not show.
    """

    family: str
    written: bool
    language: str
    name: str
    description: str
    examples: tuple[str, ...]
    tests: tuple[str, ...]


def choose_part(family: Family) -> str:
    """Tell which part a family belongs to, by the hash of its name.

    Returns:
        ``"train"``, ``"validation"`` or ``"test"``.
    """
    bucket = int.from_bytes(hashlib.blake2b(family.id.encode(), digest_size=8).digest(), "big") % 100
    test, validation = SHARES[family.written]
    return "test" if bucket < test else "validation" if bucket < test + validation else "train"


def expand_families(records: Iterable[Record]) -> Iterator[Record]:
    """Turn the catalogue's families into records; others pass as they are.

    Args:
        records: What ``read_domain("code", ...)`` gives.

    Returns:
        First the others, then for every family its records: a description with up to three examples, and
        a function in the layout of the code plugin. The same ones for the same catalogue.
    """
    tables = []
    for record in records:
        if record.source in ("families", "products"):
            tables.append(record)
        else:
            yield record
    for family in _read_tables(tables):
        yield from _draw_records(family, tables[0])


@functools.cache
def read_families() -> tuple[Family, ...]:
    """Read all families of the catalogue, written ones first, then products."""
    return tuple(_read_tables(list(read_own_records("code", language="code"))))


def read_tasks(language: str, *, split: str = "test", written: bool | None = None) -> list[Task]:
    """Give a task for every held-out family.

    Args:
        language: ``"en"`` or ``"zh"``: of the descriptions.
        split: ``"test"`` or ``"validation"``.
        written: Only families written by hand, or only products; None gives both.

    Returns:
        The tasks, in the order of the catalogue.
    """
    wanted = (one for one in read_families() if written in (None, one.written) and choose_part(one) == split)
    return [_draw_task(family, language) for family in wanted]


def write_prompt(description: str, examples: Sequence[str]) -> str:
    r"""Put a description and its examples together as a record's first turn has them.

    Example:
        >>> write_prompt("Add two numbers.", ["f(1, 2) == 3"])
        'Add two numbers.\nf(1, 2) == 3'
    """
    return "\n".join([description, *examples])


def _read_tables(records: Sequence[Record]) -> Iterator[Family]:
    tables = [(record.source, json.loads(record.turns[0])) for record in records]
    written = [read_family(table) for source, table in tables if source == "families"]
    yield from written
    yield from read_products([table for source, table in tables if source == "products"], written)


def _draw_records(family: Family, like: Record) -> Iterator[Record]:
    part = choose_part(family)
    count = RECORDS[family.written] if part == "train" else HELD_OUT_RECORDS
    lines = list_lines(family)
    solutions: dict[str, str] = {}
    found = {_draw_turns(family, lines, solutions, number) for number in range(count)}
    for turns in sorted(found):
        yield replace(like, turns=turns, source="families", document=DOCUMENTS[part])


def list_lines(family: Family) -> list[tuple[str, str]]:
    """List calls and values short enough for an example: ``("[1, 2]", "3")``."""
    lines = [(arguments, family.run(arguments)) for arguments in family.list_inputs()]
    return [pair for pair in lines if len(pair[0]) + len(pair[1]) <= EXAMPLE_CHARACTERS]


def _draw_turns(
    family: Family, lines: Sequence[tuple[str, str]], solutions: dict[str, str], number: int
) -> tuple[str, str]:
    """Draw a description with examples, and a solution; ``solutions`` keeps what was laid out before."""
    chance = random.Random(f"{family.id}/{number}")
    body = chance.randrange(len(family.bodies))
    names = family.choose_names(body, chance)
    shown = chance.sample(lines, min(len(lines), chance.choice(EXAMPLES)))
    name = "f" if chance.random() < (0.6 if shown else 0.2) else chance.choice(family.names)
    language = "en" if number % 2 else "zh"
    description = _describe(family, language, names, chance)
    prompt = write_prompt(description, [f"{name}({arguments}) == {value}" for arguments, value in shown])
    key = f"{body} {names}"
    if key not in solutions:
        solutions[key] = to_layout(family.write(body, names))
    return prompt, re.sub(r"\bf\(", f"{name}(", solutions[key])


def _describe(family: Family, language: str, names: dict[str, str], chance: random.Random) -> str:
    wording = chance.choice(family.wordings[language])
    return frame(name_parameters(wording, names), language, chance)


def _draw_task(family: Family, language: str) -> Task:
    chance = random.Random(f"{family.id}/{language}/task")
    lines = list_lines(family)
    chosen = [f"f({arguments}) == {value}" for arguments, value in chance.sample(lines, min(13, len(lines)))]
    names = {one.name: one.name for one in family.takes}
    description = _describe(family, language, names, chance)
    return Task(family.id, family.written, language, "f", description, tuple(chosen[:3]), tuple(chosen[3:]))

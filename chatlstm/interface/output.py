"""What commands show: text, notices, tables and JSON, fit for a terminal or a pipe."""

import json
import sys
import unicodedata
from collections.abc import Mapping, Sequence

import click

from chatlstm.interface.cleaning import clean_text

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def say(text: str, *, end: str = "\n") -> None:
    """Print to standard output at once; on a terminal, without control sequences."""
    print(clean_text(text) if sys.stdout.isatty() else text, end=end, flush=True)


def tell(notice: str) -> None:
    """Print a notice to standard error."""
    # in one write: lines of several workers stay whole
    print(clean_text(notice) + "\n", end="", file=sys.stderr, flush=True)


def show_json(value: object, *, indent: int | None = 1) -> None:
    """Print a value as JSON; without ``indent``, on one line."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    say(json.dumps(value, ensure_ascii=plain, indent=indent, default=str))


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns; what a cell holds beyond one line is joined to one.

    Args:
        columns: The heads.
        rows: Cells, as many a row as there are heads.
    """
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _show_rich_table(columns, cells)
        return
    lines = [list(columns), *cells]
    widths = [max(map(_count_cells, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = [
            cell + " " * (width - _count_cells(cell))
            for cell, width in zip(line, widths, strict=True)
        ]
        say("  ".join(padded).rstrip())


def show_facts(facts: Mapping[str, object]) -> None:
    """Print names and values, one below the other."""
    width = max(map(_count_cells, facts), default=0)
    for name, value in facts.items():
        say(f"{name}{' ' * (width - _count_cells(name))}  {_word(value)}".rstrip())


def show_measures(title: str, measures: Mapping[str, object], *, as_json: bool) -> None:
    """Print what was measured.

    Args:
        title: What was measured, such as ``"dialogue with en@1f0c9a2b"``; left out of JSON.
        measures: Values by name; a table of tables is shown as ``outer.inner``.
        as_json: Print the measures as one JSON object.
    """
    if as_json:
        show_json(measures)
        return
    say(title)
    show_table(("measure", "value"), [(name, _word(value)) for name, value in _flatten(measures)])


def _show_rich_table(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in cells:
        table.add_row(*(Text(clean_text(cell), overflow="fold") for cell in row))
    Console().print(table)


def _flatten(measures: Mapping[str, object]) -> list[tuple[str, object]]:
    flat: list[tuple[str, object]] = []
    for name, value in measures.items():
        if isinstance(value, Mapping):
            flat += [(f"{name}.{inner}", kept) for inner, kept in _flatten(value)]
        else:
            flat.append((name, value))
    return flat


def _word(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_word, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_word(inner)}" for name, inner in value.items())
    return "" if value is None else str(value)


def _count_cells(text: str) -> int:
    """Count the columns a text takes: two for a wide character, none for a combining one."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(map(bool, map(unicodedata.combining, text)))

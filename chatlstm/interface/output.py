"""What commands show: text, notices, tables and JSON, fit for a terminal or a pipe."""

import json
import os
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


def say_marked(text: str, spans: Sequence[tuple[int, int]]) -> None:
    """Print a line in which places are marked; on a terminal that may show colour, in bold.

    Args:
        text: The line.
        spans: Start of each place and the character behind its end, in order.
    """
    bold = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    shown, behind = "", 0
    for start, end in spans:
        place = clean_text(text[start:end])
        shown += clean_text(text[behind:start]) + (f"\x1b[1m{place}\x1b[22m" if bold else place)
        behind = end
    print(shown + clean_text(text[behind:]), flush=True)


def clip_line(text: str, cells: int) -> str:
    """Make a text one line that fits into so many columns.

    Args:
        text: Any text.
        cells: Columns of a terminal, ``>= 1``; a wide character takes two.

    Returns:
        The line; dots stand for what was cut off.

    Example:
        >>> clip_line("床前\\n明月光", 8)
        '床前 明…'
    """
    line = " ".join(clean_text(text[: 8 * cells]).split())
    if count_cells(line) <= cells and len(text) <= 8 * cells:
        return line
    while line and count_cells(line) > cells - 1:
        line = line[:-1]
    return line + "…"


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
    widths = [max(map(count_cells, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = [
            cell + " " * (width - count_cells(cell))
            for cell, width in zip(line, widths, strict=True)
        ]
        say("  ".join(padded).rstrip())


def show_facts(facts: Mapping[str, object]) -> None:
    """Print names and values, one below the other."""
    width = max(map(count_cells, facts), default=0)
    for name, value in facts.items():
        say(f"{name}{' ' * (width - count_cells(name))}  {_word(value)}".rstrip())


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


def count_cells(text: str) -> int:
    """Count the columns a text takes: two for a wide character, none for what joins the one before.

    Args:
        text: One line.

    Example:
        >>> count_cells("明月ab🐟")
        8
    """
    return sum(map(_measure, text))


def _measure(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):  # accents, joiners, choices of a variant
        return 0
    return 1 + (unicodedata.east_asian_width(character) in "WF")

"""The figures of a benchmark, as a table and as JSON."""

from dataclasses import asdict

from chatlstm.engine.benchmarks.row import Row
from chatlstm.interface.output import say, show_table


def describe_row(section: str, row: Row) -> dict[str, object]:
    """Give a row as it stands in the JSON."""
    return {
        "section": section,
        "name": row.name,
        "unit": row.unit,
        "reached": row.reached,
        "reference": row.reference,
        "ratio": row.ratio,
        "aim": row.aim and asdict(row.aim),
        "ok": row.ok,
        "note": row.note,
    }


def show_rows(section: str, rows: list[Row]) -> None:
    """Print a section's figures as a table, and what is to be said of them below."""
    say(f"\n{section}")
    cells = [
        (
            row.name,
            "not measured" if row.reached is None else f"{format_figure(row.reached)} {row.unit}".strip(),
            "" if row.reference is None else format_figure(row.reference),
            "" if row.ratio is None else format_figure(row.ratio),
            "" if row.aim is None else str(row.aim),
            {True: "yes", False: "no", None: ""}[row.ok],
        )
        for row in rows
    ]
    show_table(("measure", "reached", "reference", "ratio", "aim", "ok"), cells)
    notes: dict[str, list[str]] = {}
    for row in rows:
        if row.note:
            notes.setdefault(row.note, []).append(row.name)
    for note, names in notes.items():
        say(note if len(names) == len(rows) else f"{', '.join(names)}: {note}")


def format_figure(figure: float) -> str:
    """Write a figure with four digits that count.

    Example:
        >>> [format_figure(one) for one in (1234567.0, 5312.7, 25.04, 1.4512, 0.00012)]
        ['1,234,567', '5,313', '25.04', '1.451', '0.00012']
    """
    return f"{figure:,.0f}" if abs(figure) >= 1000 else f"{figure:.4g}"

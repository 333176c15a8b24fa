"""What was measured as one page of HTML: tables and plots, and nothing from the network."""

import html
from collections.abc import Mapping, Sequence

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62em; margin: 2em auto; padding: 0 1em; color: #222 }
h1, h2 { font-weight: 600 } h2 { margin-top: 2.5em; border-top: 1px solid #ddd; padding-top: 1em }
table { border-collapse: collapse; width: 100% }
td, th { padding: .25em .7em .25em 0; text-align: left; vertical-align: top }
th { font-weight: 600; border-bottom: 1px solid #999 }
td.number { font-variant-numeric: tabular-nums; white-space: nowrap }
.facts { color: #666 } svg { display: block } text { font: 11px system-ui, sans-serif; fill: #444 }
"""
_BAR, _GAP, _LABELS, _WIDTH = 14, 4, 130, 220  # pixels
_OWN, _OTHER = "#2b6cb0", "#b8c4d0"


def draw_report(found: Sequence[Mapping[str, object]]) -> str:
    """Lay out what was measured of some plugins as a page.

    Args:
        found: What ``collect_measures`` gave, one a plugin and language.

    Returns:
        A whole HTML document: of each, its figures with their intervals, and a bar for each
        reference beside.
    """
    links = "".join(f'<li><a href="#{n}">{_name(told)}</a></li>' for n, told in enumerate(found))
    parts = "".join(_draw_part(n, told) for n, told in enumerate(found))
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>ChatLSTM, measured</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n<h1>ChatLSTM, measured</h1>\n"
        f"<ul>{links}</ul>\n{parts}</body>\n</html>\n"
    )


def _draw_part(number: int, told: Mapping[str, object]) -> str:
    references: Mapping[str, Mapping[str, float]] = told["references"]  # type: ignore[assignment]  # as collected
    intervals: Mapping[str, Sequence[float]] = told["intervals"]  # type: ignore[assignment]  # as collected
    facts = {name: told[name] for name in ("checkpoint", "precision", "split", "records", "seed", "options")}
    rows = []
    for name, value in told.items():
        if isinstance(value, float):
            others = {other: figures[name] for other, figures in references.items() if name in figures}
            ends = intervals.get(name, ())
            rows.append(_draw_row(name, value, others, ends))
    described = ", ".join(f"{name} {value}" for name, value in facts.items() if value not in ("", {}))
    return (
        f'<h2 id="{number}">{_name(told)}</h2>\n<p class="facts">{html.escape(described)}</p>\n'
        f"<table><tr><th>measure</th><th>reached</th><th>95 %</th><th></th></tr>\n{''.join(rows)}</table>\n"
    )


def _draw_row(name: str, value: float, others: Mapping[str, float], ends: Sequence[float]) -> str:
    told = " to ".join(f"{end:.4g}" for end in ends)
    return (
        f'<tr><td>{html.escape(name)}</td><td class="number">{value:.4g}</td><td class="number">{told}</td>'
        f"<td>{_draw_bars(value, others, ends)}</td></tr>\n"
    )


def _draw_bars(value: float, others: Mapping[str, float], ends: Sequence[float]) -> str:
    """Draw a bar for a figure, with a whisker for its interval, and one for each reference."""
    bars = {"ChatLSTM": value, **others}
    scale = _WIDTH / max(*bars.values(), *ends, 1e-9)
    drawn = []
    for place, (label, length) in enumerate(bars.items()):
        top = place * (_BAR + _GAP)
        width = max(length, 0) * scale
        drawn.append(
            f'<text x="0" y="{top + _BAR - 3}">{html.escape(label)}</text>'
            f'<rect x="{_LABELS}" y="{top}" width="{width:.1f}" height="{_BAR}" fill="{_OTHER if place else _OWN}"/>'
            f'<text x="{_LABELS + width + 8:.1f}" y="{top + _BAR - 3}">{length:.4g}</text>'
        )
    if ends:
        low, high = (_LABELS + max(end, 0) * scale for end in ends)
        drawn.append(f'<path d="M{low:.1f} {_BAR / 2}H{high:.1f}" stroke="#111" stroke-width="2"/>')
    height = len(bars) * (_BAR + _GAP)
    return f'<svg width="{_LABELS + _WIDTH + 70}" height="{height}">{"".join(drawn)}</svg>'


def _name(told: Mapping[str, object]) -> str:
    return html.escape(f"{told['plugin']}, {told['language']}")

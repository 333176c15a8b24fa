"""One figure of a benchmark: what was reached, beside what, and what was aimed at; no torch here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Bound = Literal["at least", "at most"]
Quantity = Literal["reached", "ratio"]


@dataclass(frozen=True)
class Aim:
    """What a figure has to keep to.

    Args:
        bound: Whether more is better, ``"at least"``, or less, ``"at most"``.
        value: The bound itself, reaching it suffices.
        of: Which figure is bound: what was ``"reached"``, or its ``"ratio"`` to the reference.

    Example:
        >>> str(Aim("at least", 20, of="ratio")), str(Aim("at most", 0.8))
        ('ratio at least 20', 'at most 0.8')
    """

    bound: Bound
    value: float
    of: Quantity = "reached"

    def __str__(self) -> str:
        return f"{'ratio ' if self.of == 'ratio' else ''}{self.bound} {self.value:,.4g}"

    def admits(self, figure: float) -> bool:
        """Tell whether a figure keeps to it; what is no number does not."""
        return figure >= self.value if self.bound == "at least" else figure <= self.value


@dataclass(frozen=True)
class Row:
    """One figure of a benchmark.

    Args:
        name: What was measured.
        unit: Of ``reached`` and ``reference``, such as ``"tokens/s"``.
        reached: The figure; None where it could not be measured.
        reference: What it is compared with, measured in the same run; None where with nothing.
        aim: What it has to keep to; None where it is told for its own sake.
        note: What the reference is, or why there is no figure.

    Raises:
        ValueError: There is neither a figure nor a reason, or the aim is of a ratio to nothing.

    Example:
        >>> row = Row("one token at a time", "tokens/s", 5000.0, 200.0, Aim("at least", 20, of="ratio"))
        >>> row.ratio, row.ok
        (25.0, True)
        >>> Row("learning", "nats", None, note="needs bench_tinyshakespeare.txt.xz").ok is None
        True
    """

    name: str
    unit: str
    reached: float | None
    reference: float | None = None
    aim: Aim | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.reached is None:
            if not self.note:
                raise ValueError(f"{self.name}: a figure that could not be measured needs its reason")
        elif self.aim is not None and self.aim.of == "ratio" and self.ratio is None:
            raise ValueError(f"{self.name}: {self.aim}, but there is no reference to divide by")

    @property
    def ratio(self) -> float | None:
        """What was reached in parts of the reference; None where either is not there."""
        return self.reached / self.reference if self.reached is not None and self.reference else None

    @property
    def ok(self) -> bool | None:
        """Tell whether the aim was reached; None where there is none or nothing was measured."""
        figure = self.ratio if self.aim is not None and self.aim.of == "ratio" else self.reached
        return None if self.aim is None or figure is None else self.aim.admits(figure)


Section = Iterator[Row | str]
"""A section's measurements as they are made; a text between them says what is being measured now."""

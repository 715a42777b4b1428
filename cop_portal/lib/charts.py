"""Numbers to geometry: what `_partials/bar_table.html` and the trend pictures draw. Imports no Django."""

from collections.abc import Sequence
from dataclasses import dataclass

FULL = 100


@dataclass(frozen=True)
class BarRow:
    """One row of a bar table; `width` is of 100, as text for an SVG attribute."""

    label: str
    value: int
    width: str


def bar_rows(items: Sequence[tuple[str, int]], *, total: int | None = None) -> list[BarRow]:
    """Returns a row for each (label, count), bars in proportion to `total`, or else to the largest count.

    Counts below zero are drawn as zero; nothing is drawn beyond the full width.
    """
    whole = max([count for _, count in items], default=0) if total is None else total
    return [BarRow(label, count, _width(count, whole)) for label, count in items]


def _width(count: int, whole: int) -> str:
    share = FULL * min(max(count, 0) / whole, 1) if whole > 0 else 0.0
    return f"{share:.1f}".removesuffix(".0")

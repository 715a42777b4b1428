"""Numbers to geometry: what `_partials/bar_table.html` and `_partials/trend.html` draw. Imports no Django.

All measures are percentages of the picture, as text for SVG attributes: a picture needs no fixed width, so its lines
and letters stay as thick on a phone as on a desk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

FULL = 100
MARGIN = 6  # percent of the picture, so that a dot at the edge is drawn whole


@dataclass(frozen=True)
class BarRow:
    """One row of a bar table."""

    label: str
    value: int
    width: str


def bar_rows(items: Sequence[tuple[str, int]], *, total: int | None = None) -> list[BarRow]:
    """Returns a row for each (label, count), bars in proportion to `total`, or else to the largest count.

    Counts below zero are drawn as zero; nothing is drawn beyond the full width.
    """
    whole = max([count for _, count in items], default=0) if total is None else total
    return [BarRow(label, count, _text(FULL * _share(count, whole))) for label, count in items]


@dataclass(frozen=True)
class TrendPoint:
    """The middle answer of one session (None where nothing may be shown) and, if they are known, its extremes.

    Points of different `version` asked different words: they stand side by side, but no line joins them.
    """

    label: str
    middle: float | None
    low: float | None = None
    high: float | None = None
    version: int = 1


@dataclass(frozen=True)
class TrendDot:
    """One dot with the line of its range, from `low` to `high`."""

    label: str
    x: str
    y: str
    low: str
    high: str


@dataclass(frozen=True)
class Trend:
    """A picture: dots, the lines (x1, y1, x2, y2) that join them, and the heights of the answers, lowest first."""

    dots: list[TrendDot]
    joins: list[tuple[str, str, str, str]]
    heights: list[str]


def trend(points: Sequence[TrendPoint], *, lowest: int = 1, highest: int = 5) -> Trend:
    """Returns where the points stand, in the order given, on a scale from `lowest` (bottom) to `highest` (top)."""

    def height(answer: float) -> str:
        return _text(FULL - _inside(_share(answer - lowest, highest - lowest)))

    def dot(place: int, point: TrendPoint) -> TrendDot | None:
        if point.middle is None:
            return None
        x = _text(_inside(_share(place, len(points) - 1)))
        low = point.middle if point.low is None else point.low
        high = point.middle if point.high is None else point.high
        return TrendDot(point.label, x, height(point.middle), height(low), height(high))

    dots = [dot(place, point) for place, point in enumerate(points)]
    joins = [
        (before.x, before.y, after.x, after.y)
        for (one, before), (other, after) in pairwise(zip(points, dots, strict=True))
        if before and after and one.version == other.version
    ]
    heights = [height(step) for step in range(lowest, highest + 1)]
    return Trend([found for found in dots if found], joins, heights)


def _share(part: float, whole: float) -> float:
    return min(max(part / whole, 0.0), 1.0) if whole > 0 else 0.0


def _inside(share: float) -> float:
    return MARGIN + share * (FULL - 2 * MARGIN)


def _text(percent: float) -> str:
    return f"{percent:.1f}".removesuffix(".0")

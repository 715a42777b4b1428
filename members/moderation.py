"""What can be reported and hidden. The apps above register their kinds of things here, in their `ready`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from members.hiding import Hideable, Report
from members.models import Member

EXCERPT = 700  # characters that facilitators read beside a report


@dataclass(frozen=True)
class Reportable:
    """A kind of thing that members can report; `name` stands in addresses, `label` on screen.

    `seen_by` returns the rows that a member may report, `rows` all that facilitators may read once they are reported,
    with what a list shows of them. `author` is told what becomes of it; `byline` is what facilitators read instead,
    since an author may stand there without a name.
    """

    name: str
    label: Any
    model: type[Hideable]
    seen_by: Callable[[Member], "QuerySet[Any]"]
    rows: Callable[[], "QuerySet[Any]"]
    author: Callable[[Any], Member | None]
    byline: Callable[[Any], str]
    title: Callable[[Any], str]
    words: Callable[[Any], str]
    url: Callable[[Any], str]


_KINDS: dict[str, Reportable] = {}


def register(kind: Reportable) -> None:
    """Makes a kind of thing one that can be reported; again, it replaces the one before."""
    _KINDS[kind.name] = kind


def kind_named(name: str) -> Reportable | None:
    return _KINDS.get(name)


def all_rows() -> "list[QuerySet[Any]]":
    """Returns the rows of each kind, for a prefetch of what reports are about."""
    return [kind.rows() for kind in _KINDS.values()]


def kind_of(row: Hideable) -> Reportable:
    """Returns the kind that `row` is of; raises LookupError for what cannot be reported."""
    found = next((kind for kind in _KINDS.values() if isinstance(row, kind.model)), None)
    if found is None:
        raise LookupError(f"{type(row).__name__} cannot be reported.")
    return found


def row_of(report: Report) -> Any:
    """Returns what `report` is about; None where it was deleted meanwhile, or is its author's alone again."""
    model = report.content_type.model_class()
    kind = next((kind for kind in _KINDS.values() if kind.model is model), None)
    return kind.rows().filter(pk=report.object_id).first() if kind else None

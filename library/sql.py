"""Pieces of SQL that carry their parameters along."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet


@dataclass(frozen=True)
class Sql:
    """Text with `%s` for each parameter. The text is written by us; what people type is a parameter."""

    text: str
    params: tuple[Any, ...] = ()

    def __add__(self, other: "Sql | str") -> "Sql":
        other = Sql(other) if isinstance(other, str) else other
        return Sql(self.text + other.text, self.params + other.params)

    def within(self, before: str, after: str) -> "Sql":
        return Sql(before + self.text + after, self.params)

    def join(self, parts: Iterable["Sql"]) -> "Sql":
        """Like `str.join`."""
        joined = None
        for part in parts:
            joined = part if joined is None else joined + self + part
        return joined or Sql("")


def all_of(conditions: Sequence[Sql]) -> Sql:
    """Returns what holds where all conditions hold."""
    return Sql(" AND ").join(conditions).within("(", ")") if conditions else Sql("(1 = 1)")


def any_of(conditions: Sequence[Sql]) -> Sql:
    """Returns what holds where one of the conditions holds."""
    return Sql(" OR ").join(conditions).within("(", ")") if conditions else Sql("(1 = 0)")


def union_of(selects: Sequence[Sql]) -> Sql:
    """Returns the rows of all, in no particular order."""
    return Sql(" UNION ALL ").join(
        [select.within("SELECT * FROM (", f") AS part{n}") for n, select in enumerate(selects)]
    )


def condition_of(rows: "QuerySet[Any]") -> Sql:
    """Returns the WHERE of a queryset that filters and joins nothing, so that its rule stands in one place."""
    compiler = rows.query.get_compiler(connection=connection)
    text, params = compiler.compile(rows.query.where)
    if sum(count > 0 for count in rows.query.alias_refcount.values()) > 1:
        raise ValueError("A condition on other tables needs a subquery.")
    return Sql(f"({text})", tuple(params))

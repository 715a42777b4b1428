"""What the library holds for these words and filters: one statement finds the page, its total and all facets."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import BooleanField, prefetch_related_objects
from django.db.models.expressions import RawSQL

from library import words
from library.matching import Source, beginnings_of, entry_join, listed, score_of, source_of
from library.models import FACTS, Insight, Material, Principle, Tag, files_alone
from library.search import Query, parse
from library.sql import Sql, all_of, condition_of, union_of
from members.models import Member, Team

# "1,000+": no more are counted or can be leafed through. The newest so many matches are ranked, and as many that
# match by title and tags alone.
COUNTED = 1_000
VALUES = 16  # of a facet
SUGGESTED = 8
ORDERS = {
    "best": "score DESC, weight DESC, {0}id DESC",
    "newest": "{0}published_at DESC, {0}id DESC",
    "helpful": "{0}helped_count DESC, {0}published_at DESC, {0}id DESC",
}


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; several tags mean all of them."""

    kind: str = ""
    nature: str = ""
    tags: tuple[Tag, ...] = ()
    principle: Principle | None = None
    team: Team | None = None

    def __bool__(self) -> bool:
        return self != Filters()

    def conditions(self) -> dict[str, Sql]:
        """Returns the condition of each filter in use, by the name of its facet."""
        rows = Material.objects.all()
        found: dict[str, list[Any]] = {
            "kind": [rows.filter(kind=self.kind)] if self.kind else [],
            "nature": [rows.filter(pk__in=Insight.objects.filter(nature=self.nature).values("pk"))]
            if self.nature
            else [],
            "tag": [rows.filter(pk__in=_with(Material.tags.through, tag=tag)) for tag in self.tags],
            "principle": [rows.filter(pk__in=_with(Material.principles.through, principle=self.principle))]
            if self.principle
            else [],
            "team": [rows.of_team(self.team)] if self.team else [],
        }
        return {name: all_of([condition_of(one) for one in narrowed]) for name, narrowed in found.items() if narrowed}


def _with(through: Any, **row: Any) -> Any:
    return through.objects.filter(**row).values("material_id")


@dataclass(frozen=True)
class FacetValue:
    """One value a list can be narrowed to, and how many would be left."""

    key: str
    label: str
    count: int


@dataclass
class Found:
    """One page of what was found, in order. `total` is COUNTED at most, and then `has_more` is set.

    `is_estimate`: facets counted only the newest COUNTED of what the words find.
    """

    pks: list[int] = field(default_factory=list)
    total: int = 0
    has_more: bool = False
    is_estimate: bool = False
    facets: dict[str, list[FacetValue]] = field(default_factory=dict)


def find(
    member: Member,
    query: Query,
    filters: Filters,
    *,
    sort: str,
    offset: int,
    limit: int,
    facets: bool = True,
) -> Found:
    """Returns what `member` finds, in one query; `sort` is a key of ORDERS ("best" without words is the newest)."""
    statement = _Statement(connection.vendor, member, query, filters, sort)
    sql = statement.text(offset, limit, facets=facets)
    with connection.cursor() as cursor:
        cursor.execute(sql.text, sql.params)
        return _read(cursor.fetchall())


def _read(rows: list[tuple[Any, ...]]) -> Found:
    found = Found()
    places: list[tuple[int, int]] = []
    for facet, key, label, number in rows:
        if facet == "row":
            places.append((number, int(key)))
        elif facet == "total":
            found.total, found.has_more = min(number, COUNTED), number >= COUNTED
        elif facet == "pool":
            found.is_estimate = number >= COUNTED
        else:
            found.facets.setdefault(facet, []).append(FacetValue(key, label, number))
    found.pks = [pk for _place, pk in sorted(places)]
    for values in found.facets.values():
        values.sort(key=lambda value: (-value.count, value.label.casefold()))
    return found


# Facets that are values of the material itself: (name, expression over `pool`).
_OWN = (("kind", "pool.kind"), ("nature", "pool.nature"))
# Facets that are rows of other tables: (name, table, label, how `pool` leads there, their key on that way).
# CROSS JOIN tells SQLite to begin with the pool; it would walk through all tags of all materials.
_LINKED = (
    ("tag", "library_tag", "name", "CROSS JOIN library_material_tags link", "link.tag_id"),
    ("principle", "library_principle", "title", "CROSS JOIN library_material_principles link", "link.principle_id"),
    ("team", "members_team", "name", "", "pool.team_id"),
)


PLACED = "id, published_at, helped_count"  # what decides the place of a material, beside its score
_OWN_PLACED = Sql(", ".join(f"library_material.{name}" for name in PLACED.split(", ")))


class _Statement:
    """Writes the one statement: `found` is what passes all filters, `pool` what would pass without them.

    Its rows are (facet, key, label, number): those of the page ("row": number is the place), the
    total, the size of the pool, and the values of the facets.
    """

    def __init__(self, vendor: str, member: Member, query: Query, filters: Filters, sort: str) -> None:
        self.vendor, self.query = vendor, query
        self.order = ORDERS["newest" if sort == "best" and not query else sort]
        self.conditions = filters.conditions()
        self.visible = condition_of(Material.objects.listed_to(member))
        self.source = self._source()
        self.head = source_of(vendor, query, head=True) if query.wanted else None

    def text(self, offset: int, limit: int, *, facets: bool) -> Sql:
        tables = [*self.source.definitions, *(self.head.definitions if self.head else [])]
        parts = [self._page(offset, limit), Sql("SELECT 'total', '', '', count(*) FROM found")]
        if facets:
            tables.append(self._pool().within("pool AS MATERIALIZED (", ")"))
            parts += [Sql("SELECT 'pool', '', '', count(*) FROM pool"), *self._facets()]
        found = self._found(from_pool=facets and not self.conditions)
        tables.append(found.within("found AS MATERIALIZED (", ")"))
        return Sql("WITH ") + Sql(", ").join(tables) + " " + union_of(parts)

    def _source(self) -> Source:
        if self.query:
            return source_of(self.vendor, self.query)
        return listed(self.order.format("library_material."))

    def _found(self, *, from_pool: bool) -> Sql:
        """Where nothing narrows, the pool holds the newest already, which saves a second walk.

        A title that fits is ranked however old it is, so both the newest and the best places count.
        """
        conditions = [self.visible, *self.conditions.values()]
        pooled = Sql(f"SELECT {PLACED}")
        if not self.query:
            return pooled + " FROM pool" if from_pool else self.source.select(_OWN_PLACED, conditions, COUNTED)
        scored = Sql(", e.weight, ") + score_of(self.vendor, self.query) + " AS score"
        newest = (
            pooled + scored + f" FROM pool{entry_join(self.vendor, 'pool')}"
            if from_pool
            else self.source.select(_OWN_PLACED + scored, conditions, COUNTED, entry=True)
        )
        best = [self.head.select(_OWN_PLACED + scored, conditions, COUNTED, entry=True)] if self.head else []
        return Sql(" UNION ").join(one.within("SELECT * FROM (", f") AS s{n}") for n, one in enumerate([newest, *best]))

    def _pool(self) -> Sql:
        columns = Sql(
            ", library_material.kind,"
            " (SELECT nature FROM library_insight WHERE material_id = library_material.id) AS nature,"
            " CASE WHEN library_material.shown_as <> 'anonymous' THEN library_material.team_id END AS team_id"
        )
        flags = [
            condition.within(", CASE WHEN ", f" THEN 1 ELSE 0 END AS ok_{name}")
            for name, condition in self.conditions.items()
        ]
        return self.source.select(Sql("").join([_OWN_PLACED, columns, *flags]), [self.visible], COUNTED)

    def _page(self, offset: int, limit: int) -> Sql:
        place = f"row_number() OVER (ORDER BY {self.order.format('')}) AS place"
        select = f"SELECT 'row', CAST(id AS text), '', {place} FROM found"  # noqa: S608 -- names of ours
        return Sql(f"{select} ORDER BY place LIMIT %s OFFSET %s", (limit, offset))

    def _facets(self) -> Iterator[Sql]:
        for name, expression in _OWN:
            select = f"SELECT '{name}', {expression}, '', count(*) FROM pool"  # noqa: S608 -- names of ours
            where = self._others(name, f"{expression} IS NOT NULL")
            yield Sql(f"{select} WHERE {where} GROUP BY {expression}")
        for name, table, label, link, key in _LINKED:
            where = self._others(name, "link.material_id = pool.id" if link else f"{key} IS NOT NULL")
            counted = f"SELECT {key} AS id, count(*) AS n FROM pool {link} WHERE {where} GROUP BY {key}"  # noqa: S608
            select = f"SELECT '{name}', CAST(named.id AS text), named.{label}, counted.n FROM"
            order = f"ORDER BY counted.n DESC, named.{label} LIMIT {VALUES}"
            yield Sql(f"{select} ({counted}) counted JOIN {table} named ON named.id = counted.id {order}")

    def _others(self, name: str, condition: str) -> str:
        """A facet counts what passes the other filters. Tags add up, so theirs counts the chosen ones too."""
        others = [f"pool.ok_{other} = 1" for other in self.conditions if other != name or name == "tag"]
        return " AND ".join([condition, *others])


def top_of(member: Member, text: str, limit: int) -> list[Material]:
    """Returns the best matches for the search over everything, fit for rows: three queries at most."""
    query = parse(text)
    if not query:
        return []
    found = find(member, query, Filters(), sort="best", offset=0, limit=limit, facets=False)
    return in_order(found.pks)


def suggested(member: Member, text: str, limit: int = SUGGESTED) -> list[Material]:
    """Returns materials whose title or tags have words that begin like those typed, newest first."""
    typed = words.beginnings(text)
    if not typed:
        return []
    condition = beginnings_of(connection.vendor, typed)
    begins = RawSQL(condition.text, condition.params, output_field=BooleanField())  # noqa: S611
    rows = Material.objects.listed_to(member).filter(begins)
    return list(rows.only("title", "kind").order_by("-pk")[:limit])


def in_order(pks: list[int]) -> list[Material]:
    """Returns these materials for rows, in this order, in two queries, three where files are among them."""
    rows = Material.objects.with_facts().only(*FACTS).prefetch_related("tags").in_bulk(pks)
    materials = [rows[pk] for pk in pks if pk in rows]
    prefetch_related_objects([one for one in materials if one.kind == Material.Kind.FILE], files_alone())
    return materials

"""Words to SQL: how each of the two databases finds the entries that match a query.

Both give the same rows. FTS5 knows the order of words; a `tsvector` of ours does not, since PostgreSQL keeps
at most 256 places of a word and 16,383 in all: there the columns themselves are asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from library import words
from library.models import SEEN_INDEX
from library.search import Phrase, Query
from library.sql import Sql, all_of, any_of

ENTRY = "library_searchentry e ON e.material_id = library_material.id"
COLUMNS = ("title", "tags", "body", "file")
HEAD = ("title", "tags")
TITLE, TAGS, BODY, FILE = 8, 4, 2, 1  # what a word counts, by the best place where it stands


@dataclass(frozen=True)
class Source:
    """Where matches come from: what to define first, FROM, conditions, and the cheapest newest-first order."""

    table: Sql
    conditions: list[Sql]
    newest: str
    before: list[Sql] = field(default_factory=list)


def source_of(vendor: str, query: Query, *, head: bool = False) -> Source:
    """Returns the source for a query that is not empty; `e` is the search entry in all of them.

    With `head` all that is wanted stands in title and tags; the query needs something wanted.
    """
    return _postgresql(query, head=head) if vendor == "postgresql" else _sqlite(query, head=head)


def score_of(vendor: str, query: Query) -> Sql:
    """Returns how well an entry fits: the sum over the query's parts. Without parts all fit alike."""
    position = "strpos" if vendor == "postgresql" else "instr"
    scores = [_score_of(position, phrase) for phrase in query.wanted]
    return Sql(" + ").join(scores) if scores else Sql("0")


def _score_of(position: str, phrase: Phrase) -> Sql:
    """The long columns are read only where both could hold the words."""
    needle = _needle(phrase)
    return Sql(
        f"CASE WHEN {position}(e.title, %s) > 0 THEN {TITLE} WHEN {position}(e.tags, %s) > 0 THEN {TAGS}"
        f" WHEN NOT e.has_file_text OR {position}(e.body, %s) > 0 THEN {BODY} ELSE {FILE} END",
        (needle, needle, needle),
    )


def _needle(phrase: Phrase) -> str:
    return f" {' '.join(map(words.encoded, phrase))} "


def _sqlite(query: Query, *, head: bool) -> Source:
    unwanted = f"({_fts(query.exclusions, ' OR ')})" if query.exclusions else ""
    if not query.wanted:
        lacks = [_lacks_fts(unwanted)] if unwanted else []
        return Source(Sql(f"library_material JOIN {ENTRY}"), lacks, "library_material.id DESC")
    words = f"({'{title tags} : ' if head else ''}({_fts(query.wanted, ' ')}))"
    match = Sql("library_searchfts MATCH %s", (f"{words} NOT {unwanted}" if unwanted else words,))
    # CROSS JOIN: SQLite begins with the words, which come by descending id, and stops when it has enough.
    seen = f"library_material INDEXED BY {SEEN_INDEX}"
    table = f"library_searchfts CROSS JOIN {seen} ON library_material.id = library_searchfts.rowid"
    return Source(Sql(f"{table} CROSS JOIN {ENTRY}"), [match], "library_searchfts.rowid DESC")


def _fts(phrases: Iterable[Phrase], between: str) -> str:
    return between.join(f'"{_needle(phrase).strip()}"' for phrase in phrases)


def _lacks_fts(match: str) -> Sql:
    found = "SELECT rowid FROM library_searchfts WHERE library_searchfts MATCH %s"
    return Sql(f"library_material.id NOT IN ({found})", (match,))


def _postgresql(query: Query, *, head: bool) -> Source:
    wanted = [token for phrase in query.wanted for token in phrase]
    columns, vector, name = (HEAD, "head_vector", "head_words") if head else (COLUMNS, "vector", "words")
    conditions = [_has_all(wanted, vector)] if wanted else []
    conditions += [_stands(phrase, columns) for phrase in query.phrases]
    conditions += [_holds(phrase).within("NOT ", "") for phrase in query.exclusions]
    # It would walk the primary key for rare words if it saw the limit beside them: the fence hides it.
    select = Sql("SELECT e.material_id AS id FROM library_searchentry e WHERE ") + all_of(conditions)
    table = f"{name} JOIN library_material ON library_material.id = {name}.id JOIN {ENTRY}"
    return Source(Sql(table), [], "library_material.id DESC", [select.within(f"{name} AS MATERIALIZED (", ")")])


def _has_all(tokens: Iterable[str], vector: str = "vector") -> Sql:
    """Nothing parses the words: the literal is cast, not converted."""
    return Sql(f"e.{vector} @@ %s::tsquery", (" & ".join(f"'{words.encoded(token)}'" for token in tokens),))


def _holds(phrase: Phrase) -> Sql:
    return _has_all(phrase) if len(phrase) == 1 else all_of([_has_all(phrase), _stands(phrase)])


def _stands(phrase: Phrase, columns: Iterable[str] = COLUMNS) -> Sql:
    """The words follow each other in one of the columns."""
    return any_of([Sql(f"strpos(e.{column}, %s) > 0", (_needle(phrase),)) for column in columns])


def beginnings_of(vendor: str, typed: Iterable[str]) -> Sql:
    """Returns the condition on `library_material` that every typed word begins one of title or tags."""
    encoded = [words.encoded(word) for word in typed]
    if vendor == "postgresql":
        found = "SELECT material_id FROM library_searchentry WHERE beginnings_vector @@ %s::tsquery"
        return Sql(f"library_material.id IN ({found})", (" & ".join(f"'{word}':*" for word in encoded),))
    found = "SELECT rowid FROM library_searchbeginnings WHERE library_searchbeginnings MATCH %s"
    return Sql(f"library_material.id IN ({found})", (" ".join(f'"{word}"*' for word in encoded),))

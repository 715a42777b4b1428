"""Words to SQL: how each of the two databases finds the entries that match a query.

Both give the same rows. FTS5 knows the order of words; a `tsvector` of ours does not, since PostgreSQL keeps
at most 256 places of a word and 16,383 in all: there the columns themselves are asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from library import words
from library.models import SEEN_INDEX
from library.search import Phrase, Query
from library.sql import Sql, all_of, any_of

COLUMNS = ("title", "tags", "body", "file")
HEAD = ("title", "tags")
TITLE, TAGS, BODY, FILE = 8, 4, 2, 1  # what a word counts, by the best place where it stands


@dataclass(frozen=True)
class Source:
    """Where matches come from, newest first: SELECT ... FROM `rows`, conditions, `after`, LIMIT ...

    `conditions` hold the words themselves; `definitions` go before the statement. `entry` joins the search
    entry `e`, behind the rows or, on PostgreSQL, behind what stands after them.
    """

    rows: str
    after: str
    conditions: list[Sql] = field(default_factory=list)
    definitions: list[Sql] = field(default_factory=list)
    entry: tuple[str, str] = ("", "")

    def select(self, columns: Sql, conditions: Sequence[Sql], most: int, *, entry: bool = False) -> Sql:
        """Returns the newest `most` that fulfil all conditions on `library_material`; with `entry` `e` is there too."""
        before, after = self.entry if entry else ("", "")
        where = all_of([*self.conditions, *conditions])
        start = columns.within("SELECT ", f" FROM {self.rows}{before} WHERE ")
        return start + where + f"{self.after}{after} LIMIT {most}"


def listed(order: str) -> Source:
    """Returns the source of a list without words; its order is that of an index, where it can stop early."""
    return Source("library_material", f" ORDER BY {order}")


def source_of(vendor: str, query: Query, *, head: bool = False) -> Source:
    """Returns the source for a query that is not empty.

    With `head` all that is wanted stands in title and tags; the query needs something wanted.
    """
    return _postgresql(query, head=head) if vendor == "postgresql" else _sqlite(query, head=head)


def entry_join(vendor: str, table: str) -> str:
    """Returns what joins the search entry `e` of each row of a table, one by one, in the order of the rows.

    CROSS JOIN tells SQLite to begin with the table, OFFSET 0 keeps PostgreSQL from reading all entries for a few.
    """
    if vendor == "postgresql":
        entry = f"SELECT * FROM library_searchentry WHERE material_id = {table}.id OFFSET 0"  # noqa: S608 -- ours
        return f" CROSS JOIN LATERAL ({entry}) AS e"
    return f" CROSS JOIN library_searchentry e ON e.material_id = {table}.id"


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


def _without_wish(vendor: str, lacks: list[Sql]) -> Source:
    """Only exclusions: everything else is meant."""
    entry = (entry_join(vendor, "library_material"), "")
    return Source("library_material", " ORDER BY library_material.id DESC", lacks, entry=entry)


def _sqlite(query: Query, *, head: bool) -> Source:
    unwanted = f"({_fts(query.exclusions, ' OR ')})" if query.exclusions else ""
    if not query.wanted:
        return _without_wish("sqlite", [_lacks_fts(unwanted)])
    words = f"({'{title tags} : ' if head else ''}({_fts(query.wanted, ' ')}))"
    match = Sql("library_searchfts MATCH %s", (f"{words} NOT {unwanted}" if unwanted else words,))
    # CROSS JOIN: SQLite begins with the words, which come by descending id, and stops when it has enough.
    seen = f"library_material INDEXED BY {SEEN_INDEX} ON library_material.id = library_searchfts.rowid"
    rows, newest = f"library_searchfts CROSS JOIN {seen}", " ORDER BY library_searchfts.rowid DESC"
    return Source(rows, newest, [match], entry=(entry_join("sqlite", "library_material"), ""))


def _fts(phrases: Iterable[Phrase], between: str) -> str:
    return between.join(f'"{_needle(phrase).strip()}"' for phrase in phrases)


def _lacks_fts(match: str) -> Sql:
    found = "SELECT rowid FROM library_searchfts WHERE library_searchfts MATCH %s"
    return Sql(f"library_material.id NOT IN ({found})", (match,))


def _postgresql(query: Query, *, head: bool) -> Source:
    """OFFSET 0 keeps the planner from turning this round: it takes the words by descending id, and can stop."""
    lacks = [_ids_with([phrase]).within("library_material.id NOT IN (", ")") for phrase in query.exclusions]
    if not query.wanted:
        return _without_wish("postgresql", lacks)
    name = "head_words" if head else "words"
    definition = _ids_with(query.wanted, head=head).within(f"{name} AS MATERIALIZED (", ")")
    newest = f"(SELECT id FROM {name} ORDER BY id DESC) AS newest"  # noqa: S608 -- a name of ours
    rows = f"{newest} CROSS JOIN LATERAL (SELECT * FROM library_material"  # noqa: S608
    these = Sql("library_material.id = newest.id")
    entry = ("", entry_join("postgresql", "library_material"))
    return Source(rows, " OFFSET 0) AS library_material", [these, *lacks], [definition], entry)


def _ids_with(phrases: Sequence[Phrase], *, head: bool = False) -> Sql:
    """Returns the SELECT of the ids of entries that hold all phrases; nothing parses the words: the literal is cast."""
    tokens = [token for phrase in phrases for token in phrase]
    function = "library_with_words_in_head" if head else "library_with_words"
    literal = " & ".join(f"'{words.encoded(token)}'" for token in tokens)
    select = Sql(f"SELECT hit.id FROM {function}(%s::tsquery) AS hit(id)", (literal,))  # noqa: S608 -- a name of ours
    orders = [_stands(phrase, HEAD if head else COLUMNS) for phrase in phrases if len(phrase) > 1]
    if not orders:
        return select
    return select + " JOIN library_searchentry e ON e.material_id = hit.id WHERE " + all_of(orders)


def _stands(phrase: Phrase, columns: Iterable[str]) -> Sql:
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

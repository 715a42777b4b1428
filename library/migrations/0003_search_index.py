"""The indexes beside `library_searchentry`, which Django's models cannot say.

SQLite: two FTS5 tables whose content is the entries' own, kept by triggers. A later migration that
remakes the entries' table drops these triggers with it: run `make_index` again after it.
PostgreSQL: three generated columns with GIN indexes. `array_to_tsvector` takes the words as they are;
no text-search parser or dictionary is involved. The planner does not know that reading a long vector is
dear and would read all of them for a common word (40 times slower): functions of ours forbid it that, for
themselves alone, and hide how many rows are wanted, for which it would walk the primary key.
"""

from django.db import migrations

COLUMNS = "title, tags, body, file"
NEW_COLUMNS, OLD_COLUMNS = (", ".join(f"{row}.{name.strip()}" for name in COLUMNS.split(",")) for row in ("new", "old"))

FORGET = f"""
    INSERT INTO library_searchfts(library_searchfts, rowid, {COLUMNS}) VALUES ('delete', old.material_id, {OLD_COLUMNS});
    INSERT INTO library_searchbeginnings(library_searchbeginnings, rowid, beginnings)
        VALUES ('delete', old.material_id, old.beginnings);
"""
LEARN = f"""
    INSERT INTO library_searchfts(rowid, {COLUMNS}) VALUES (new.material_id, {NEW_COLUMNS});
    INSERT INTO library_searchbeginnings(rowid, beginnings) VALUES (new.material_id, new.beginnings);
"""
OPTIONS = "tokenize='ascii', content='library_searchentry', content_rowid='material_id'"

SQLITE = [
    f"CREATE VIRTUAL TABLE library_searchfts USING fts5({COLUMNS}, {OPTIONS})",
    f"CREATE VIRTUAL TABLE library_searchbeginnings USING fts5(beginnings, {OPTIONS})",
    f"CREATE TRIGGER library_searchentry_insert AFTER INSERT ON library_searchentry BEGIN {LEARN} END",
    f"CREATE TRIGGER library_searchentry_delete AFTER DELETE ON library_searchentry BEGIN {FORGET} END",
    f"CREATE TRIGGER library_searchentry_update AFTER UPDATE OF {COLUMNS}, beginnings ON library_searchentry"
    f" BEGIN {FORGET} {LEARN} END",
]
SQLITE_BACK = [
    *(f"DROP TRIGGER library_searchentry_{event}" for event in ("insert", "delete", "update")),
    "DROP TABLE library_searchfts",
    "DROP TABLE library_searchbeginnings",
]


def vector(words):
    return f"array_to_tsvector(array_remove(string_to_array({words}, ' '), ''))"


POSTGRESQL = [
    f"ALTER TABLE library_searchentry ADD COLUMN vector tsvector"
    f" GENERATED ALWAYS AS ({vector('title || tags || body || file')}) STORED",
    f"ALTER TABLE library_searchentry ADD COLUMN head_vector tsvector"
    f" GENERATED ALWAYS AS ({vector('title || tags')}) STORED",
    f"ALTER TABLE library_searchentry ADD COLUMN beginnings_vector tsvector"
    f" GENERATED ALWAYS AS ({vector('beginnings')}) STORED",
    "CREATE INDEX library_search_gin ON library_searchentry USING gin (vector)",
    "CREATE INDEX library_head_gin ON library_searchentry USING gin (head_vector)",
    "CREATE INDEX library_beginnings_gin ON library_searchentry USING gin (beginnings_vector)",
]
POSTGRESQL += [
    f"""
    CREATE FUNCTION library_{name}(wanted tsquery) RETURNS SETOF bigint
    LANGUAGE sql STABLE ROWS 1000 SET enable_seqscan = off
    AS 'SELECT material_id FROM library_searchentry WHERE {column} @@ wanted'
    """
    for name, column in (("with_words", "vector"), ("with_words_in_head", "head_vector"))
]
POSTGRESQL_BACK = [
    "DROP FUNCTION library_with_words(tsquery)",
    "DROP FUNCTION library_with_words_in_head(tsquery)",
    "ALTER TABLE library_searchentry DROP COLUMN vector",
    "ALTER TABLE library_searchentry DROP COLUMN head_vector",
    "ALTER TABLE library_searchentry DROP COLUMN beginnings_vector",
]


def run(schema_editor, sqlite, postgresql):
    for statement in sqlite if schema_editor.connection.vendor == "sqlite" else postgresql:
        schema_editor.execute(statement)


def make_index(apps, schema_editor):
    run(schema_editor, SQLITE, POSTGRESQL)


def drop_index(apps, schema_editor):
    run(schema_editor, SQLITE_BACK, POSTGRESQL_BACK)


class Migration(migrations.Migration):
    dependencies = [("library", "0002_initial")]
    operations = [migrations.RunPython(make_index, drop_index)]

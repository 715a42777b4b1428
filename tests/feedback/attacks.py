"""Attacks on anonymity: what somebody does who has one snapshot of the database, with a key or without."""

import json
import re
from itertools import pairwise
from pathlib import Path

from django.db import connection


def database_files():
    """Returns the bytes of every file in which the database keeps rows, by kind: "rows" and "log"."""
    if connection.vendor == "sqlite":
        name = connection.settings_dict["NAME"]
        return {"rows": Path(name).read_bytes(), "log": Path(f"{name}-wal").read_bytes()}
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")  # what is still in memory alone
        cursor.execute("SELECT current_setting('data_directory')")
        [folder] = cursor.fetchone()
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        [number] = cursor.fetchone()
    return {
        "rows": b"".join(path.read_bytes() for path in Path(folder, "base", str(number)).iterdir()),
        "log": b"".join(path.read_bytes() for path in Path(folder, "pg_wal").iterdir() if path.is_file()),
    }


def links_between_versions(content):
    """Searches raw bytes for `{"who": [...], "what": [...]}` and returns who said what by comparing neighbours."""
    found = set(re.findall(rb'\{"who": \[[\d, ]*\], "what": \[[^\]]*\]\}', content))
    versions = {len(version["who"]): version for version in map(json.loads, found)}
    links = {}
    for (before, one), (after, other) in pairwise(sorted(versions.items())):
        if after == before + 1:
            [member], [text] = set(other["who"]) - set(one["who"]), set(other["what"]) - set(one["what"])
            links[member] = text
    return links


def links_by_order(members, texts, truth):
    """Returns how many links are right when the first member is taken to have written the first text, and so on."""
    return sum(truth[text] == member for member, text in zip(members, texts, strict=True))


def physical_orders(table, column, condition):
    """Yields the values of `column` as the database has them: as it lies in the file, as it was written, as dumped."""
    orders = ["rowid"] if connection.vendor == "sqlite" else ["ctid", "xmin::text::bigint, ctid", "xmin::text::bigint"]
    with connection.cursor() as cursor:
        for order in orders:
            cursor.execute(f"SELECT {column} FROM {table} WHERE {condition} ORDER BY {order}")  # noqa: S608
            yield [value for (value,) in cursor.fetchall()]
        cursor.execute(f"SELECT {column} FROM {table} WHERE {condition}")  # noqa: S608
        yield [value for (value,) in cursor.fetchall()]


def all_rows():
    """Returns every row of every table, by table, as a dump has them."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = {}
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows[table] = [tuple(map(repr, row)) for row in cursor.fetchall()]
    return rows

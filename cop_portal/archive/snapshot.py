"""Reading the whole database as it was at one moment, while others go on writing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections, transaction

ALIAS = "snapshot"


@contextmanager
def snapshot() -> Iterator[str]:
    """Gives the alias of a connection that sees one moment of the default database and holds up nobody.

    SQLite's journal lets a deferred transaction read its moment; PostgreSQL calls it repeatable read.
    """
    reader = connection.copy()
    if reader.vendor == "sqlite":
        reader.settings_dict["OPTIONS"] = {**reader.settings_dict["OPTIONS"], "transaction_mode": "DEFERRED"}
    else:
        reader.settings_dict["OPTIONS"] = {**reader.settings_dict["OPTIONS"], "pool": False}
    connections[ALIAS] = reader
    connections.settings[ALIAS] = reader.settings_dict
    try:
        with transaction.atomic(using=ALIAS):
            if reader.vendor == "postgresql":
                with reader.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield ALIAS
    finally:
        reader.close()
        del connections[ALIAS]
        del connections.settings[ALIAS]

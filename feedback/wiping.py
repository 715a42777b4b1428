"""Leaves no earlier version of an open row in the database files: two neighbouring ones differ by one answer.

SQLite keeps earlier pages in its write-ahead log until a checkpoint moves them; what it deletes it overwrites
(`secure_delete`). PostgreSQL keeps dead rows, and VACUUM does not overwrite them: the little table is written anew
into a file of its own, and the old file is dropped with the same commit. Who is in the way (a backup that reads,
say) holds up neither the page nor the answer: `Poll.unwiped` counts what is still to do, and `tick` tries again.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F

from feedback.models import Ballot, Poll

logger = logging.getLogger("portal.feedback")

PATIENCE = 500  # milliseconds that a page may wait for others to get out of the way
PATIENCE_OF_TICK = 5_000


def wipe(patience: int = PATIENCE) -> bool:
    """Wipes what is due, waiting at most `patience` milliseconds; returns whether nothing is left to do."""
    due = dict(Poll.objects.filter(unwiped__gt=0).values_list("pk", "unwiped"))
    if not due:
        return True
    if connection.in_atomic_block:  # whoever began it wipes afterwards
        return False
    is_wiped = _empty_log(patience) if connection.vendor == "sqlite" else _write_anew(patience)
    if is_wiped:
        for poll, number in due.items():
            Poll.objects.filter(pk=poll).update(unwiped=F("unwiped") - number)
    return is_wiped


def wipe_leftovers(now: object) -> None:
    """What a page left to do: somebody was in the way, or its process was killed."""
    if not wipe(PATIENCE_OF_TICK):
        logger.warning("Earlier versions of open feedback are still in the database files; the next tick tries again.")


def _empty_log(patience: int) -> bool:
    """Moves all of SQLite's log into the database and cuts it to nothing; False if a reader or writer is in the way."""
    with connection.cursor() as cursor, _busy_for(patience):
        try:
            is_blocked = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except OperationalError:
            return False
    return not is_blocked


@contextmanager
def _busy_for(patience: int) -> Iterator[None]:
    usual = int(settings.DATABASES["default"]["OPTIONS"]["timeout"] * 1000)
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {patience}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")


def _write_anew(patience: int) -> bool:
    """Moves PostgreSQL's rows to a new file; False if somebody holds the table, who is not interrupted."""
    table = connection.ops.quote_name(Ballot._meta.db_table)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {patience}")
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            rows = list(Ballot.objects.order_by("pk"))
            cursor.execute(f"TRUNCATE {table}")
            Ballot.objects.bulk_create(rows)
    except OperationalError:
        return False
    return True

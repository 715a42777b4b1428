"""Whether the portal can serve, in words for machines and people; never with a secret in them."""

from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from cop_portal.outage import outages
from cop_portal.tick import DONE
from members.models import Beat

OK = "ok"
TICK_IS_LATE = timedelta(minutes=5)

_started_at = timezone.now()
_migrated = False


def readiness(now: datetime, started_at: datetime | None = None) -> dict[str, str]:
    """Returns a word or a sentence for each thing that the portal needs; "ok" where it is well.

    `started_at` is when the portal began, this process if left out: a new one has five minutes for its first tick.
    """
    report = {"database": _database(), "cache": _cache()}
    if report["database"] != OK:
        return {**report, "migrations": "unknown", "tick": "unknown"}
    return {**report, "migrations": _migrations(), "tick": _tick(now, started_at or _started_at)}


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except outages(Error):
        return "away"
    return OK


def _cache() -> str:
    try:
        cache.get("readiness")
    except Exception:  # each cache has errors of its own
        return "away"
    return OK


def _migrations() -> str:
    """Asked until all are applied, then never again in this process."""
    global _migrated  # noqa: PLW0603 -- one fact about the process
    if not _migrated:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if missing:
            return f"{missing} not applied; run manage.py migrate"
        _migrated = True
    return OK


def _tick(now: datetime, started_at: datetime) -> str:
    last = Beat.last(DONE)
    if now - (last or started_at) <= TICK_IS_LATE:
        return OK
    ago = f"last run {int((now - last).total_seconds() // 60)} minutes ago" if last else "never run"
    return f"{ago}; is manage.py worker running?"

"""Whether the portal says that it can serve, and why not."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from psycopg_pool import PoolTimeout

from cop_portal import health
from cop_portal.health import readiness
from members.models import Beat

ALL_WELL = {"database": "ok", "cache": "ok", "migrations": "ok", "tick": "ok"}


@pytest.fixture(autouse=True)
def _fresh_process(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)


def test_the_process_answers_without_the_database(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready(client, db):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", **ALL_WELL})


def test_a_new_portal_has_five_minutes_for_its_first_tick(db, now):
    assert readiness(now + timedelta(minutes=5), now) == ALL_WELL
    assert readiness(now + timedelta(minutes=5, seconds=1), now) == {
        **ALL_WELL,
        "tick": "never run; is manage.py worker running?",
    }


def test_the_last_tick_may_be_five_minutes_old(db, now):
    Beat.mark("tick", now)
    started = now - timedelta(days=1)
    assert readiness(now + timedelta(minutes=5), started) == ALL_WELL
    assert readiness(now + timedelta(minutes=12), started) == {
        **ALL_WELL,
        "tick": "last run 12 minutes ago; is manage.py worker running?",
    }


def test_not_ready(client, db, now):
    Beat.mark("tick", now - timedelta(days=400))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    assert answer.json()["tick"].startswith("last run ")


@pytest.mark.parametrize("problem", [OperationalError("password=hunter2"), PoolTimeout("host=secret")])
def test_the_database_is_away(client, db, monkeypatch, problem):
    def away():
        raise problem

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", away)
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "unavailable", "database": "away", "cache": "ok", "migrations": "unknown", "tick": "unknown"},
    )


def test_the_cache_is_away(client, db, monkeypatch):
    def away(key):
        raise ConnectionError("redis://:hunter2@cache")

    monkeypatch.setattr(type(cache._connections["default"]), "get", lambda self, key: away(key))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", **ALL_WELL, "cache": "away"})


def test_migrations_are_missing_until_they_are_applied(db, now, monkeypatch):
    from django.db.migrations.recorder import MigrationRecorder

    row = MigrationRecorder(connection).migration_qs.filter(app="members").latest("name")
    MigrationRecorder(connection).record_unapplied("members", row.name)
    assert readiness(now, now)["migrations"].endswith("not applied; run manage.py migrate")
    MigrationRecorder(connection).record_applied("members", row.name)
    assert readiness(now, now) == ALL_WELL


def test_applied_migrations_are_asked_for_once(db, now, django_assert_num_queries):
    readiness(now, now)
    with django_assert_num_queries(2):
        readiness(now, now)

"""`manage.py worker` as a process: it works, ends when asked to, survives its database, and its own death."""

import os
import signal
import sqlite3
import threading
import time
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from cop_portal import worker as worker_module
from cop_portal.worker import PortalWorker
from members import carriers
from members.models import Beat, Mail
from members.tasks import send_mail
from members.telling import write_mail
from tests.mail_server import MailServer
from tests.processes import wait_until

SENT, WAITING = Mail.State.SENT, Mail.State.WAITING


@pytest.fixture
def server():
    with MailServer() as server:
        yield server


@pytest.fixture
def worker(stage, server):
    """Call it: a running worker."""

    def running():
        return stage.running("manage.py", "worker", EMAIL_URL=f"smtp://127.0.0.1:{server.port}")

    return running


def write(*numbers):
    for number in numbers:
        now = timezone.now()
        write_mail(f"r{number}@example.org", key=f"k{number}", kind="reminder", subject="s", body="b", now=now)


def lives():
    return Beat.objects.filter(name__startswith="worker ").exists()


def tasks():
    return list(DBTaskResult.objects.values_list("status", flat=True))


def test_it_sends_ticks_and_ends_in_order(worker, server):
    with worker() as process:
        wait_until(lives)
        write(1)
        wait_until(lambda: server.recipients == ["r1@example.org"])
        wait_until(lambda: Beat.last("tick"))
        wait_until(lambda: tasks() == ["SUCCESSFUL"])
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert list(Mail.objects.values_list("state", flat=True)) == [SENT]
    assert not lives()


def test_asked_to_end_it_finishes_the_mail_in_hand_and_no_other(worker, server):
    with worker() as process:
        wait_until(lives)
        server.slowness = 3.0
        write(*range(9))
        wait_until(lambda: Mail.objects.filter(state=Mail.State.HANDING).exists())
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert sorted(Mail.objects.values_list("state", flat=True)) == [SENT] * len(server.arrived) + [WAITING] * (
        9 - len(server.arrived)
    )
    assert len(server.arrived) < 9
    assert "RUNNING" not in tasks()


def test_killed_and_started_again_it_goes_on(worker, server):
    with worker() as process:
        wait_until(lives)
        process.kill()
        process.wait(10)
    write(1)
    with worker():
        wait_until(lambda: server.recipients == ["r1@example.org"])


def test_it_waits_for_its_database_and_goes_on(worker, server):
    with worker() as process:
        wait_until(lives)
        with database_away():
            time.sleep(3)
            assert process.poll() is None
        write(1)
        wait_until(lambda: server.recipients == ["r1@example.org"])
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_after_the_database_was_away_it_takes_up_what_it_had_begun(transactional_db, monkeypatch):
    send_mail.enqueue()
    own = PortalWorker()
    DBTaskResult.objects.get().claim(own.worker_id)
    looks = []

    def look():
        looks.append(tasks())
        if len(looks) == 1:
            raise OperationalError("away")
        carriers.closing.set()

    monkeypatch.setattr(own, "_look", look)
    monkeypatch.setattr(worker_module, "_aside", lambda seconds, job: threading.Thread())
    monkeypatch.setattr(threading.Thread, "join", lambda thread, seconds: None)
    monkeypatch.setattr(worker_module, "WAIT_FOR_DATABASE", 0)
    try:
        own.work()
    finally:
        carriers.closing.clear()
    assert looks == [["RUNNING"], ["READY"]]


@contextmanager
def database_away():
    """Nobody gets in: on SQLite another process has the lock, on PostgreSQL the doors are shut and all are sent out."""
    if connection.vendor == "sqlite":
        with sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield
            other.execute("ROLLBACK")
        other.close()
        return
    import psycopg

    name, kept = connection.settings_dict["NAME"], {"host", "port", "user", "password"}
    parameters = {key: value for key, value in connection.get_connection_params().items() if key in kept}
    connection.close()
    with psycopg.connect(**parameters, dbname="postgres", autocommit=True) as server:
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        yield
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    connection.close_pool()
    os.sched_yield()

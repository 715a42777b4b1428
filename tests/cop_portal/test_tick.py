"""The periodic work: once, late, twice, at once, with a job that fails."""

import logging
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from cop_portal import tick as ticking
from cop_portal import workers
from cop_portal.tick import DONE, JOBS, LEASE, TURN, tick
from cop_portal.workers import LONGEST_UNWATCHED, SILENT, WorkersDiedError
from members.guards import Limit, SentForm
from members.models import Beat, Mail, Notification
from members.tasks import send_mail
from members.telling import Kind, Letter, notify, write_mail
from tests.mail_server import MailServer
from tests.processes import wait_until

READY, RUNNING, FAILED = TaskResultStatus.READY, TaskResultStatus.RUNNING, TaskResultStatus.FAILED


class Jobs:
    """Jobs that note that they ran."""

    def __init__(self):
        self.ran = []

    def first(self, now):
        self.ran.append(("first", now))

    def fails(self, now):
        raise DatabaseError("secret details")

    def last(self, now):
        self.ran.append(("last", now))

    def ticks_itself(self, now):
        self.ran.append(("inner", tick(now, (self.first,))))


@pytest.fixture
def jobs():
    return Jobs()


@pytest.mark.django_db
def test_every_job_runs_in_its_order_with_the_time(jobs, now):
    assert tick(now, (jobs.first, jobs.last)) == []
    assert [name for name, at in jobs.ran] == ["first", "last"]
    assert all(timedelta() <= at - now < timedelta(seconds=5) for name, at in jobs.ran)
    assert timedelta() <= Beat.last(DONE) - now < timedelta(seconds=5)


@pytest.mark.django_db
def test_a_job_that_fails_stops_no_other(jobs, now, caplog):
    assert tick(now, (jobs.fails, jobs.last)) == ["tests.cop_portal.test_tick.fails"]
    assert [name for name, at in jobs.ran] == ["last"]
    assert [record.levelno for record in caplog.records if record.name == "portal.tick"] == [logging.ERROR]
    assert Beat.last(DONE) is not None


@pytest.mark.django_db
def test_while_one_ticks_the_other_does_nothing(jobs, now):
    assert tick(now, (jobs.ticks_itself,)) == []
    assert jobs.ran == [("inner", [])]


@pytest.mark.django_db
def test_the_turn_is_free_again_at_once(jobs, now):
    later = now + timedelta(seconds=30)
    tick(now, (jobs.first,))
    tick(later, (jobs.first,))
    assert len(jobs.ran) == 2


@pytest.mark.django_db
def test_a_tick_that_was_killed_holds_the_turn_for_a_minute(jobs, now):
    Beat.take(TURN, now, now + LEASE)
    tick(now + LEASE - timedelta(seconds=1), (jobs.first,))
    assert jobs.ran == []
    tick(now + LEASE, (jobs.first,))
    assert len(jobs.ran) == 1


@pytest.mark.django_db
def test_the_command_says_what_failed(jobs, monkeypatch):
    call_command("tick")
    monkeypatch.setattr(ticking.tick, "__defaults__", ((jobs.fails,),))
    Beat.objects.all().delete()
    with pytest.raises(CommandError, match=r"^Failed: tests.cop_portal.test_tick.fails. The log says why.$"):
        call_command("tick")


def old_rows(lead, now):
    """One row of each sort that a tick deletes."""
    old = now - timedelta(days=91)
    notify(lead, kind=Kind.REMINDER, about="session:1", version=1, text="t", url="/", mail=Letter("s", "b"), now=old)
    Limit.objects.create(key="x", ends=int(old.timestamp()) + 60, count=1)
    SentForm.objects.create(member=lead, key=uuid4(), url="/", at=old)
    Beat.mark("worker gone", old)
    for status in (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED):
        send_mail.enqueue()
        DBTaskResult.objects.filter(status=READY).update(status=status, finished_at=old)


def rest():
    return [model.objects.count() for model in (Notification, Mail, Limit, SentForm, DBTaskResult)]


@pytest.mark.django_db
def test_what_is_old_goes(lead, now):
    old_rows(lead, now)
    Mail.objects.update(state=Mail.State.SENT)
    assert rest() == [1, 1, 1, 1, 2]
    assert tick(now) == []
    assert rest() == [0, 0, 0, 0, 0]
    assert sorted(Beat.objects.values_list("name", flat=True)) == [DONE, TURN]


@pytest.mark.django_db
def test_what_is_new_stays(lead, now):
    old_rows(lead, now + timedelta(days=91))
    Mail.objects.update(state=Mail.State.SENT)
    tick(now)
    assert rest() == [1, 1, 1, 1, 2]


@pytest.mark.django_db
def test_each_job_bears_to_be_run_again(lead, now):
    old_rows(lead, now)
    for job in JOBS:
        job(now)
        job(now)
        job(now + timedelta(days=1))
    assert rest() == [0, 0, 0, 0, 0]


def test_ticks_in_several_processes_have_one_effect(stage, lead):
    now = timezone.now()
    old_rows(lead, now)
    Mail.objects.update(state=Mail.State.SENT)
    for number in range(20):
        write_mail(f"r{number}@example.org", key=f"k{number}", kind="reminder", subject="s", body="b", now=now)
    DBTaskResult.objects.all().delete()
    with MailServer(slowness=0.01) as server:
        variables = {"EMAIL_URL": f"smtp://127.0.0.1:{server.port}"}
        with (
            stage.running("manage.py", "tick", **variables) as first,
            stage.running("manage.py", "tick", **variables) as second,
        ):
            assert [first.wait(30), second.wait(30)] == [0, 0]
        wait_until(lambda: Mail.objects.filter(state=Mail.State.SENT).count() == 20)
        assert sorted(server.recipients) == sorted(f"r{number}@example.org" for number in range(20))
    assert rest() == [0, 20, 0, 0, 0]


@pytest.fixture
def cut_off(db, now):
    """A task that was begun at `now` by a worker that lived a minute before."""
    send_mail.enqueue()
    row = DBTaskResult.objects.get()
    row.claim("w1")
    DBTaskResult.objects.update(started_at=now)
    Beat.mark("worker w1", now)
    return row


def status_of(row):
    row.refresh_from_db()
    return row.status


def test_a_task_whose_worker_lives_goes_on(cut_off, now):
    workers.revive_tasks(now + SILENT)
    assert status_of(cut_off) == RUNNING
    later = now + timedelta(days=1)
    workers.pulse("w1", later)
    workers.revive_tasks(later + SILENT)
    assert status_of(cut_off) == RUNNING


def test_a_task_whose_worker_fell_silent_runs_again(cut_off, now):
    workers.revive_tasks(now + SILENT + timedelta(seconds=1))
    assert (status_of(cut_off), cut_off.started_at, cut_off.worker_ids) == (READY, None, ["w1"])


def test_a_task_of_a_worker_that_notes_nothing_has_an_hour(cut_off, now):
    workers.farewell("w1")
    workers.revive_tasks(now + LONGEST_UNWATCHED)
    assert status_of(cut_off) == RUNNING
    workers.revive_tasks(now + LONGEST_UNWATCHED + timedelta(seconds=1))
    assert status_of(cut_off) == READY


def test_a_task_of_which_three_workers_died_has_failed(cut_off, now):
    DBTaskResult.objects.update(worker_ids=["w3", "w2", "w1"])
    later = now + timedelta(hours=2)
    workers.revive_tasks(later)
    assert (status_of(cut_off), cut_off.finished_at) == (FAILED, later)
    assert cut_off.task_result.errors[0].exception_class is WorkersDiedError


def test_a_worker_puts_back_its_own_tasks_only(cut_off, now):
    workers.drop_tasks_of("w2", now)
    assert status_of(cut_off) == RUNNING
    workers.drop_tasks_of("w1", now)
    assert status_of(cut_off) == READY

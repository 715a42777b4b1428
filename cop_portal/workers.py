"""Which workers live, and what becomes of the tasks of those that died.

A worker notes every few seconds that it lives. A task whose worker fell silent was cut off in the middle and
runs again from its beginning: every task must bear that. After three workers have died of it, it has failed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from members.models import Beat

PULSE_EVERY = 10  # seconds
SILENT = timedelta(seconds=45)
LONGEST_UNWATCHED = timedelta(hours=1)  # for workers that note nothing, such as the package's own command
MOST_LIVES = 3
TASKS_KEPT = timedelta(days=7)
FAILED_TASKS_KEPT = timedelta(days=30)
WORKER_BEAT = "worker "


class WorkersDiedError(Exception):
    """The error of a task in whose middle several workers stopped."""


def pulse(worker: str, now: datetime) -> None:
    """Notes that this worker lives."""
    Beat.mark(WORKER_BEAT + worker, now)


def farewell(worker: str) -> None:
    """Notes that this worker has ended in order."""
    Beat.objects.filter(pk=WORKER_BEAT + worker).delete()


def revive_tasks(now: datetime) -> None:
    """Puts the tasks of silent workers back into the queue."""
    _run_again([row for row in DBTaskResult.objects.running() if _is_cut_off(row, now)], now)


def drop_tasks_of(worker: str, now: datetime) -> None:
    """Puts back what this very worker had begun: for a worker that knows it is running nothing."""
    _run_again([row for row in DBTaskResult.objects.running() if row.worker_ids[-1:] == [worker]], now)


def forget_tasks(now: datetime) -> None:
    """Deletes finished tasks after a week, failed ones after a month."""
    DBTaskResult.objects.successful().filter(finished_at__lt=now - TASKS_KEPT).delete()
    DBTaskResult.objects.failed().filter(finished_at__lt=now - FAILED_TASKS_KEPT).delete()


def forget_workers(now: datetime) -> None:
    """Deletes what dead workers noted; their tasks have been put right long before."""
    Beat.objects.filter(name__startswith=WORKER_BEAT, at__lt=now - 2 * LONGEST_UNWATCHED).delete()


def _is_cut_off(row: DBTaskResult[..., object], now: datetime) -> bool:
    heard = Beat.last(WORKER_BEAT + row.worker_ids[-1]) if row.worker_ids else None
    if heard is not None:
        return heard < now - SILENT
    return row.started_at is None or row.started_at < now - LONGEST_UNWATCHED


def _run_again(rows: Iterable[DBTaskResult[..., object]], now: datetime) -> None:
    """Only a row that is still as it was read is changed: another process may be at the same work."""
    for row in rows:
        same = DBTaskResult.objects.running().filter(pk=row.pk, started_at=row.started_at)
        if len(row.worker_ids) < MOST_LIVES:
            same.update(status=TaskResultStatus.READY, started_at=None)
        else:
            same.update(
                status=TaskResultStatus.FAILED,
                finished_at=now,
                exception_class_path=f"{WorkersDiedError.__module__}.{WorkersDiedError.__qualname__}",
                traceback="Each of its workers stopped in the middle.",
            )

"""Imports in the background: what is long, and what was cut off."""

from datetime import datetime, timedelta

from django.tasks import task
from django_tasks_db.models import DBTaskResult

from library.import_actions import drop_import, run_import_of
from library.models import Import

REPORT_KEPT, PREVIEW_KEPT = timedelta(days=30), timedelta(days=7)


@task
def bring_along(pk: int) -> None:
    """Adds what an import brings; killed in the middle, it goes on where it stood."""
    run_import_of(pk)


def resume_imports(now: datetime) -> None:
    """Asks again for imports that nobody works at: their request was lost."""
    at_work = DBTaskResult.objects.filter(task_path=bring_along.module_path, status__in=("READY", "RUNNING"))
    if not at_work.exists():
        for pk in Import.objects.filter(state=Import.State.RUNNING).values_list("pk", flat=True):
            bring_along.enqueue(pk)


def forget_imports(now: datetime) -> None:
    """Deletes reports after a month, and what nobody said yes to after a week."""
    Import.objects.filter(state=Import.State.DONE, done_at__lt=now - REPORT_KEPT).delete()
    for left in Import.objects.filter(state=Import.State.PREVIEW, created_at__lt=now - PREVIEW_KEPT):
        drop_import(left)

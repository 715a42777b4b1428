"""What the worker does for the library."""

from datetime import datetime, timedelta

from django.tasks import task
from django_tasks_db.models import DBTaskResult

from library.models import Attachment
from library.texts import read_waiting

AFTER_OTHERS = -20
OVERDUE = timedelta(minutes=2)


@task(priority=AFTER_OTHERS)
def read_texts() -> None:
    """Reads the files that wait; asks for another round where one was not enough."""
    if read_waiting():
        ask_reader()


def ask_reader() -> None:
    """Has the worker read what waits; call it when the file is committed. One waiting request is enough."""
    if not DBTaskResult.objects.ready().filter(task_path=read_texts.module_path).exists():
        read_texts.enqueue()


def remind_reader(now: datetime) -> None:
    """Asks once more where a file waits too long: its request was lost, or the storage was away."""
    waiting = Attachment.objects.filter(text_state=Attachment.TextState.WAITING, uploaded_at__lt=now - OVERDUE)
    if waiting.exists():
        ask_reader()

"""What the worker does for the members app."""

from django.tasks import task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from members.postman import deliver

SOONER_THAN_OTHERS = 50


@task(priority=SOONER_THAN_OTHERS)
def send_mail() -> None:
    """Sends what is due; asks for another round where one was not enough."""
    if deliver(timezone.now()).unfinished:
        ask_postman()


def ask_postman() -> None:
    """Has the worker look into the ledger soon; call it when the mail is committed.

    One waiting request is enough: whoever takes it reads the ledger after our commit.
    """
    if not DBTaskResult.objects.ready().filter(task_path=send_mail.module_path).exists():
        send_mail.enqueue()

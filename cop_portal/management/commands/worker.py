import logging
from typing import Any

from django.core.management.base import BaseCommand

from cop_portal.worker import PortalWorker


class Command(BaseCommand):
    help = "Runs tasks, sends mail and ticks every minute until it is asked to end (SIGTERM, Ctrl-C)."

    def handle(self, **options: Any) -> None:
        # The package says at INFO that it starts and ends each time it finds something to do.
        logging.getLogger("django_tasks_db").setLevel(logging.WARNING)
        worker = PortalWorker()
        worker.configure_signals()
        worker.work()

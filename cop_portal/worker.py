"""The worker: runs tasks as they come, looks into the mail ledger, and ticks every minute.

It ends in order when asked to (SIGTERM, Ctrl-C), waits while the database is away, and leaves nothing behind
that the next one could not put right when it is killed.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from types import FrameType

from django.db import Error, close_old_connections, connections
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from cop_portal.outage import outages
from cop_portal.tick import tick
from cop_portal.workers import PULSE_EVERY, drop_tasks_of, farewell, pulse
from members.carriers import closing
from members.postman import deliver

logger = logging.getLogger("portal.worker")

LOOK_EVERY = 0.5  # seconds between two looks for tasks
MAIL_EVERY = 15.0  # seconds between two looks for mail that was put off
TICK_EVERY = 60.0  # seconds
WAIT_FOR_DATABASE = 2.0  # seconds
LAST_WORDS = 20.0  # seconds for a tick under way when the worker ends


class PortalWorker(Worker):
    """The package's worker, asked to work off what is there whenever there is something."""

    def __init__(self) -> None:
        super().__init__(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=LOOK_EVERY,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(16),
        )
        self.look_at_mail = time.monotonic()

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """Finishes the task under way, and no more; a second signal ends at once."""
        self.reset_signals()
        self.running = False
        closing.set()

    def work(self) -> None:
        """Returns when asked to end."""
        asides = [
            _aside(PULSE_EVERY, lambda now: pulse(self.worker_id, now)),
            _aside(TICK_EVERY, tick),
        ]
        was_away = False
        while not closing.is_set():
            try:
                close_old_connections()
                if was_away:
                    drop_tasks_of(self.worker_id, timezone.now())
                    was_away = False
                self._look()
            except outages(Error) as problem:
                was_away = True
                _report(problem)
                closing.wait(WAIT_FOR_DATABASE)
        for aside in asides:
            aside.join(LAST_WORDS)
        self._leave()

    def _look(self) -> None:
        """Works off the tasks there are; where there are none, sees whether mail is due again."""
        if DBTaskResult.objects.ready().exists():
            self.run()
        elif time.monotonic() >= self.look_at_mail:
            unfinished = deliver(timezone.now()).unfinished
            self.look_at_mail = time.monotonic() + (0 if unfinished else MAIL_EVERY)
        else:
            closing.wait(LOOK_EVERY)

    def _leave(self) -> None:
        try:
            farewell(self.worker_id)
        except outages(Error) as problem:
            _report(problem)
        connections.close_all()


def _aside(seconds: float, job: Callable[[datetime], object]) -> threading.Thread:
    """Runs `job` beside the tasks, now and then every so many seconds, on a connection of its own."""
    thread = threading.Thread(target=_every, args=(seconds, job), daemon=True)
    thread.start()
    return thread


def _every(seconds: float, job: Callable[[datetime], object]) -> None:
    while not closing.is_set():
        next_time = time.monotonic() + seconds
        try:
            job(timezone.now())
        except outages(Error) as problem:
            _report(problem)
            next_time = time.monotonic() + WAIT_FOR_DATABASE
        except Exception:
            logger.exception("Something failed beside the tasks.")
        connections.close_all()
        closing.wait(max(0.0, next_time - time.monotonic()))


def _report(problem: Exception) -> None:
    logger.warning("The worker waits for its database (%s).", type(problem).__name__)
    connections.close_all()

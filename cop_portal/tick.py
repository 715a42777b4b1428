"""The periodic work of all apps, put together: `manage.py tick` runs it, and so does the worker, every minute.

Each job takes `now`, may run any number of times, late, or in two processes at once, and has the effect of one
run. To add one, write a plainly named function in its app and name it here.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from cop_portal import workers
from cop_portal.community import freeze_health
from cop_portal.lib.clock import clock_from
from feedback.actions import close_due_polls, open_due_polls, remind_of_polls
from feedback.proposing import propose_rhythms, run_out
from feedback.wiping import wipe_leftovers
from library.aftermath import ask_what_became
from library.import_tasks import forget_imports, resume_imports
from library.link_checks import remind_checker
from library.retention import empty_bins
from library.reviews import note_due_reviews
from library.sweeping import sweep_files
from library.tasks import remind_reader
from members import digest, joining, limits, once, postman, retention
from members.models import Beat
from sessions.actions import extend_series
from sessions.invitations import send_invitations
from sessions.reminders import remind_of_sessions
from sessions.topic_life import cover_topics

logger = logging.getLogger("portal.tick")

JOBS: tuple[Callable[[datetime], object], ...] = (
    extend_series,
    cover_topics,
    remind_of_sessions,
    send_invitations,
    open_due_polls,
    remind_of_polls,
    close_due_polls,
    run_out,
    propose_rhythms,
    wipe_leftovers,
    joining.admit_waiting,
    freeze_health,
    workers.revive_tasks,
    workers.forget_tasks,
    workers.forget_workers,
    limits.forget_windows,
    once.forget_sent_forms,
    empty_bins,
    note_due_reviews,
    ask_what_became,
    sweep_files,
    remind_reader,
    resume_imports,
    forget_imports,
    remind_checker,
    retention.forget_sign_ins,
    retention.forget_notifications,
    retention.forget_mail,
    retention.forget_account_words,
    digest.send_digests,
    postman.deliver,  # the longest comes last
)
DONE = "tick"
TURN = "tick runs until"
LEASE = timedelta(minutes=1)  # a tick that was killed keeps the next one waiting no longer


def tick(now: datetime, jobs: tuple[Callable[[datetime], object], ...] = JOBS) -> list[str]:
    """Runs all jobs, one after the other; returns the names of those that failed.

    While another process is at it, there is nothing to do.
    """
    clock = clock_from(now)
    until = now + LEASE
    if not Beat.take(TURN, now, until):
        return []
    failed = []
    for job in jobs:
        failed += [] if _succeeds(job, clock()) else [_name(job)]
        until = _extend(until, clock())
    Beat.mark(DONE, clock())
    Beat.objects.filter(pk=TURN, at=until).update(at=clock())
    return failed


def _succeeds(job: Callable[[datetime], object], now: datetime) -> bool:
    """One job's failure is logged and is no other job's affair."""
    try:
        job(now)
    except Exception:
        logger.exception("The job %s failed.", _name(job))
        return False
    return True


def _extend(until: datetime, now: datetime) -> datetime:
    """Keeps our turn; if it was taken over meanwhile, two processes are at work, which no job minds."""
    longer = now + LEASE
    return longer if Beat.objects.filter(pk=TURN, at=until).update(at=longer) else until


def _name(job: Callable[[datetime], object]) -> str:
    return f"{job.__module__}.{job.__name__}"

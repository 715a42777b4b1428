"""The writes of the feedback app: opening a poll, taking an answer, closing it."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from feedback.audience import invited_to
from feedback.ballots import Answers, Content
from feedback.invitations import forget_mail, invite, remind, tell_leads
from feedback.models import OPEN_FOR, Ballot, Comment, Poll, QuestionSet, Tally
from feedback.questions import current_set
from feedback.releases import release
from feedback.sealing import UnreadableError
from feedback.wiping import wipe
from members.models import Community, Member
from sessions.models import Session

__all__ = [
    "AlreadyAnsweredError", "Answers", "PollClosedError", "UnreadableError", "ask", "close_due_polls",
    "open_due_polls", "open_poll", "poll_to_be", "remind_of_polls", "say_what_changed", "submit",
]  # fmt: skip

logger = logging.getLogger("portal.feedback")


class PollClosedError(Exception):
    """The poll takes no answers at this moment."""


class AlreadyAnsweredError(Exception):
    """This member's answer is in; it is final."""


def poll_to_be(session: Session) -> Poll:
    """Returns the poll that `session` gets at its end, not yet stored."""
    return Poll(
        session=session,
        core=current_set(QuestionSet.CORE),
        specific=current_set(session.format),
        opens_at=session.ends_at,
        closes_at=session.ends_at + OPEN_FOR,
        weeks=session.series.every_weeks if session.series else None,
        k=settings.FEEDBACK_SHOWN_FROM,
    )


@transaction.atomic
def ask(session: Session, *, now: datetime) -> Poll:
    """Opens the poll of `session` and invites everyone; who answers before the job ran opens it for all."""
    is_new = not Poll.objects.filter(session=session).exists()
    poll = open_poll(session)
    if is_new:
        invite(poll, now=now)
    return poll


@transaction.atomic
def open_poll(session: Session) -> Poll:
    """Returns the poll of a session that took place, opened as of the session's end; one, however often called."""
    new = poll_to_be(session)
    defaults = {name: getattr(new, name) for name in ("core", "specific", "opens_at", "closes_at", "weeks", "k")}
    defaults["invited"] = invited_to(session).count()
    poll, _ = Poll.objects.get_or_create(session=session, defaults=defaults)
    if poll.closed_at is None:
        Ballot.objects.get_or_create(poll=poll)
    return poll


def open_due_polls(now: datetime) -> None:
    """Opens the poll of each session that ended and was not cancelled; an archive asks nobody."""
    if _is_archive():
        return
    ended = Session.objects.filter(
        state=Session.State.PUBLISHED, ends_at__lte=now, ends_at__gt=now - OPEN_FOR, poll=None
    )
    for session in ended.select_related("series"):
        ask(session, now=now)


def remind_of_polls(now: datetime) -> None:
    """Reminds everyone invited once, two days before a poll ends."""
    for poll in () if _is_archive() else Poll.objects.to_remind(now).select_related("session"):
        with transaction.atomic():
            if Poll.objects.filter(pk=poll.pk, reminded_at=None).update(reminded_at=now):
                remind(poll, now=now)


def _is_archive() -> bool:
    return Community.current().stage == Community.Stage.CLOSED


@transaction.atomic
def submit(poll: Poll, member: Member, answers: Answers, *, now: datetime) -> None:
    """Adds one answer to the open row, which is locked, added to and written once.

    Raises PollClosedError at the closing time or later, even if no job has closed the poll yet,
    AlreadyAnsweredError for a second try, and UnreadableError when the row's key is gone.
    """
    ballot = Ballot.objects.select_for_update().filter(poll=poll).first()
    if ballot is None or not poll.is_open(now):
        raise PollClosedError
    content = ballot.content
    if member.pk in content.members:
        raise AlreadyAnsweredError
    content.add(member.pk, answers)
    ballot.content = content
    ballot.save()
    _wipe_afterwards(poll)


def _wipe_afterwards(poll: Poll) -> None:
    """The mark comes with the write, the wiping after it: a process that is killed between leaves it to `tick`."""
    Poll.objects.filter(pk=poll.pk).update(unwiped=F("unwiped") + 1)
    transaction.on_commit(wipe, robust=True)


def close_due_polls(now: datetime) -> None:
    """Closes every poll whose time is up, each once; one that cannot be read waits for its key."""
    for poll in Poll.objects.to_close(now):
        try:
            _close(poll, now=now)
        except UnreadableError:
            logger.error("A poll cannot be closed: SECRET_KEY changed, and the former one is no fallback.")


@transaction.atomic
def _close(poll: Poll, *, now: datetime) -> None:
    if not Poll.objects.select_for_update(no_key=True).filter(pk=poll.pk, closed_at=None).exists():
        return
    # A restored backup has no open rows: such a poll closes without answers.
    ballot = Ballot.objects.select_for_update().filter(poll=poll).first()
    content = ballot.content if ballot else Content()
    Tally.objects.bulk_create(_tallies(poll, content))
    Comment.objects.bulk_create(_comments(poll, content))
    Poll.objects.filter(pk=poll.pk).update(closed_at=now, answered=len(content.members))
    release(poll)
    tell_leads(poll, now=now)
    Ballot.objects.filter(poll=poll).delete()
    forget_mail(poll)
    _wipe_afterwards(poll)


def _tallies(poll: Poll, content: Content) -> Iterable[Tally]:
    for key in sorted(content.counts):
        for value in sorted(content.counts[key]):
            yield Tally(poll=poll, question=key, value=value, count=content.counts[key][value])


def _comments(poll: Poll, content: Content) -> list[Comment]:
    made = [Comment(poll=poll, question=key, text=text) for key in content.texts for text in content.texts[key]]
    return sorted(made, key=lambda comment: comment.pk)  # written in the order of their random keys


def say_what_changed(poll: Poll, words: str, *, now: datetime) -> None:
    """Keeps what the leads changed because of the answers; the next invitation carries it."""
    Poll.objects.filter(pk=poll.pk).update(what_changed=words, what_changed_at=now if words else None)

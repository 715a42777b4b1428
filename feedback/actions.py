"""The writes of the feedback app: opening a poll, taking an answer, closing it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import SystemRandom

from django.db import connection, transaction

from feedback.audience import invited_to
from feedback.invitations import forget_mail, invite, remind
from feedback.models import OPEN_FOR, Ballot, Comment, Poll, QuestionSet, Tally
from feedback.questions import current_set
from members.models import Member
from sessions.models import Session

_chance = SystemRandom()


class PollClosedError(Exception):
    """The poll takes no answers at this moment."""


class AlreadyAnsweredError(Exception):
    """This member's answer is in; it is final."""


@dataclass(frozen=True)
class Answers:
    """What one member says: chosen values and words, by question key. It is never stored as it is."""

    values: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


def poll_to_be(session: Session) -> Poll:
    """Returns the poll that `session` gets at its end, not yet stored."""
    return Poll(
        session=session,
        core=current_set(QuestionSet.CORE),
        specific=current_set(session.format),
        opens_at=session.ends_at,
        closes_at=session.ends_at + OPEN_FOR,
        weeks=session.series.every_weeks if session.series else None,
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
    defaults = {name: getattr(new, name) for name in ("core", "specific", "opens_at", "closes_at", "weeks")}
    defaults["invited"] = invited_to(session).count()
    poll, _ = Poll.objects.get_or_create(session=session, defaults=defaults)
    if poll.closed_at is None:
        Ballot.objects.get_or_create(poll=poll)
    return poll


def open_due_polls(now: datetime) -> None:
    """Opens the poll of each session that ended and was not cancelled."""
    ended = Session.objects.filter(
        state=Session.State.PUBLISHED, ends_at__lte=now, ends_at__gt=now - OPEN_FOR, poll=None
    )
    for session in ended.select_related("series"):
        ask(session, now=now)


def remind_of_polls(now: datetime) -> None:
    """Reminds everyone invited once, two days before a poll ends."""
    for poll in Poll.objects.to_remind(now).select_related("session"):
        with transaction.atomic():
            if Poll.objects.filter(pk=poll.pk, reminded_at=None).update(reminded_at=now):
                remind(poll, now=now)


@transaction.atomic
def submit(poll: Poll, member: Member, answers: Answers, *, now: datetime) -> None:
    """Adds one answer to the open row, which is locked, added to and written once.

    Raises PollClosedError at the closing time or later, even if no job has closed the poll yet,
    and AlreadyAnsweredError for a second try.
    """
    ballot = Ballot.objects.select_for_update().filter(poll=poll).first()
    if ballot is None or not poll.is_open(now):
        raise PollClosedError
    if member.pk in ballot.members:
        raise AlreadyAnsweredError
    ballot.members = sorted([*ballot.members, member.pk])
    _count(ballot.counts, answers.values)
    _mix_in(ballot.texts, answers.texts)
    ballot.save()


def _count(counts: dict[str, dict[str, int]], values: Mapping[str, str]) -> None:
    for key, value in values.items():
        of_question = counts.setdefault(key, {})
        of_question[value] = of_question.get(value, 0) + 1


def _mix_in(texts: dict[str, list[str]], new: Mapping[str, str]) -> None:
    """All texts are shuffled at each write, those of other questions too: no order tells who came last."""
    for key, text in new.items():
        texts.setdefault(key, []).append(text)
    for of_question in texts.values():
        _chance.shuffle(of_question)


def close_due_polls(now: datetime) -> None:
    """Closes every poll whose time is up, each once, and wipes what the open rows left behind."""
    closed = [poll for poll in Poll.objects.to_close(now) if _close(poll, now=now)]
    if closed:
        transaction.on_commit(wipe_old_pages)


@transaction.atomic
def _close(poll: Poll, *, now: datetime) -> bool:
    if not Poll.objects.select_for_update().filter(pk=poll.pk, closed_at=None).exists():
        return False
    # A restored backup has no open rows: such a poll closes without answers.
    ballot = Ballot.objects.select_for_update().filter(poll=poll).first() or Ballot(poll=poll)
    Tally.objects.bulk_create(_tallies(poll, ballot))
    Comment.objects.bulk_create(_comments(poll, ballot))
    Poll.objects.filter(pk=poll.pk).update(closed_at=now, answered=len(ballot.members))
    Ballot.objects.filter(poll=poll).delete()
    forget_mail(poll)
    return True


def _tallies(poll: Poll, ballot: Ballot) -> Iterable[Tally]:
    for key in sorted(ballot.counts):
        for value in sorted(ballot.counts[key]):
            yield Tally(poll=poll, question=key, value=value, count=ballot.counts[key][value])


def _comments(poll: Poll, ballot: Ballot) -> list[Comment]:
    made = [Comment(poll=poll, question=key, text=text) for key in ballot.texts for text in ballot.texts[key]]
    return sorted(made, key=lambda comment: comment.pk)  # written in the order of their random keys


def wipe_old_pages() -> None:
    """Leaves no old copy of an open row in the database files: old pages would link answers again."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute(f"VACUUM {connection.ops.quote_name(Ballot._meta.db_table)}")

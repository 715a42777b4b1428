"""What becomes of a member's part of the sessions when they go."""

from datetime import datetime

from django.db import transaction

from members.leaving import Writings
from members.models import Member
from sessions.actions import refill
from sessions.models import Attendance, Session
from sessions.topics import Topic, Vote


@transaction.atomic
def let_go(member: Member, *, writings: str, now: datetime) -> None:
    """Gives their seats to those who wait. Topics stay without a name, or go, unless others want them too."""
    coming = Session.objects.upcoming(now=now).filter(attendances__member=member)
    freed = list(coming.distinct())
    Attendance.objects.filter(member=member).delete()
    for session in freed:
        refill(session, now=now)
    Vote.objects.filter(member=member).delete()
    if writings == Writings.REMOVE:
        Topic.objects.filter(proposed_by=member, state__in=_UNDECIDED, votes=None, sessions=None).delete()


_UNDECIDED = (Topic.State.PROPOSED, Topic.State.OPEN)

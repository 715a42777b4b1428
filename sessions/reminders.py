"""Reminders: a week before a session, with what to read, and a day before."""

from datetime import datetime, timedelta

from library.models import Material
from members.models import Member
from sessions import news
from sessions.coming import Coming
from sessions.models import Attendance, Session, SessionMaterial

Answer = Attendance.Answer
WEEK, DAY = "week", "day"
WEEK_BEFORE, DAY_BEFORE = timedelta(days=7), timedelta(hours=24)
TOO_LATE_FOR_WEEK = timedelta(days=2)  # after a long pause of the server, the day before says it all


def remind_of_sessions(now: datetime) -> None:
    """Reminds whoever is going or may be; for `tick`. Each is told once for each start, so that a move tells anew."""
    near = Session.objects.filter(state=Session.State.PUBLISHED, starts_at__gt=now, starts_at__lte=now + WEEK_BEFORE)
    for session in near.order_by("starts_at", "pk"):
        left = session.starts_at - now
        if left <= DAY_BEFORE:
            news.tell_near(session, _coming(session), DAY, (), now=now)
        elif left > TOO_LATE_FOR_WEEK:
            news.tell_near(session, _coming(session), WEEK, _reading(session), now=now)


def _coming(session: Session) -> list[Member]:
    return [one.member for one in Coming.to(session).people if one.answer in {Answer.GOING, Answer.MAYBE}]


def _reading(session: Session) -> list[str]:
    """The titles of what is to be read before, as far as everybody may read it."""
    before = session.session_materials.filter(when=SessionMaterial.When.BEFORE, material__in=Material.objects.shared())
    return list(before.values_list("material__title", flat=True))

"""What sessions tell of the community's health: aggregates over a window [start, end), nothing about one member."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from members.models import Member
from sessions.agendas import AgendaItem
from sessions.models import Attendance, Session

LAST = 3  # sessions
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Voices:
    """How often each of those who led or presented did so, without names, and how many did it for the first time."""

    counts: list[int]
    first_timers: int


def held(start: datetime, end: datetime) -> list[Session]:
    """Returns the sessions that took place, oldest first."""
    took_place = Session.objects.filter(state=Session.State.PUBLISHED, ends_at__gt=start, ends_at__lte=end)
    return list(took_place.order_by("starts_at", "pk"))


def voices(start: datetime, end: datetime) -> Voices:
    """A session led and a block of an agenda led count once each."""
    now, before = Counter(_voices(held(start, end))), set(_voices(held(LONG_AGO, start)))
    return Voices(sorted(now.values(), reverse=True), sum(member not in before for member in now))


def _voices(sessions: Iterable[Session]) -> list[int]:
    keys = [session.pk for session in sessions]
    leads = Session.leads.through.objects.filter(session__in=keys).values_list("member_id", "session_id")
    blocks = AgendaItem.objects.filter(session__in=keys, lead__isnull=False).values_list("lead_id", "session_id")
    return [member for member, _session in {*leads, *blocks}]


def newcomers(start: datetime, end: datetime) -> tuple[int, int]:
    """Returns how many came for the first time in the window, and how many of them again within the next three.

    Those whose next three sessions are not over by `end` are left out.
    """
    places = {session.pk: place for place, session in enumerate(held(LONG_AGO, end))}
    came: dict[int, list[int]] = {}
    for member, session in Attendance.objects.filter(came=True).values_list("member", "session"):
        if session in places:
            came.setdefault(member, []).append(places[session])
    first_place = len(places) - len(held(start, end))
    firsts = {member: sorted(all_) for member, all_ in came.items() if first_place <= min(all_) < len(places) - LAST}
    return len(firsts), sum(len(all_) > 1 and all_[1] - all_[0] <= LAST for all_ in firsts.values())


def teams_together(start: datetime, end: datetime) -> list[list[int]]:
    """Returns for each session in the window the teams of those who came, once a person."""
    return _teams_at(held(start, end))


def teams_lately(start: datetime, end: datetime) -> list[list[int]]:
    """Returns the same for the last three sessions."""
    return _teams_at(held(start, end)[-LAST:])


def _teams_at(sessions: list[Session]) -> list[list[int]]:
    present: dict[int, list[int]] = {session.pk: [] for session in sessions}
    came = Attendance.objects.filter(session__in=present, came=True, member__team__isnull=False)
    for session, team in came.values_list("session", "member__team"):
        present[session].append(team)
    return list(present.values())


def days_to_first_answer(start: datetime, end: datetime) -> list[int]:
    """Returns for each member who joined in the window, and has said that they come, after how many days they did."""
    joined = Member.objects.filter(joined_at__gte=start, joined_at__lt=end).values_list("pk", "joined_at")
    answers = Attendance.objects.filter(member__joined_at__gte=start, member__joined_at__lt=end, answered_at__lt=end)
    first: dict[int, datetime] = {}
    yes = (Attendance.Answer.GOING, Attendance.Answer.WAITLISTED)
    for member, at in answers.filter(answer__in=yes).values_list("member", "answered_at"):
        first[member] = min(at, first.get(member, at))
    return [max(timedelta(0), first[pk] - at).days for pk, at in joined if pk in first]

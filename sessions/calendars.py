"""What calendars outside the portal read: the sessions of one member, and a version of them that tells of a change."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext as _

from members.models import Community, Member
from sessions import ical
from sessions.feeds import CalendarFeed
from sessions.formats import Format
from sessions.models import Attendance, Session, SessionQuerySet, may_take_part

Answer, State = Attendance.Answer, Session.State
ALL, MINE = "all", "mine"
PAST = timedelta(days=365)
CANCELLED_STAYS = timedelta(days=14)
KEPT_FOR = 24 * 3600  # seconds in the cache; built again, a body has the same bytes
FORM = 1  # raise it when the same sessions are written in another way


def in_calendars(member: Member, *, now: datetime) -> SessionQuerySet:
    """Returns what the feeds of `member` are made of, soonest first: a year back, never a draft.

    What was cancelled leaves 14 days after its start, a date that nobody planned when it is over.
    """
    return (
        as_entries_for(member, now=now)
        .filter(starts_at__gte=now - PAST)
        .exclude(state=State.CANCELLED, starts_at__lte=now - CANCELLED_STAYS)
        .exclude(state=State.DATED, ends_at__lte=now)
        .order_by("starts_at", "pk")
    )


def as_entries_for(member: Member, *, now: datetime) -> SessionQuerySet:
    """Returns what `member` may see but drafts, with `my_answer`, `answered_at`, `queue_number` and `i_lead`."""
    leading = Session.leads.through.objects.filter(session=OuterRef("pk"), member=member)
    return (
        Session.objects.visible_to(member, now=now)
        .exclude(state=State.DRAFT)
        .annotate(
            own=FilteredRelation("attendances", condition=Q(attendances__member=member)),
            my_answer=F("own__answer"),
            answered_at=F("own__answered_at"),
            queue_number=F("own__queue_number"),
            i_lead=Exists(leading),
        )
    )


def is_mine(answer: str | None, leads: bool) -> bool:
    """Whether a session with this answer is in the calendar of one's own."""
    return leads or answer in {Answer.GOING, Answer.WAITLISTED}


@dataclass(frozen=True)
class Feed:
    """All sessions of a member, or those of their own, as one calendar at the instant `now`."""

    member: Member
    community: Community
    which: str
    now: datetime

    @classmethod
    def at(cls, address: CalendarFeed, which: str, *, now: datetime) -> "Feed":
        """Returns the feed at an address from `CalendarFeed.objects.opened_by`."""
        known = {"stage": address.stage, "name": address.community}  # type: ignore[attr-defined]
        community = Community(**{name: value for name, value in known.items() if value is not None})
        return cls(address.member, community, which, now)

    @cached_property
    def _rows(self) -> list[tuple[Any, ...]]:
        """What can change in each session, as plain values; one query."""
        fields = ("pk", "changed_at", "sequence", "state", "my_answer", "answered_at", "i_lead")
        return list(in_calendars(self.member, now=self.now).values_list(*fields))

    @cached_property
    def _shown(self) -> list[tuple[Any, ...]]:
        return [row for row in self._rows if self.which == ALL or is_mine(row[4], row[6])]

    @cached_property
    def etag(self) -> str:
        """Returns a name for the bytes of the body, known before they are built."""
        who = (self.member.pk, self.language, self.community.name, self._may_take_part, settings.SITE_URL)
        key = repr((FORM, self.which, who, self._shown))
        return f'"{sha256(key.encode()).hexdigest()[:32]}"'

    @property
    def changed_at(self) -> datetime:
        """When the last of these sessions changed, or an answer to one of them: leaving one is a change as well."""
        moments = [moment for row in self._rows for moment in (row[1], row[5]) if moment]
        return max(moments, default=datetime.fromtimestamp(0, UTC))

    @property
    def language(self) -> str:
        return self.member.language or settings.LANGUAGE_CODE

    @property
    def _may_take_part(self) -> bool:
        return may_take_part(self.member, self.community)

    def body(self) -> bytes:
        """Returns the calendar file; the second time from the cache."""
        key = f"calendar/{self.member.pk}/{self.etag}"
        body: bytes | None = cache.get(key)
        if body is None:
            body = self._build()
            cache.set(key, body, KEPT_FOR)
        return body

    def _build(self) -> bytes:
        keys = [row[0] for row in self._shown]
        found = in_calendars(self.member, now=self.now).filter(pk__in=keys).defer("notes", "takeaways", "team_may_try")
        with translation.override(self.language):
            name = self.community.name if self.which == ALL else _("%(name)s: mine") % {"name": self.community.name}
            return ical.feed([entry_of(one, may_join=self._may_take_part) for one in found], name=name)


def entry_of(session: Session, *, may_join: bool) -> ical.Entry:
    """Returns a session from `as_entries_for` in the present language.

    Who waits for a seat is not told the way in, and keeps the time free; nobody is told the way into what is cancelled.
    """
    waits = session.my_answer == Answer.WAITLISTED  # type: ignore[attr-defined]
    status = ical.CANCELLED if session.is_cancelled else ical.TENTATIVE if waits else ical.CONFIRMED
    link = session.link if may_join and status == ical.CONFIRMED else ""
    words = _("Cancelled: %(title)s") if session.is_cancelled else "%(title)s"
    return ical.Entry(
        uid=str(session.uid),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        zone=session.zone,
        summary=words % {"title": session.shown_title},
        changed_at=_changed_at(session),
        sequence=session.sequence,
        description=_description(session, link),
        location=session.place or link,
        url=settings.SITE_URL + session.get_absolute_url(),
        category=str(Format(session.format).label),
        status=status,
    )


def _changed_at(session: Session) -> datetime:
    """A seat after waiting, or waiting again, is a change that one member sees."""
    if session.queue_number is None:  # type: ignore[attr-defined]
        return session.changed_at
    return max(session.changed_at, session.answered_at)  # type: ignore[attr-defined]


def _description(session: Session, link: str) -> str:
    parts = [
        session.cancel_reason if session.is_cancelled else "",
        _("You are on the waitlist.") if session.my_answer == Answer.WAITLISTED else "",  # type: ignore[attr-defined]
        session.summary,
        session.doing,
        _("Join: %(link)s") % {"link": link} if link else "",
        settings.SITE_URL + session.get_absolute_url(),
    ]
    return "\n\n".join(part.strip() for part in parts if part.strip())

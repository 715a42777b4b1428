"""Invitations by mail, for members whose calendar cannot subscribe.

Nobody has to remember to send one: `tick` compares what each calendar was told last with what is so now, and tells
the difference. Leaving a session is a change for the leaver alone, so a mail counts its own SEQUENCE, which is never
lower than the session's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from members.models import Community, Member
from members.telling import write_mail
from sessions import ical
from sessions.calendars import as_entries_for, entry_of
from sessions.feeds import CalendarMail, MailCalendar
from sessions.models import Attendance, Session, may_take_part
from sessions.news import moment

KIND = "calendar"


def send_invitations(now: datetime) -> None:
    """Writes the mails that bring each mail calendar up to date; for `tick`. Run again it writes nothing."""
    chosen = MailCalendar.objects.filter(member__is_active=True).exclude(member__role=Member.Role.GUEST)
    community = Community.current()
    for choice in chosen.select_related("member").order_by("pk"):
        with translation.override(choice.member.language or settings.LANGUAGE_CODE):
            bring_up_to_date(choice.member, community, now=now)


@transaction.atomic
def bring_up_to_date(member: Member, community: Community, *, now: datetime) -> None:
    """Writes what is missing in the mail calendar of `member`, in the present language."""
    MailCalendar.objects.select_for_update(no_key=True).get(member=member)
    told = {one.session_id: one for one in CalendarMail.objects.filter(member=member, session__ends_at__gt=now)}
    sessions = as_entries_for(member, now=now).filter(ends_at__gt=now).order_by("starts_at", "pk")
    for session in _concerned(sessions, told):
        change = _Change(session, told.get(session.pk), _comes(session))
        if change.is_news:
            _tell(change, member, community, now=now)


def _concerned(sessions: Iterable[Session], told: dict[int, CalendarMail]) -> list[Session]:
    return [session for session in sessions if session.pk in told or _comes(session)]


def _comes(session: Session) -> bool:
    answer, leads = session.my_answer, session.i_lead  # type: ignore[attr-defined]
    return not session.is_cancelled and (answer == Attendance.Answer.GOING or (leads and answer is None))


@dataclass(frozen=True)
class _Change:
    """What a calendar was told of a session, and what is so."""

    session: Session
    told: CalendarMail | None
    comes: bool

    @property
    def is_news(self) -> bool:
        """Another time, place or state, an invitation that is new, or one that is no longer so."""
        if self.told is None or not self.told.is_invited:
            return self.comes
        return not self.comes or self.told.session_sequence != self.session.sequence

    @property
    def sequence(self) -> int:
        return max(self.session.sequence, self.told.sequence + 1) if self.told else self.session.sequence

    @property
    def method(self) -> str:
        return ical.REQUEST if self.comes else ical.CANCEL


def _tell(change: _Change, member: Member, community: Community, *, now: datetime) -> None:
    session, sequence = change.session, change.sequence
    CalendarMail.objects.update_or_create(
        session=session,
        member=member,
        defaults={"sequence": sequence, "session_sequence": session.sequence, "is_invited": change.comes},
    )
    words = _("Invitation: %(title)s, %(when)s") if change.comes else _("Cancelled: %(title)s, %(when)s")
    details = {"title": session.shown_title, "when": moment(member, session.starts_at)}
    write_mail(
        member.email,
        key=f"{KIND}/{session.pk}/{member.pk}/{sequence}",
        kind=KIND,
        subject=words % details,
        body=f"{_words_of(change)}\n\n{settings.SITE_URL}{session.get_absolute_url()}",
        calendar=_calendar(change, member, community, now=now),
        member=member,
        now=now,
    )


def _words_of(change: _Change) -> str:
    if change.comes:
        return _("This puts the session into your calendar. You get these mails because you chose so in the portal.")
    return change.session.cancel_reason or _("This takes the session out of your calendar.")


def _calendar(change: _Change, member: Member, community: Community, *, now: datetime) -> str:
    entry = entry_of(change.session, may_join=may_take_part(member, community))
    status = ical.CONFIRMED if change.comes else ical.CANCELLED
    entry = ical.revised(entry, sequence=change.sequence, status=status, changed_at=now)
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organizer = ical.Party(community.name or name, address)
    body = ical.invitation(
        entry, method=change.method, organizer=organizer, attendee=ical.Party(member.name, member.email)
    )
    return body.decode()

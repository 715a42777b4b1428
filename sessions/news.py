"""What members are told about sessions; the one place where this app calls `notify_many`."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.letters import address_of
from members.models import Member
from members.telling import Kind, Letter, notify_many
from sessions.models import Session
from sessions.series import Series


def tell_promoted(session: Session, member: Member, number: int, *, now: datetime) -> None:
    """A seat is theirs. `number`, their place in the queue, tells one such turn from the next."""
    headline = _("You have a seat in “%(title)s” on %(when)s.")
    body = _("A seat became free and it is yours. If you cannot come after all, please pass it on with one click.")
    _tell(session, [member], Kind.PROMOTED, f"seat-{number}", headline=headline, body=body, now=now)


def tell_offered(session: Session, member: Member, number: int, *, now: datetime) -> None:
    """Shortly before a session a free seat is offered, not given: they may have made other plans."""
    headline = _("A seat became free in “%(title)s” on %(when)s. Would you still like it?")
    body = _("It is kept for you. Take it with one click, or pass it on with “Can’t”.")
    url = reverse("sessions:rsvp", args=[session])
    _tell(session, [member], Kind.PROMOTED, f"offer-{number}", headline=headline, body=body, url=url, now=now)


def tell_near(session: Session, members: Iterable[Member], mark: str, reading: Sequence[str], *, now: datetime) -> None:
    """It comes soon: `mark` says which of the two reminders this is, each once for each start; `reading` are titles."""
    headlines = {"week": _("Coming up: “%(title)s” on %(when)s."), "day": _("Very soon: “%(title)s” on %(when)s.")}

    def body(_member: Member) -> str:
        read = [str(_("To read before:")), *(f"- {title}" for title in reading), ""] if reading else []
        return "\n".join([*read, str(_("Has your answer changed? One click tells the others."))])

    _tell(
        session,
        members,
        Kind.REMINDER,
        f"{mark}-{session.starts_at.astimezone(UTC):%Y-%m-%dT%H:%MZ}",
        headline=headlines[mark],
        body=body,
        url=reverse("sessions:rsvp", args=[session]),
        now=now,
    )


def tell_announced(session: Session, members: Iterable[Member], *, now: datetime) -> None:
    """It is planned, and open to all of these."""
    headline = _("New session: “%(title)s” on %(when)s.")
    _tell(
        session,
        members,
        Kind.SESSION_ANNOUNCED,
        "announced",
        headline=headline,
        body=session.summary or session.doing,
        now=now,
    )


def tell_cancelled(session: Session, members: Iterable[Member], *, now: datetime) -> None:
    """It does not take place, and why."""
    headline = _("Cancelled: “%(title)s” on %(when)s.")
    _tell(
        session,
        members,
        Kind.SESSION_CANCELLED,
        session.sequence,
        headline=headline,
        body=session.cancel_reason,
        now=now,
    )


def tell_restored(session: Session, members: Iterable[Member], *, now: datetime) -> None:
    """It takes place after all."""
    headline = _("It takes place after all: “%(title)s” on %(when)s.")
    _tell(session, members, Kind.SESSION_CHANGED, session.sequence, headline=headline, body=STILL_STANDS, now=now)


def tell_moved(session: Session, members: Iterable[Member], *, now: datetime) -> None:
    """Another time or another place."""
    headline = _("“%(title)s” has moved: %(when)s %(place)s")
    _tell(session, members, Kind.SESSION_CHANGED, session.sequence, headline=headline, body=STILL_STANDS, now=now)


def tell_offers_to_lead(session: Session, member: Member, planners: Iterable[Member], *, now: datetime) -> None:
    """Somebody would like to lead it."""
    _say(session, planners, f"offers-{member.pk}", _("%(name)s would like to lead “%(title)s”."), member, now=now)


def tell_asked_to_lead(session: Session, member: Member, by: Member, *, now: datetime) -> None:
    """Somebody is asked whether they would lead it."""
    _say(
        session, [member], f"asked-{now.timestamp():.0f}", _("%(name)s asks: would you lead “%(title)s”?"), by, now=now
    )


def tell_leads_now(session: Session, member: Member, told: Iterable[Member], *, now: datetime) -> None:
    """It has a lead now."""
    _say(session, told, f"leads-{member.pk}", _("%(name)s leads “%(title)s”."), member, now=now)


def tell_declined_lead(session: Session, member: Member, told: Iterable[Member], *, now: datetime) -> None:
    """Whoever was asked cannot lead it."""
    _say(session, told, f"declined-{member.pk}", _("%(name)s cannot lead “%(title)s” this time."), member, now=now)


def _say(
    session: Session, told: Iterable[Member], version: str, words: str | Promise, name: Member, *, now: datetime
) -> None:
    """A line under the bell: it is a matter between a few."""
    notify_many(
        told,
        kind=Kind.REPLY,
        about=f"session:{session.pk}",
        version=version,
        text=lambda _member: str(words) % {"name": name.name, "title": session.shown_title},
        url=session.get_absolute_url(),
        now=now,
    )


def guest_letter(session: Session, guest: Member, by: Member) -> Letter:
    """Returns the invitation of a guest: what it is, when, and how one gets in without a password."""
    details = {"title": session.shown_title, "when": moment(guest, session.starts_at), "by": by.name}
    subject = str(_("You are invited: “%(title)s” on %(when)s")) % details
    body = str(
        _(
            "%(by)s invites you to “%(title)s” on %(when)s. On its page you find what to read before, and say "
            "whether you come. Sign in with this e-mail address: we send you a code, no password is needed."
        )
    )
    return Letter(subject, f"{body % details}\n\n{address_of(session.get_absolute_url())}\n")


class RhythmNews:
    """Gathers what a change of a series does to sessions, so that each member gets one piece of news of it all."""

    def __init__(self, series: Series, now: datetime) -> None:
        self.series, self.now = series, now
        self.members: dict[int, Member] = {}
        self.lines: dict[int, list[tuple[datetime, str | Promise, Session, datetime]]] = {}

    def cancelled(self, session: Session, members: Iterable[Member]) -> None:
        self._note(session, members, _("“%(title)s” on %(was)s does not take place."), session.starts_at)

    def moved(self, session: Session, was: datetime, members: Iterable[Member]) -> None:
        words = _("“%(title)s”: %(when)s, so far %(was)s.")
        if was == session.starts_at:
            words = _("“%(title)s” on %(when)s: %(minutes)s minutes, %(place)s")
        self._note(session, members, words, was)

    def back(self, session: Session, members: Iterable[Member]) -> None:
        self._note(session, members, _("“%(title)s” on %(when)s takes place after all."), session.starts_at)

    def _note(self, session: Session, members: Iterable[Member], words: str | Promise, was: datetime) -> None:
        for member in members:
            self.members[member.pk] = member
            self.lines.setdefault(member.pk, []).append((session.starts_at, words, session, was))

    def send(self) -> None:
        """Tells each of them once."""
        notify_many(
            self.members.values(),
            kind=Kind.SESSION_CHANGED,
            about=f"series:{self.series.pk}",
            version=self.now.isoformat(),
            text=lambda member: str(_("%(series)s: our dates have changed.")) % {"series": self.series},
            mail=self._letter,
            url=self.series.get_absolute_url(),
            now=self.now,
        )

    def _letter(self, member: Member) -> Letter:
        lines = [self._line(member, *line[1:]) for line in sorted(self.lines[member.pk], key=lambda line: line[0])]
        rule = str(_("From now on: %(rule)s.")) % {"rule": self.series.in_words}
        subject = str(_("%(series)s: our dates have changed.")) % {"series": self.series}
        return Letter(subject, "\n".join([rule, "", *lines, "", str(STILL_STANDS)]))

    def _line(self, member: Member, words: str | Promise, session: Session, was: datetime) -> str:
        details = {"title": session.shown_title, "minutes": session.minutes, "place": session.place}
        return str(words) % {**details, "when": moment(member, session.starts_at), "was": moment(member, was)}


def moment(member: Member, at: datetime) -> str:
    """Returns the instant on the member's own clock, in words."""
    return f"{date_format(at.astimezone(ZoneInfo(member.time_zone)), str(_('l j F, H:i')))} ({member.city})"


STILL_STANDS = _("Your answer still stands. Please look whether it still fits.")


def _tell(
    session: Session,
    members: Iterable[Member],
    kind: Kind,
    version: str | int,
    *,
    headline: str | Promise,
    body: str | Promise | Callable[[Member], str],
    url: str = "",
    now: datetime,
) -> None:
    """Guests and members alike; each reads the time of their own clock. `url` is the session's page by default."""

    def text(member: Member) -> str:
        when = moment(member, session.starts_at)
        return str(headline) % {"title": session.shown_title, "when": when, "place": session.place}

    notify_many(
        members,
        kind=kind,
        about=f"session:{session.pk}",
        version=version,
        text=text,
        mail=lambda member: Letter(text(member), body(member) if callable(body) else str(body)),
        url=url or session.get_absolute_url(),
        now=now,
    )

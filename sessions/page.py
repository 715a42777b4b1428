"""What the page of one session shows to one reader."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from library.models import Material, Principle
from members.models import Community, Member
from sessions.coming import Coming, Person
from sessions.formats import Format
from sessions.models import AgendaItem, Attendance, Session, SessionMaterial, may_come
from sessions.notes import NOTES, may_read_notes
from sessions.recurrence import gap_at
from sessions.rows import Given, given_in
from sessions.texts import shown_texts
from sessions.times import When, block_times, when

Answer = Attendance.Answer
When_ = SessionMaterial.When
FACES = 8
LATELY = timedelta(days=1)
JOIN_FROM = timedelta(minutes=15)  # so long before the start the way in is what people look for


@dataclass(frozen=True)
class Block:
    """One block of the agenda with its time of day."""

    time: str
    item: AgendaItem


@dataclass(frozen=True)
class Faces:
    """Who is coming: the first few with their teams, then the names of the rest."""

    leads: list[Person]
    first: list[Person]
    rest: list[Person]
    maybe: list[Person]
    waiting: int
    wishes: list[tuple[str, str]] = field(default_factory=list)  # what people would like, and who; for the leads

    @classmethod
    def of(cls, coming: Coming, *, has_ended: bool = False, may_run: bool = False) -> "Faces":
        """Who was there is for oneself and those who run the session; all others see who had said yes."""
        if has_ended and may_run and coming.came:
            there = [one for one in coming.came if not one.leads]
            return cls([one for one in coming.came if one.leads], there[:FACES], there[FACES:], [], 0)
        maybe = [] if has_ended else [one for one in coming.maybe if not one.leads]
        wishes = _wishes(coming) if may_run and not has_ended else []
        return cls(coming.leads, coming.going[:FACES], coming.going[FACES:], maybe, len(coming.waiting), wishes)

    @property
    def total(self) -> int:
        return len(self.leads) + len(self.first) + len(self.rest)


def _wishes(coming: Coming) -> list[tuple[str, str]]:
    """Each wish with the names of those who may come and have it."""
    there = [one for one in (*coming.going, *coming.maybe, *coming.waiting) if one.wish]
    found = {wish: ", ".join(one.member.name for one in there if one.wish == wish) for wish in Attendance.Wish}
    return [(str(wish.label), names) for wish, names in found.items() if names]


@dataclass(frozen=True)
class SessionPage:
    """One session, all ready for the template."""

    session: Session
    when: When
    format: Format
    blocks: list[Block]
    overrun: int
    materials: dict[str, list[Material]]
    principles: list[Principle]
    coming: Coming
    me: Person
    may_come: bool
    may_run: bool
    has_ended: bool
    ended_lately: bool
    starts_soon: bool
    given: Given | None
    faces: Faces
    text: dict[str, SafeString]

    @property
    def shows_link(self) -> bool:
        """The way in is for those who may come in: not while somebody waits for a seat, not afterwards."""
        is_on = not (self.has_ended or self.session.is_cancelled)
        is_theirs = self.may_come or self.me.leads or self.may_run
        return bool(self.session.link and is_on and is_theirs) and self.me.answer != Answer.WAITLISTED

    @property
    def shows_notes(self) -> bool:
        """Notes that are limited are for the members who were there, never for guests: takeaways and all."""
        return may_read_notes(self.session, self.me.member, came=bool(self.me.came), leads=self.me.leads)

    @property
    def has_notes(self) -> bool:
        """Whether the session left anything in words."""
        return any(getattr(self.session, name) for name in NOTES)

    @property
    def offers_to_lead(self) -> bool:
        """Whether the reader may say that they would like to lead."""
        is_on = not (self.has_ended or self.session.is_cancelled or self.me.leads)
        return is_on and self.me.member.is_member and self.may_come and self.session.pk is not None

    @property
    def lead_word(self) -> bool | None:
        """None where the reader said nothing about leading, True where they are asked, False where they offered."""
        return getattr(self.session, "asked_to_lead", None)

    @property
    def writes_notes(self) -> bool:
        """Whether the reader is offered to write them."""
        writes = self.may_run or self.session.note_taker_id == self.me.member.pk
        return self.me.member.is_member and writes and self.shows_notes and not self.session.is_draft

    @property
    def gap_note(self) -> str:
        """Where the clocks are set forward over the usual time, the date says so."""
        series, day = self.session.series, self.session.series_day
        if not series or not day or self.session.is_exception or not gap_at(day, series.local_time, series.zone):
            return ""
        return _("The clocks go forward: %(time)s does not exist on that day, so we start later.") % {
            "time": f"{series.local_time:%H:%M}"
        }

    @property
    def asks_feedback(self) -> bool:
        """There is a form, or there will be one as soon as the job has run; nobody is asked about a date or a draft."""
        took_place = self.has_ended and self.session.state == Session.State.PUBLISHED
        return took_place and self.may_come and (self.poll is not None or self.ended_lately)

    @property
    def poll_is_over(self) -> bool:
        return self.poll is not None and self.poll.closed_at is not None

    @property
    def poll(self) -> Any:
        """The feedback form of the session, if there is one (the app above gives it)."""
        return getattr(self.session, "poll", None)


def session_page(
    session: Session, member: Member, *, community: Community, zone: ZoneInfo, now: datetime
) -> SessionPage:
    """Returns the page of `session`, which `member` may see; four queries."""
    coming = Coming.to(session)
    me = coming.of(member)
    has_ended = session.has_ended(now)
    comes = may_come(member, session, community)
    runs = member.may_facilitate or (member.is_member and me.leads)
    items = list(session.agenda.select_related("lead"))
    return SessionPage(
        session=session,
        when=when(session, zone=zone, now=now),
        format=Format(session.format),
        blocks=_blocks(session, items, zone),
        overrun=max(0, sum(item.minutes for item in items) - session.minutes),
        materials=_materials(session, member),
        principles=list(session.principles.all()),
        coming=coming,
        me=me,
        may_come=comes,
        may_run=runs,
        has_ended=has_ended,
        ended_lately=session.ends_at <= now < session.ends_at + LATELY,
        starts_soon=session.starts_at - JOIN_FROM <= now < session.ends_at,
        given=given_in(coming, member) if comes and session.takes_answers(now) else None,
        faces=Faces.of(coming, has_ended=has_ended, may_run=runs),
        text=shown_texts(session),
    )


def _blocks(session: Session, items: list[AgendaItem], zone: ZoneInfo) -> list[Block]:
    times = block_times(session, [item.minutes for item in items], zone=zone)
    return [Block(time, item) for time, item in zip(times, items, strict=True)]


def _materials(session: Session, member: Member) -> dict[str, list[Material]]:
    """The materials by when they are for; a guest gets what is to be read before."""
    readable = Material.objects.visible_to(member) if member.is_member else Material.objects.shared()
    mine = Q() if member.is_member else Q(when=When_.BEFORE)
    # Asked of each of these few: a list of all that one may read would be made anew for every page.
    may = Exists(readable.filter(pk=OuterRef("material")))
    rows = session.session_materials.filter(mine, may).select_related("material__link", "material__insight")
    return _grouped(rows)


def _grouped(rows: Iterable[SessionMaterial]) -> dict[str, list[Material]]:
    found: dict[str, list[Material]] = {when.value: [] for when in When_}
    for row in rows:
        found[row.when].append(row.material)
    return found

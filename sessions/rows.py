"""Sessions as rows of a list, with every word ready for the template."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import Member
from sessions.coming import Coming
from sessions.formats import Format
from sessions.models import Attendance, Session
from sessions.recurrence import occurrences
from sessions.series import ClosedDay, Series
from sessions.times import When, month_word, weekday_word, when

Answer = Attendance.Answer


@dataclass(frozen=True)
class Choice:
    """One button of an answer."""

    value: str
    label: str
    is_given: bool


@dataclass(frozen=True)
class Given:
    """What a reader said to one session, and what they can say: the part of a row that changes by a click."""

    session: Session
    seats: str
    choices: list[Choice]
    note: str = ""
    error: str = ""

    answer: str = ""
    is_offered: bool = False  # they wait, and a seat is kept for them

    @property
    def url(self) -> str:
        return reverse("sessions:rsvp", args=[self.session])

    @property
    def wishes(self) -> list[tuple[str, str]]:
        return [(wish.value, str(wish.label)) for wish in Attendance.Wish]

    @property
    def asks_wish(self) -> bool:
        """Whoever comes may say how; whoever is offered a seat says first whether they take it."""
        return self.answer not in {"", Answer.NO, Answer.INVITED} and not self.is_offered

    @property
    def given_value(self) -> str:
        """What the form sends when only the wish is changed."""
        return Answer.GOING if self.answer == Answer.WAITLISTED else self.answer if self.asks_wish else ""

    @property
    def key(self) -> str:
        """The id of the element."""
        return f"answer-{self.session.pk}"


@dataclass(frozen=True)
class Row:
    """One session in a list."""

    session: Session
    day: date
    url: str
    when: When
    format: Format
    led_by: str
    given: Given | None
    came: bool = False

    @property
    def is_open(self) -> bool:
        """A date that nobody has planned yet."""
        return self.session.state == Session.State.DATED


@dataclass(frozen=True)
class Gap:
    """A date on which a series does not meet, and why."""

    day: date
    weekday: str
    month: str
    reason: str

    @property
    def number(self) -> int:
        return self.day.day


def row_of(session: Session, *, zone: ZoneInfo, now: datetime, may_answer: bool = False) -> Row:
    """Returns the row of a session from `for_rows().with_answer_of(reader)`."""
    given = None
    if may_answer and session.takes_answers(now):
        given = given_of(session, session.my_answer, session.going_count)  # type: ignore[attr-defined]
    return Row(
        session,
        session.starts_at.astimezone(zone).date(),
        session.get_absolute_url(),
        when(session, zone=zone, now=now),
        Format(session.format),
        led_by(session.leads.all()),
        given,
        bool(session.my_came),  # type: ignore[attr-defined]
    )


def given_of(
    session: Session, answer: str | None, going: int, *, note: str = "", error: str = "", is_offered: bool = False
) -> Given:
    """Returns the buttons for somebody who gave `answer`, where `going` seats are taken."""
    is_full = session.capacity is not None and going >= session.capacity
    comes = answer in {Answer.GOING, Answer.WAITLISTED} and not is_offered
    choices = [
        Choice(Answer.GOING, _first_word(answer, is_full=is_full, is_offered=is_offered), comes),
        Choice(Answer.MAYBE, _("Maybe"), answer == Answer.MAYBE),
        Choice(Answer.NO, _("Can’t"), answer == Answer.NO),
    ]
    return Given(session, seats(going, session.capacity), choices, note, error, answer or "", is_offered)


def _first_word(answer: str | None, *, is_full: bool, is_offered: bool) -> str:
    """Returns what the button that says yes is called."""
    if is_offered:
        return _("Take the seat")
    if answer == Answer.WAITLISTED:
        return _("Waiting")
    return _("Waitlist") if is_full and answer != Answer.GOING else _("Going")


def given_in(coming: Coming, member: Member, *, error: str = "") -> Given:
    """Returns the same, with what there is to say about waiting."""
    person = coming.of(member)
    is_offered = person.answer == Answer.WAITLISTED and coming.has_seat_for(person)
    note, going = waiting_words(coming, member), len(coming.going)
    return given_of(coming.session, person.answer, going, note=note, error=error, is_offered=is_offered)


def waiting_words(coming: Coming, member: Member) -> str:
    """Returns where in the queue `member` stands, or that a seat is kept for them; "" if they do not wait."""
    person = coming.of(member)
    if person.answer != Answer.WAITLISTED:
        return ""
    if coming.has_seat_for(person):
        return _("A seat is free and kept for you. Would you like it?")
    place = coming.waiting.index(person) + 1
    if place == 1:
        return _("You are next on the waitlist. We tell you as soon as a seat is free.")
    return _("You are number %(place)d on the waitlist. We tell you as soon as a seat is free.") % {"place": place}


def answer_words(coming: Coming, member: Member) -> str:
    """Returns what came of an answer, to be said aloud."""
    answer = coming.of(member).answer
    if answer == Answer.WAITLISTED:
        return waiting_words(coming, member)
    if answer == Answer.GOING:
        return _("You are going.")
    return _("Noted: maybe.") if answer == Answer.MAYBE else _("Noted: you can’t come this time.")


def seats(going: int, capacity: int | None) -> str:
    """Returns `14 of 20 seats`, or how many are going where seats are not counted."""
    if capacity is None:
        return ngettext("%(n)d going", "%(n)d going", going) % {"n": going} if going else ""
    words = ngettext("%(n)d of %(all)d seat", "%(n)d of %(all)d seats", capacity)
    return words % {"n": going, "all": capacity}


def led_by(leads: Iterable[Member]) -> str:
    """Returns `led by Ines Carvalho and Aiko Mori`, "" for nobody."""
    names = [lead.name for lead in leads]
    return _("led by %(names)s") % {"names": get_text_list(names, _("and"))} if names else ""


def gaps(series: Iterable[Series], start: date, end: date, *, today: date) -> list[Gap]:
    """Returns the dates between both on which one of `series` would meet but for a closed day; one query."""
    closed = ClosedDay.objects.within(start, end).as_ranges()
    found = {
        (date.day, date.skipped)
        for one in series
        for date in occurrences(one.rule, start=start, end=min(end, one.ended_on or end), closed=closed)
        if date.skipped
    }
    return [Gap(day, weekday_word(day), month_word(day, now=today), reason) for day, reason in sorted(found)]

"""Who is coming to one session: its leads, who said what, who waits for a seat; all in one query."""

from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q

from members.models import Member
from sessions.models import Attendance, Session

Answer = Attendance.Answer
# What is shown of a person here, and what telling them something needs.
FIELDS = ("name", "role", "is_active", "email", "language", "time_zone", "photo_key", "team__name")


@dataclass
class Person:
    """A member in the light of one session; `answer` is None for a lead who has not answered."""

    member: Member
    leads: bool
    answer: str | None = None
    queue_number: int | None = None
    wish: str = ""
    came: bool | None = None
    attendance: int | None = None  # the primary key of the row, if there is one

    @property
    def wish_words(self) -> str:
        return str(Attendance.Wish(self.wish).label) if self.wish else ""


@dataclass
class Coming:
    """The people of one session by name, guests included; whoever left the community is not counted."""

    session: Session
    people: list[Person] = field(default_factory=list)

    @classmethod
    def to(cls, session: Session) -> "Coming":
        """Reads the people of `session`."""
        return cls(session, [_person(row) for row in _rows(session.pk)])

    def of(self, member: Member) -> Person:
        """Returns `member` in the light of the session, also where they are no part of it."""
        return next((one for one in self.people if one.member.pk == member.pk), Person(member, leads=False))

    @property
    def leads(self) -> list[Person]:
        return [one for one in self.people if one.leads]

    @property
    def going(self) -> list[Person]:
        """Those who take a seat: leads take none."""
        return [one for one in self.people if one.answer == Answer.GOING and not one.leads]

    @property
    def maybe(self) -> list[Person]:
        return [one for one in self.people if one.answer == Answer.MAYBE]

    @property
    def waiting(self) -> list[Person]:
        """In order of arrival."""
        waiting = [one for one in self.people if one.answer == Answer.WAITLISTED]
        return sorted(waiting, key=lambda one: one.queue_number or 0)

    @property
    def came(self) -> list[Person]:
        return [one for one in self.people if one.came]

    @property
    def free(self) -> int | None:
        """How many seats are left, never below zero; None where seats are not counted."""
        seats = self.session.capacity
        return None if seats is None else max(0, seats - len(self.going))

    @property
    def next_number(self) -> int:
        """The end of the queue."""
        return 1 + max((one.queue_number or 0 for one in self.people), default=0)

    def has_seat_for(self, person: Person) -> bool:
        """Whether `person`, who asks now, can go: nobody overtakes those who wait longer."""
        if self.free is None or person.leads or person.answer == Answer.GOING:
            return True
        ahead = self.waiting
        return self.free > (ahead.index(person) if person in ahead else len(ahead))

    def set(self, person: Person) -> None:
        """Takes note of someone who answered for the first time."""
        if person not in self.people:
            self.people.append(person)
            self.people.sort(key=lambda one: (one.member.name, one.member.pk))


def _rows(session: int) -> models.QuerySet[Any, Any]:
    answered = Attendance.objects.filter(session=session).values("member")
    leading = Session.leads.through.objects.filter(session=session).values("member")
    return (
        Member.objects.filter(pk__in=answered.union(leading), is_active=True)
        .annotate(
            own=FilteredRelation("attendances", condition=Q(attendances__session=session)),
            attendance=F("own__pk"),
            answer=F("own__answer"),
            queue_number=F("own__queue_number"),
            wish=F("own__wish"),
            came=F("own__came"),
            leads_it=Exists(leading.filter(member=OuterRef("pk"))),
        )
        .select_related("team")
        .only(*FIELDS)
        .order_by("name", "pk")
    )


def _person(row: Any) -> Person:
    return Person(row, row.leads_it, row.answer, row.queue_number, row.wish or "", row.came, row.attendance)

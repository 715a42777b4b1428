"""The writes about coming: answers, seats and the waitlist, the standing yes, and who came."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, Subquery, When

from members.models import Community, Member
from sessions import news
from sessions.coming import Coming, Person
from sessions.models import Attendance, Session, may_come, may_take_part
from sessions.series import Series, StandingYes

Answer = Attendance.Answer

OFFERED_ONLY = timedelta(hours=12)  # so shortly before a session nobody is moved up without being asked
GIVEN = {Answer.GOING, Answer.MAYBE, Answer.NO}  # what a member can say; waiting is what comes of it


class NotOpenError(Exception):
    """The session takes no answers: it is over, cancelled or a draft."""


class NotForYouError(Exception):
    """The session is not meant for this member."""


@transaction.atomic
def answer(session: Session, member: Member, wanted: str, *, now: datetime, wish: str | None = None) -> Coming:
    """Notes whether `member` comes: going, maybe or no. Returns who is coming then.

    "Going" gives a seat or, where none is free or others wait, a place at the end of the waitlist. Leaving moves
    the first of the waitlist up, or in the last twelve hours offers them the seat, which they take by "going".
    `wish` (present, be asked, listen) is left as it was where it is None.

    Raises Session.DoesNotExist for whoever may not see the session, NotForYouError for whom it is not meant,
    NotOpenError once it takes no answers.
    """
    if wanted not in GIVEN:
        raise ValueError(wanted)
    visible = Session.objects.visible_to(member, now=now).annotate(
        stage=Subquery(Community.objects.values("stage")[:1])
    )
    locked = visible.select_for_update(of=("self",), no_key=True).get(pk=session.pk)
    if not locked.takes_answers(now):
        raise NotOpenError
    stage = locked.stage or Community.Stage.LEADS  # type: ignore[attr-defined]
    if not may_come(member, locked, Community(stage=stage)):
        raise NotForYouError
    coming = Coming.to(locked)
    person = coming.of(member)
    _note(locked, person, coming, wanted, wish, now=now)
    coming.set(person)
    fill_seats(locked, coming, now=now)
    return coming


def _note(session: Session, person: Person, coming: Coming, wanted: str, wish: str | None, *, now: datetime) -> None:
    """Turns what somebody wants into what they get, and stores it."""
    if wanted == Answer.GOING and not coming.has_seat_for(person):
        if person.answer != Answer.WAITLISTED:
            person.queue_number = coming.next_number
        wanted = Answer.WAITLISTED
    person.answer = wanted
    person.wish = person.wish if wish is None else wish
    said = {"answer": wanted, "queue_number": person.queue_number, "wish": person.wish, "answered_at": now}
    if person.attendance:
        Attendance.objects.filter(pk=person.attendance).update(**said)
    else:
        person.attendance = Attendance.objects.create(session=session, member=person.member, **said).pk


def fill_seats(session: Session, coming: Coming, *, now: datetime) -> None:
    """Gives free seats to those who wait longest and tells them; shortly before the session it only offers them.

    Call it with the session locked. Called again it changes nothing and tells nobody twice.
    """
    if not coming.free or not session.takes_answers(now):
        return
    for person in coming.waiting[: coming.free]:
        if now >= session.starts_at - OFFERED_ONLY:
            news.tell_offered(session, person.member, person.queue_number or 0, now=now)
        else:
            person.answer = Answer.GOING
            moved = Attendance.objects.filter(session=session, member=person.member)
            moved.update(answer=Answer.GOING, answered_at=now)
            news.tell_promoted(session, person.member, person.queue_number or 0, now=now)


# --- The standing yes ------------------------------------------------------------------------


@transaction.atomic
def choose_standing(series: Series, member: Member, wanted: bool, *, now: datetime) -> None:
    """Comes to each session of `series` that is published from now on, or no longer by itself.

    Answers that were given stay as they are. Raises NotForYouError for who does not take part.
    """
    if not wanted:
        StandingYes.objects.filter(series=series, member=member).delete()
        return
    if not may_take_part(member, Community.current()):
        raise NotForYouError
    StandingYes.objects.get_or_create(series=series, member=member, defaults={"since": now})


def say_standing_yes(session: Session, *, now: datetime) -> None:
    """Answers "going" for those with a standing yes for the series of `session` who said nothing yet, oldest first.

    Call it with the session locked, once, when it is published: whoever said "can't" before or says it later is
    left alone. Where seats are short, they wait as all others do.
    """
    if session.series_id is None:
        return
    standing = StandingYes.objects.filter(series=session.series_id, member__is_active=True).select_related("member")
    coming, community = Coming.to(session), Community.current()
    for one in standing:
        person = coming.of(one.member)
        if person.answer is None and not person.leads and may_come(one.member, session, community):
            _note(session, person, coming, Answer.GOING, None, now=now)
            coming.set(person)


# --- Who came --------------------------------------------------------------------------------


@transaction.atomic
def mark_who_came(session: Session, came: Collection[Member], *, now: datetime) -> None:
    """Notes who was there, walk-ins and leads too; whoever is known for the session and not named was not.

    Raises NotOpenError before it has begun, and where it did not take place.
    """
    session = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    if not session.notes_presence(now):
        raise NotOpenError
    known = session.attendances.all()
    walk_ins = {member.pk for member in came} - set(known.values_list("member", flat=True))
    known.update(came=Case(When(member__in=came, then=True), default=False))
    Attendance.objects.bulk_create(
        Attendance(session=session, member_id=pk, answer=Answer.INVITED, answered_at=now, came=True)
        for pk in sorted(walk_ins)
    )

"""The writes of the sessions app, each a verb. Answers stand in `sessions.answers`, votes in `sessions.votes`."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction

from members.models import Community, Member
from sessions import guests, news
from sessions.answers import fill_seats, say_standing_yes
from sessions.coming import Coming
from sessions.models import Attendance, Session, may_come
from sessions.recurrence import Occurrence, occurrences
from sessions.series import ClosedDay, Series
from sessions.texts import TEXTS, render_texts
from sessions.topics import Topic

if TYPE_CHECKING:
    from sessions.series_changes import SeriesPlan

Answer = Attendance.Answer
State = Session.State

AHEAD = timedelta(days=183)  # how far ahead a series has its dates


class NotReadyError(Exception):
    """A session cannot be published yet; `missing` names the fields that are still empty."""

    def __init__(self, missing: Collection[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


# --- The dates of a series -------------------------------------------------------------------


def extend_series(now: datetime) -> None:
    """Gives every running series its dates for the next six months; for `tick`."""
    for series in Series.objects.running(on=now.date()):
        generate_sessions(series, now=now)


@transaction.atomic
def generate_sessions(series: Series, *, now: datetime, until: date | None = None) -> list[Session]:
    """Creates the sessions of the next six months, or until a later day, that are missing; returns them.

    Run again it changes nothing.
    They are DATED: every member sees the date in calendar and agenda as "To be planned" and can keep it free by
    answering; what happens on it is published later. (A draft that somebody writes by hand stays with facilitators.)
    A day that was closed in the meantime loses its date, if nobody has planned anything for it, and gets it back
    once it is open again.
    """
    Series.objects.select_for_update(no_key=True).get(pk=series.pk)
    found = dates_of(series, now=now, until=until)
    for one in found:
        if one.skipped:
            _clear(series, one, now=now)
    known = dict(series.sessions.filter(series_day__gte=today_in(series, now)).values_list("series_day", "gave_way"))
    still_to_come = [one for one in found if not one.skipped and one.starts_at > now]
    _bring_back(series, [one.day for one in still_to_come if known.get(one.day)], now=now)
    missing = [one for one in still_to_come if one.day not in known]
    return Session.objects.bulk_create([session_on(series, one, now=now) for one in missing])


def dates_of(series: Series, *, now: datetime, until: date | None = None) -> list[Occurrence]:
    """Returns the dates of the rule of `series` from today on, for six months or until a later day."""
    today = today_in(series, now)
    last = min(max(today + AHEAD, until or today), series.ended_on or date.max)
    return occurrences(series.rule, start=today, end=last, closed=ClosedDay.objects.within(today, last).as_ranges())


def today_in(series: Series, now: datetime) -> date:
    """Returns the day it is where `series` is held."""
    return now.astimezone(ZoneInfo(series.zone)).date()


def session_on(series: Series, one: Occurrence, *, now: datetime) -> Session:
    """Returns the unsaved session of one date, to be planned."""
    return Session(
        series=series,
        series_day=one.day,
        state=State.DATED,
        format=series.default_format,
        starts_at=one.starts_at,
        minutes=series.minutes,
        ends_at=one.ends_at,
        zone=series.zone,
        place=series.place,
        link=series.link,
        capacity=series.capacity,
        changed_at=now,
    )


def _clear(series: Series, one: Occurrence, *, now: datetime) -> None:
    """Takes an unplanned date off a closed day; where somebody answered or began it is cancelled in sight of all."""
    unplanned = series.sessions.filter(series_day=one.day, state=State.DATED, is_exception=False, starts_at__gt=now)
    for session in unplanned.with_traces():
        if session.is_bare():
            session.delete()
        else:
            set_cancelled(session, reason=one.skipped or "", gave_way=True, now=now)
            news.tell_cancelled(session, concerned(session), now=now)


def _bring_back(series: Series, days: list[date], *, now: datetime) -> None:
    for session in series.sessions.filter(gave_way=True, series_day__in=days):
        set_restored(session, now=now)
        news.tell_restored(session, concerned(session), now=now)


def change_rhythm(series: Series, weeks: int, effective_on: date, *, by: Member, now: datetime) -> "SeriesPlan":
    """Meets every `weeks` weeks from the first date on or after `effective_on`; twice is once.

    Sessions whose date still fits stay themselves, others that were announced are cancelled, missing ones are
    created; each member concerned gets one mail. Raises ValueError for a rhythm that there is not.
    """
    from sessions import series_changes  # it is built upon this module

    return series_changes.change_rhythm(series, weeks, effective_on, by=by, now=now)


# --- A session -------------------------------------------------------------------------------


@transaction.atomic
def create_session(session: Session, *, now: datetime) -> Session:
    """Stores a new session as a draft, which only facilitators and its leads see."""
    session.state, session.changed_at = State.DRAFT, now
    render_texts(session)
    session.save()
    return session


@transaction.atomic
def change_state(session: Session, wanted: str, reason: str = "", *, now: datetime) -> None:
    """Publishes, cancels or restores a session, whichever leads to the state that is `wanted`."""
    if wanted == State.CANCELLED:
        cancel_session(session, reason=reason, now=now)
    elif session.is_cancelled:
        restore_session(session, now=now)
    elif wanted == State.PUBLISHED:
        publish_session(session, now=now)
    refill(session, now=now)


@transaction.atomic
def publish_session(session: Session, *, now: datetime) -> Session:
    """Opens a planned session to its audience and tells them. Published already, it stays as it is.

    Raises NotReadyError without a title or without what participants will do.
    """
    session = _locked(session)
    if session.state not in {State.DRAFT, State.DATED}:
        return session
    missing = [name for name in ("title", "doing") if not getattr(session, name).strip()]
    if missing:
        raise NotReadyError(missing)
    session.state = State.PUBLISHED
    session.changed_at = now
    session.save(update_fields=["state", "changed_at"])
    _schedule_topic(session)
    if not session.has_ended(now):
        say_standing_yes(session, now=now)
        news.tell_announced(session, _audience(session), now=now)
    return session


@transaction.atomic
def cancel_session(session: Session, *, reason: str, now: datetime) -> Session:
    """Cancels a session and tells whoever had answered. One that is cancelled or still a draft stays as it is.

    Its topic goes back to the list with its votes, unless another session takes it up.
    """
    session = _locked(session)
    if session.state not in {State.DATED, State.PUBLISHED}:
        return session
    set_cancelled(session, reason=reason, now=now)
    if not session.has_ended(now):
        news.tell_cancelled(session, concerned(session), now=now)
    return session


@transaction.atomic
def restore_session(session: Session, *, now: datetime) -> Session:
    """Takes a cancellation back and tells whoever had answered; what is planned for it counts again.

    Where its series has left the day meanwhile, it stands for itself from then on.
    """
    session = _locked(session)
    if not session.is_cancelled:
        return session
    session.is_exception = session.is_exception or session.gave_way
    set_restored(session, now=now)
    if not session.has_ended(now):
        news.tell_restored(session, concerned(session), now=now)
    return session


def set_cancelled(session: Session, *, reason: str, gave_way: bool = False, now: datetime) -> None:
    """Cancels a session that the caller has locked, and tells nobody; `gave_way` as the model says."""
    session.state, session.cancel_reason, session.gave_way = State.CANCELLED, reason.strip(), gave_way
    session.note_change({"state"}, now=now)
    session.save(update_fields=["state", "cancel_reason", "gave_way", "sequence", "changed_at"])
    _return_topic(session)


def set_restored(session: Session, *, now: datetime) -> None:
    """Takes the cancellation of a locked session back, and tells nobody."""
    is_planned = session.title.strip() and session.doing.strip()
    session.state, session.cancel_reason = State.PUBLISHED if is_planned else State.DATED, ""
    session.gave_way = False
    session.note_change({"state"}, now=now)
    session.save(update_fields=["state", "cancel_reason", "gave_way", "is_exception", "sequence", "changed_at"])
    if is_planned:
        _schedule_topic(session)


@transaction.atomic
def store_edit(session: Session, changed: Collection[str], *, now: datetime) -> Session:
    """Saves a session of which the fields `changed` were edited, and does what follows from them.

    Moved to another start, one of a series becomes an exception that its rule leaves alone from then on; whoever
    comes is told of another time or place. More seats move people up from the waitlist.
    """
    stored = _locked(session)
    for name in _ELSEWHERE - set(changed):  # what was done while the form was read stays done
        setattr(session, name, getattr(stored, name))
    if session.series_id and {"starts_at", "zone"} & set(changed):
        session.is_exception = True
    if set(TEXTS) & set(changed):
        render_texts(session)
    session.note_change(changed, now=now)
    session.save()
    guests.write_grants(session)
    if {"starts_at", "zone", "place"} & set(changed) and session.takes_answers(now):
        news.tell_moved(session, concerned(session), now=now)
    refill(session, now=now)
    return session


# What is not edited by a form of a session: its state, its notes, its place in the series.
_ELSEWHERE = frozenset({
    "state", "cancel_reason", "gave_way", "series_day", "is_exception", "guest_key", "sequence", "takeaways",
    "team_may_try", "notes", "notes_for_present", "html", "html_version",
})  # fmt: skip


@transaction.atomic
def refill(session: Session, *, now: datetime) -> None:
    """Gives away seats that became free otherwise: more were added, or who had one leads now."""
    session = _locked(session)
    fill_seats(session, Coming.to(session), now=now)


def _locked(session: Session) -> Session:
    """Reads the row again, for this transaction alone."""
    return Session.objects.select_related("topic").select_for_update(of=("self",), no_key=True).get(pk=session.pk)


def _schedule_topic(session: Session) -> None:
    if session.topic and session.topic.is_votable:
        Topic.objects.filter(pk=session.topic.pk).update(state=Topic.State.SCHEDULED)


def _return_topic(session: Session) -> None:
    topic = session.topic
    if topic and topic.state == Topic.State.SCHEDULED and not topic.sessions.filter(state=State.PUBLISHED).exists():
        Topic.objects.filter(pk=topic.pk).update(state=Topic.State.OPEN)


def _audience(session: Session) -> list[Member]:
    """All the session is meant for; guests were invited by name."""
    community = Community.current()
    members = Member.objects.in_directory().order_by("pk")
    return [member for member in members if may_come(member, session, community)]


def concerned(session: Session) -> list[Member]:
    """Returns its leads, and whoever did not decline."""
    people = Coming.to(session).people
    return [one.member for one in people if one.leads or one.answer not in {None, Answer.NO}]


@transaction.atomic
def choose_default_series(series: Series | None) -> None:
    """Makes `series` the one that comes first wherever one is meant; without one, the oldest does."""
    Series.objects.filter(is_default=True).update(is_default=False)
    if series:
        Series.objects.filter(pk=series.pk).update(is_default=True)

"""Changing the rule of a series from one of its dates on: what would become of each session, and doing it."""

from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from members.models import Member
from sessions import actions, guests, news
from sessions.changes import Pairing, Standing, pair, reach_of
from sessions.models import Session
from sessions.recurrence import Occurrence, gap_at, occurrences
from sessions.series import Series

State = Session.State
RULE = ("every_weeks", "weekday", "local_time", "minutes", "zone", "anchor")
# What sessions that stand already take over from their series, where they have nothing of their own.
PASSED_ON = ("minutes", "place", "link", "capacity", "zone")
REASON = _("Our rhythm has changed.")


@dataclass
class SeriesPlan:
    """What a change would do, in order of dates; each session as it stands now, with what it would get."""

    kept: list[tuple[Session, Occurrence]] = field(default_factory=list)
    moved: list[tuple[Session, Occurrence]] = field(default_factory=list)
    back: list[tuple[Session, Occurrence]] = field(default_factory=list)
    held: list[tuple[Session, Occurrence]] = field(default_factory=list)
    left: list[Session] = field(default_factory=list)
    cancelled: list[Session] = field(default_factory=list)
    removed: list[Session] = field(default_factory=list)
    new: list[Occurrence] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether no date changes."""
        return not (self.moved or self.back or self.cancelled or self.removed or self.new)

    @property
    def stamp(self) -> str:
        """Tells this plan from any other: what somebody saw and confirms is what is done."""
        pairs = [
            [(one.pk, date_.day.toordinal()) for one, date_ in those] for those in (self.kept, self.moved, self.back)
        ]
        rest = [[one.pk for one in those] for those in (self.left, self.cancelled, self.removed)]
        whole = repr((pairs, rest, [one.day.toordinal() for one in self.new]))
        return blake2b(whole.encode(), digest_size=16).hexdigest()


class PlanChangedError(Exception):
    """Something changed between the preview and its confirmation; `plan` is what would happen now."""

    def __init__(self, plan: SeriesPlan) -> None:
        super().__init__("The plan is another one now.")
        self.plan = plan


def first_date(series: Series, effective_on: date) -> date:
    """Returns the first date of the present rule on or after `effective_on`, closed or not."""
    turn = timedelta(weeks=series.every_weeks + 1)
    start = max(effective_on, series.anchor)
    return occurrences(series.rule, start=start, end=start + turn)[0].day


def changed(series: Series, *, first_day: date | None = None, **changes: Any) -> Series:
    """Returns an unsaved copy of `series` with another rule, whose first date is `first_day`.

    The weeks are counted from there only where rhythm or weekday change, or the day is no date of the rule:
    so the same change made again is none.
    """
    other = copy(series)
    for name, value in changes.items():
        setattr(other, name, value)
    if first_day is not None:
        is_date = bool(occurrences(series.rule, start=first_day, end=first_day))
        if other.every_weeks != series.every_weeks or not is_date:
            other.anchor, other.weekday = first_day, first_day.weekday()
    return other


def plan_change(series: Series, wanted: Series, effective_on: date, *, now: datetime) -> SeriesPlan:
    """Returns what would happen to the sessions of `series` on or after `effective_on` under the rule of `wanted`.

    Past sessions and those before that day are left alone; `gap_at` tells of dates that the clocks move.
    """
    to_come = series.sessions.filter(series_day__gte=effective_on, starts_at__gt=now).order_by("starts_at", "pk")
    sessions = {one.pk: one for one in to_come.with_traces()}
    last = max([effective_on, *(one.series_day for one in sessions.values() if one.series_day)])
    others = set(series.sessions.exclude(pk__in=sessions).values_list("series_day", flat=True))
    first = min(effective_on, wanted.anchor) if wanted.anchor != series.anchor else effective_on
    dates = [
        one
        for one in actions.dates_of(wanted, now=now, until=last)
        if one.day >= first and one.starts_at > now and one.day not in others
    ]
    reach = reach_of(wanted.every_weeks, before=series.every_weeks)
    return _plan(sessions, pair(map(_standing, sessions.values()), dates, reach=reach))


def _standing(session: Session) -> Standing:
    stays = session.is_exception or session.state not in {State.DATED, State.PUBLISHED}
    day = session.series_day or session.local_day()
    away = session.gave_way
    return Standing(session.pk, day, session.starts_at, stays=stays and not away, away=away)


def _plan(sessions: dict[int, Session], found: Pairing) -> SeriesPlan:
    placed = {**found.kept, **found.moved, **found.back, **found.held}
    plan = SeriesPlan(new=found.new)
    for name in ("kept", "moved", "back", "held"):
        chosen = getattr(found, name)
        setattr(plan, name, [(one, chosen[pk]) for pk, one in sessions.items() if pk in chosen])
    plan.left = [one for pk, one in sessions.items() if pk not in placed and pk not in found.gone and not one.gave_way]
    for one in (one for pk, one in sessions.items() if pk in found.gone):
        (plan.removed if one.is_bare() else plan.cancelled).append(one)
    return plan


@transaction.atomic
def change_series(
    series: Series, wanted: Series, effective_on: date, *, by: Member, now: datetime, seen: str | None = None
) -> SeriesPlan:
    """Gives `series` the rule and the words of `wanted` (see `changed`) from `effective_on` on; returns what it did.

    Sessions that still fit keep identity, calendar UID and answers; the others that were announced or answered are
    cancelled, mere dates disappear, missing ones are created. Each member concerned is told once, `by` too.
    Doing it again changes nothing. Raises PlanChangedError where `seen` is the stamp of another plan.
    """
    present = Series.objects.select_for_update(no_key=True).get(pk=series.pk)
    actions.generate_sessions(present, now=now, until=effective_on)
    plan = plan_change(present, wanted, effective_on, now=now)
    if seen is not None and seen != plan.stamp:
        raise PlanChangedError(plan)
    wanted.save()
    told = news.RhythmNews(wanted, now)
    _apply(plan, present, wanted, told, now=now)
    Session.objects.bulk_create([actions.session_on(wanted, one, now=now) for one in plan.new])
    told.send()
    return plan


def change_rhythm(series: Series, weeks: int, effective_on: date, *, by: Member, now: datetime) -> SeriesPlan:
    """Meets every `weeks` weeks from the first date on or after `effective_on`; see `change_series`.

    A day that is past means today. Raises ValueError for a rhythm that there is not.
    """
    if weeks not in Series.Rhythm.values:
        raise ValueError(weeks)
    present = Series.objects.get(pk=series.pk)
    effective_on = max(effective_on, actions.today_in(present, now))
    wanted = changed(present, first_day=first_date(present, effective_on), every_weeks=weeks)
    plan = change_series(present, wanted, effective_on, by=by, now=now)
    series.refresh_from_db()
    return plan


def _apply(plan: SeriesPlan, before: Series, wanted: Series, told: news.RhythmNews, *, now: datetime) -> None:
    Session.objects.filter(pk__in=[one.pk for one in plan.removed]).delete()
    for session in plan.cancelled:
        told.cancelled(session, actions.concerned(session))
        actions.set_cancelled(session, reason=str(REASON), gave_way=True, now=now)
    for session, date_ in plan.held:
        Session.objects.filter(pk=session.pk).update(series_day=date_.day)
    for session, _date in plan.back:
        actions.set_restored(session, now=now)
        told.back(session, actions.concerned(session))
    for session, date_ in [*plan.kept, *plan.moved, *plan.back]:
        _take_over(session, date_, before, wanted, told, now=now)


def _take_over(
    session: Session, date_: Occurrence, before: Series, wanted: Series, told: news.RhythmNews, *, now: datetime
) -> None:
    """Gives a session its date, and what it has from its series alone."""
    was, new = session.starts_at, _inherited(session, before, wanted) | {"starts_at": date_.starts_at}
    names = {name for name, value in new.items() if getattr(session, name) != value}
    if not names and session.series_day == date_.day:
        return
    for name in names:
        setattr(session, name, new[name])
    session.series_day = date_.day
    session.note_change(names, now=now)
    session.save()
    guests.write_grants(session)
    if names & {"starts_at", "minutes", "place"}:
        told.moved(session, was, actions.concerned(session))
    if "capacity" in names:
        actions.refill(session, now=now)


def _inherited(session: Session, before: Series, wanted: Series) -> dict[str, Any]:
    """Returns what the series now says in place of what it said before; what the session has of its own stays."""
    found = {name: getattr(wanted, name) for name in PASSED_ON if getattr(session, name) == getattr(before, name)}
    if session.state == State.DATED and session.format == before.default_format:
        found["format"] = wanted.default_format
    return found


def gaps_in(series: Series, plan: SeriesPlan) -> list[date]:
    """Returns the dates on which the usual time does not exist: they are moved forward by the gap."""
    dates = [*plan.new, *(date_ for _session, date_ in [*plan.kept, *plan.moved, *plan.back])]
    return sorted(one.day for one in dates if gap_at(one.day, series.local_time, series.zone))

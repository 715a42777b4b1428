"""What `/sessions/` shows: the agenda of what comes beside a small month, or the whole month."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from members.models import Community, Member
from sessions.actions import AHEAD
from sessions.formats import Format
from sessions.forms import FIRST_YEAR, LAST_YEAR, Wanted, format_links
from sessions.models import Session, SessionQuerySet, may_take_part
from sessions.month import Month, day_in_words, month_of
from sessions.rows import Gap, Row, gaps, row_of
from sessions.series import ClosedDay, Series, StandingYes
from sessions.topics import Topic, Vote

PER_PAGE = 20
WANTED_TOPICS = 3
OPEN_DATES = 3  # shown after the last planned session


def sessions_for(member: Member, wanted: Wanted, *, now: datetime) -> SessionQuerySet:
    """Returns what `member` may see of what is asked for."""
    found = Session.objects.visible_to(member, now=now)
    if wanted.format:
        found = found.filter(format=wanted.format)
    return found.filter(topic=wanted.topic) if wanted.topic else found


def month_page(member: Member, wanted: Wanted, *, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """Returns the context of the whole month, or of the small one; one query."""
    today = now.astimezone(zone).date()
    month = month_of(
        sessions_for(member, wanted, now=now),
        wanted.month or today.replace(day=1),
        zone=zone,
        now=now,
        week_starts_on=member.week_starts_on,
    )
    return {"month": month, "closed": [range_words(*one) for one in month.closed], **_ways(month, wanted, today)}


def agenda_page(
    member: Member, wanted: Wanted, page: str | None, *, community: Community, zone: ZoneInfo, now: datetime
) -> dict[str, Any]:
    """Returns the context of what comes, with the small month and the topics people want."""
    found = sessions_for(member, wanted, now=now).upcoming(now=now).for_rows().with_answer_of(member)
    shown = Paginator(found, PER_PAGE).get_page(page)
    may_answer = may_take_part(member, community)
    rows = [row_of(session, zone=zone, now=now, may_answer=may_answer) for session in shown]
    series = list(Series.objects.running(on=now.astimezone(zone).date()))
    items = rows if wanted.is_filtered else _with_gaps(rows, shown, series, zone=zone, now=now)
    topics = list(Topic.objects.votable().with_votes(member)[:WANTED_TOPICS])
    return {
        "page": shown,
        **_near_and_far(items),
        "series": series,
        "topics": topics,
        "votes_left": Vote.left_for(member),
        "may_take_part": may_answer,
        **month_page(member, wanted, zone=zone, now=now),
    }


def _near_and_far(items: Sequence[Row | Gap]) -> dict[str, Any]:
    """Dates without a plan after the last plan say little: only the first few of them are shown at once."""
    planned = [number for number, item in enumerate(items) if isinstance(item, Row) and not item.is_open]
    shown = (planned[-1] + 1 if planned else 0) + OPEN_DATES
    if len(items) <= shown + 1:
        return {"items": items, "later": []}
    return {"items": items[:shown], "later": items[shown:]}


def series_page(series: Series, member: Member, *, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """Returns the context of the page of a series: its next dates, and the days on which it does not meet."""
    today = now.astimezone(zone).date()
    visible = Session.objects.visible_to(member, now=now).filter(series=series).upcoming(now=now)
    found = visible.for_rows().with_answer_of(member)[:PER_PAGE]
    rows = [row_of(session, zone=zone, now=now) for session in found]
    closed = ClosedDay.objects.within(today, today + AHEAD)
    community = Community.current()
    return {
        "series": series,
        "stands": StandingYes.objects.filter(series=series, member=member).exists(),
        "may_take_part": may_take_part(member, community),
        "community": community,
        "format": Format(series.default_format),
        **_near_and_far(_merged(rows, gaps([series], today, rows[-1].day, today=today) if rows else [])),
        "closed": [range_words(one.first_day, one.last_day, one.reason) for one in closed],
    }


def _merged(rows: list[Row], without: list[Gap]) -> list[Row | Gap]:
    return sorted([*rows, *without], key=lambda item: item.day)


def _with_gaps(
    rows: list[Row], page: Page[Session], series: list[Series], *, zone: ZoneInfo, now: datetime
) -> list[Row | Gap]:
    """Puts the dates on which nothing meets where they would have stood: between the first and the last of the rows."""
    if not rows:
        return []
    today = now.astimezone(zone).date()
    first = today if page.number == 1 else rows[0].day
    return _merged(rows, gaps(series, first, rows[-1].day, today=today))


def _ways(month: Month, wanted: Wanted, today: date) -> dict[str, Any]:
    """The links to other months, views and filters, each with its whole address."""
    is_now = month.first == today.replace(day=1)
    return {
        "wanted": wanted,
        "cancelled_word": _("Cancelled"),
        "previous": wanted.address(month=month.previous) if month.first.year > FIRST_YEAR else "",
        "next": wanted.address(month=month.next) if month.first.year < LAST_YEAR else "",
        "this_month": "" if is_now else wanted.address(month=None),
        "to_agenda": wanted.address(view=""),
        "to_month": wanted.address(view="month"),
        "whole_month": wanted.address(view="month", month=month.first),
        "formats": format_links(wanted.format, lambda one: wanted.address(format=one)),
        "without_topic": wanted.address(topic=None),
        "without_filters": wanted.address(topic=None, format=""),
    }


def range_words(first: date, last: date, reason: str) -> str:
    """Returns `24 December: Winter break`, or both ends of a range."""
    days = day_in_words(first) if first == last else f"{day_in_words(first)} – {day_in_words(last)}"
    return f"{days}: {reason}"

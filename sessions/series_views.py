"""Changing a series, with a preview of what happens to each session; and the days on which nothing meets."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from members.once import once
from members.rights import MemberRequest, facilitators_only
from sessions.actions import extend_series
from sessions.calendar import range_words
from sessions.models import Session
from sessions.plan_forms import SessionPlanForm
from sessions.recurrence import Occurrence
from sessions.series import ClosedDay, Series
from sessions.series_changes import PlanChangedError, SeriesPlan, change_series, gaps_in, plan_change
from sessions.series_forms import ClosedDayForm, ConfirmForm, SeriesForm
from sessions.times import full_date

write = require_http_methods(["GET", "HEAD", "POST"])


@write
@facilitators_only
def edit_series(request: MemberRequest, number: int) -> HttpResponse:
    """Asks from which session on, shows what happens to each, and does it once that is confirmed."""
    now = timezone.now()
    series = get_object_or_404(Series, pk=number)
    asked = request.POST if request.method == "POST" else request.GET
    if not asked:
        form = SeriesForm(instance=series, now=now)
        return moved_to(request, series) or render_page(request, "sessions/edit_series.html", _context(form))
    form = SeriesForm(asked, instance=series, now=now)
    if not form.is_valid():
        return _show(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    wanted, effective_on = form.wanted(), form.cleaned_data["effective_on"]
    confirmed = ConfirmForm(request.POST)
    if request.method != "POST" or not confirmed.is_valid():
        plan = plan_change(form.before, wanted, effective_on, now=now)
        return _show(request, form, plan, now=now)
    seen = confirmed.cleaned_data["seen"]
    try:
        change_series(form.before, wanted, effective_on, by=request.user, now=now, seen=seen)
    except PlanChangedError as error:
        messages.warning(request, _("Something changed meanwhile. Please look at it once more."))
        return _show(request, form, error.plan, now=now, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("The dates are changed. Whoever is concerned was told once."))
    return redirect(wanted)


def change_address(form: SessionPlanForm) -> str:
    """Returns where a change of one session is previewed for all later ones of its series."""
    session, data = form.instance, form.cleaned_data
    if session.series is None:
        return ""
    values = {
        "effective_on": (session.series_day or data["day"]).isoformat(),
        "first_day": data["day"].isoformat(),
        "local_time": f"{data['local_time']:%H:%M}",
        "capacity": data["capacity"] or "",
        "every_weeks": session.series.every_weeks,
        "default_format": session.series.default_format,
        "name": session.series.name,
        **{name: data[name] for name in ("minutes", "zone", "place", "link")},
    }
    return f"{reverse('sessions:edit_series', args=[session.series])}?{urlencode(values)}"


def _show(
    request: MemberRequest,
    form: SeriesForm,
    plan: SeriesPlan | None = None,
    *,
    status: int = HTTPStatus.OK,
    **when: Any,
) -> HttpResponse:
    context = _context(form) | ({} if plan is None else _plan_context(form, plan, **when))
    return render_page(request, "sessions/edit_series.html", context, fragment="preview", status=status)


def _context(form: SeriesForm) -> dict[str, Any]:
    return {"form": form, "series": form.before}


def _plan_context(form: SeriesForm, plan: SeriesPlan, *, now: datetime) -> dict[str, Any]:
    today = form.today
    wanted = form.wanted()
    sent = [(field.html_name, field.value()) for field in form.visible_fields()]
    return {
        "plan": plan,
        "stamp": plan.stamp,
        "rule": wanted.in_words,
        "sent": [(name, "" if value is None else value) for name, value in sent],
        "kept": [_line(one, date_, today) for one, date_ in plan.kept],
        "moved": [_line(one, date_, today) for one, date_ in plan.moved],
        "back": [_line(one, date_, today) for one, date_ in plan.back],
        "left": [_line(one, None, today) for one in [*(one for one, _date in plan.held), *plan.left]],
        "cancelled": [_line(one, None, today) for one in plan.cancelled],
        "removed": [_line(one, None, today) for one in plan.removed],
        "new": [full_date(one.day, now=today) for one in plan.new],
        "gaps": [full_date(day, now=today) for day in gaps_in(wanted, plan)],
        "gap_time": f"{wanted.local_time:%H:%M}",
    }


def _line(session: Session, date_: Occurrence | None, today: date) -> dict[str, Any]:
    """One session of the preview: when it is now and, where it moves, when it would be."""
    new = date_.starts_at.astimezone(session.local_start().tzinfo) if date_ else None
    return {
        "session": session,
        "was": f"{full_date(session.local_day(), now=today)}, {session.local_start():%H:%M}",
        "new": f"{full_date(new.date(), now=today)}, {new:%H:%M}" if new else "",
    }


# --- Closed days -----------------------------------------------------------------------------


@write
@facilitators_only
def closed_days(request: MemberRequest) -> HttpResponse:
    """The days on which nothing meets, and a form for more of them."""
    now = timezone.now()
    form = ClosedDayForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        once(request.user, form.cleaned_data["key"], create=lambda: _store(form, now), now=now)
        _tell_stored(request, form.instance, now)
        return redirect("sessions:closed_days")
    today = timezone.localdate()
    rows = [
        (one, range_words(one.first_day, one.last_day, one.reason))
        for one in ClosedDay.objects.filter(last_day__gte=today)
    ]
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render_page(request, "sessions/closed_days.html", {"form": form, "rows": rows}, status=status)


@write
@facilitators_only
def closed_day(request: MemberRequest, pk: int) -> HttpResponse:
    """One of them, to be edited or opened again."""
    found = get_object_or_404(ClosedDay, pk=pk)
    now = timezone.now()
    if request.method == "POST" and "open" in request.POST:
        found.delete()
        extend_series(now)
        messages.success(request, _("The days are open again, and their dates are back."))
        return redirect("sessions:closed_days")
    form = ClosedDayForm(request.POST if request.method == "POST" else None, instance=found)
    if form.is_valid():
        _store(form, now)
        _tell_stored(request, form.instance, now)
        return redirect("sessions:closed_days")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render_page(request, "sessions/closed_day.html", {"form": form, "closed": found}, status=status)


def _store(form: ClosedDayForm, now: datetime) -> str:
    """Stores the days; dates that nobody planned make way at once."""
    form.save()
    extend_series(now)
    return reverse("sessions:closed_days")


def _tell_stored(request: MemberRequest, closed: ClosedDay, now: datetime) -> None:
    """What is planned on such a day stays: somebody has to look at it."""
    planned = Session.objects.filter(
        series_day__range=(closed.first_day, closed.last_day), state=Session.State.PUBLISHED, starts_at__gt=now
    )
    messages.success(request, _("Noted. The calendar shows the reason."))
    for session in planned:
        words = _("“%(title)s” on %(day)s is planned already and stays. Please cancel or move it if need be.")
        day = date_format(session.local_day(), _("j F"))
        messages.warning(request, words % {"title": session.shown_title, "day": day})

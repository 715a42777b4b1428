"""Reporting something, and what facilitators see of it."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cop_portal.lib.htmx import render_page
from members import report_actions
from members.hiding import Report
from members.moderation import EXCERPT, all_rows, kind_named, kind_of, row_of
from members.report_forms import DecisionForm, ReportForm
from members.rights import MemberRequest, facilitators_only, members_only

PER_PAGE = 30


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def new_report(request: MemberRequest, name: str, number: int) -> HttpResponse:
    """Tells the facilitators that something should not stand here."""
    kind = kind_named(name)
    if kind is None:
        raise Http404
    row = get_object_or_404(kind.seen_by(request.user), pk=number)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = report_actions.report(row, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now())
        if request.user.may_facilitate:
            return redirect("members:report", made.pk)
        messages.success(request, _("Thank you. The facilitators look at it, and you will be told."))
        return redirect(kind.url(row))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form, "kind": kind, "title": kind.title(row), "url": kind.url(row)}
    return render_page(request, "members/report_new.html", context, status=status)


@require_safe
@facilitators_only
def reports(request: MemberRequest) -> HttpResponse:
    """What waits for a decision, then what was decided."""
    found = Report.objects.select_related("by", "decided_by").prefetch_related(GenericPrefetch("subject", all_rows()))
    waiting = list(found.waiting().order_by("made_at", "pk")[:PER_PAGE])
    decided = found.exclude(decided_at=None).order_by("-decided_at", "-pk")
    page = Paginator(decided, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "waiting": [_line(one, one.subject) for one in waiting],
        "decided": [_line(one, one.subject) for one in page],
        "page": page,
    }
    return render_page(request, "members/reports.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def report(request: MemberRequest, number: int) -> HttpResponse:
    """One report with what it is about, and the decision."""
    found = get_object_or_404(Report.objects.select_related("by", "decided_by", "content_type"), pk=number)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        _decide(request, found, form)
        return redirect("members:report", found.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    line = _line(found, row_of(found))
    about = {} if line["row"] is None else _about(line["row"])
    context = {**line, **about, "form": form, "others": _others(found)}
    return render_page(request, "members/report.html", context, status=status)


def _decide(request: MemberRequest, found: Report, form: DecisionForm) -> None:
    by, now, decision = request.user, timezone.now(), form.cleaned_data["decision"]
    if decision == DecisionForm.HIDE:
        report_actions.hide(found, public_reason=form.cleaned_data["public_reason"], by=by, now=now)
        messages.success(request, _("It is hidden. Its author is told, and the reason stands in its place."))
    elif decision == DecisionForm.RESTORE:
        report_actions.restore(found, by=by, now=now)
        messages.success(request, _("It is shown again. Its author is told."))
    else:
        report_actions.keep(found, by=by, now=now)
        messages.success(request, _("It stays as it is. Whoever reported it is told."))


def _line(found: Report, row: Any) -> dict[str, Any]:
    """What a report is about, in words; what was deleted meanwhile has none."""
    if row is None:
        return {"report": found, "row": None}
    kind = kind_of(row)
    return {"report": found, "row": row, "label": kind.label, "title": kind.title(row)}


def _about(row: Any) -> dict[str, Any]:
    """What stands there, for whoever decides about it."""
    kind = kind_of(row)
    return {"words": kind.words(row)[:EXCERPT], "byline": kind.byline(row), "url": kind.url(row)}


def _others(found: Report) -> list[Report]:
    same = Report.objects.filter(content_type=found.content_type, object_id=found.object_id).exclude(pk=found.pk)
    return list(same.select_related("by")[:PER_PAGE])

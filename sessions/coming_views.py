"""Coming again and again, and who came."""

from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from members.rights import MemberRequest, members_only
from sessions.answers import NotForYouError, NotOpenError, choose_standing, mark_who_came
from sessions.calendar import series_page
from sessions.coming import Coming
from sessions.forms import PresenceForm, StandingForm
from sessions.models import Session
from sessions.series import Series
from sessions.views import reader_zone, visible_session


@members_only
@require_POST
def standing(request: MemberRequest, number: int) -> HttpResponse:
    """Says yes to each session of a series from now on, or takes that back."""
    found, form, now = get_object_or_404(Series, pk=number), StandingForm(request.POST), timezone.now()
    if not form.is_valid():
        context = series_page(found, request.user, zone=reader_zone(), now=now)
        return render_page(request, "sessions/series.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    wanted = form.cleaned_data["standing"] == "yes"
    try:
        choose_standing(found, request.user, wanted, now=now)
    except NotForYouError:
        raise PermissionDenied from None
    messages.success(request, _("You are in, each time.") if wanted else _("From now on we ask you each time."))
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def attendance(request: MemberRequest, number: int) -> HttpResponse:
    """Marks who came; for those who run the session."""
    now = timezone.now()
    found = visible_session(request, number, now)
    if not found.may_run(request.user):
        raise PermissionDenied
    form = PresenceForm(Coming.to(found), request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return moved_to(request, found) or _presence(request, found, form, now)
    if not form.is_valid():
        return _presence(request, found, form, now, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        mark_who_came(found, form.people, now=now)
    except NotOpenError:
        return _presence(request, found, form, now, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("Noted. Only they themselves and those who run the session see it."))
    return redirect(found)


def _presence(
    request: MemberRequest, session: Session, form: PresenceForm, now: datetime, *, status: int = 200
) -> HttpResponse:
    context = {"session": session, "form": form, "can_note": session.notes_presence(now)}
    return render_page(request, "sessions/attendance.html", context, status=status)

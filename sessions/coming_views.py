"""Coming again and again, and who came."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cop_portal.lib.htmx import render_page
from members.rights import MemberRequest, members_only
from sessions.answers import NotForYouError, choose_standing
from sessions.calendar import series_page
from sessions.forms import StandingForm
from sessions.series import Series
from sessions.views import reader_zone


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
    messages.success(
        request, _("You are in each time a session is published.") if wanted else _("You say yes each time.")
    )
    return redirect(found)

"""Where teams stand with the principles."""

from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cop_portal.lib.htmx import render_page
from feedback.alignment_forms import TeamWordsForm
from feedback.quarters import before, label_of, quarter_of
from feedback.team_words import TEAMS_NEEDED, MeanwhileError, standings, write_words
from members.models import Community
from members.rights import MemberRequest, members_only


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def principles(request: MemberRequest) -> HttpResponse:
    """The pulse on the principles: one's own team in full, the others as a distribution without names."""
    now = timezone.now()
    shown = standings(request.user.team, today=request.user.local_time(now).date())
    form = TeamWordsForm(shown, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and may_write(request):
        return _write(request, form, now)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return _page(request, form, now, status=status)


def may_write(request: MemberRequest) -> bool:
    """Someone of a team, while the community is not an archive."""
    return request.user.team is not None and Community.current().stage != Community.Stage.CLOSED


def _write(request: MemberRequest, form: TeamWordsForm, now: datetime) -> HttpResponse:
    assert request.user.team  # noqa: S101 -- `may_write` has seen to it
    try:
        count = write_words(request.user.team, form.words(), by=request.user, now=now)
    except MeanwhileError as meanwhile:
        form.show(meanwhile.there)
        return _page(request, form, now, status=HTTPStatus.CONFLICT)
    if count:
        messages.success(request, ngettext("Saved: %(n)d word.", "Saved: %(n)d words.", count) % {"n": count})
    else:
        messages.info(request, _("Nothing had changed."))
    return redirect("feedback:principles")


def _page(request: MemberRequest, form: TeamWordsForm, now: datetime, *, status: int) -> HttpResponse:
    quarter = quarter_of(request.user.local_time(now).date())
    context = {
        "form": form,
        "quarter": label_of(quarter),
        "last_quarter": label_of(before(quarter)),
        "team": request.user.team,
        "may_write": may_write(request),
        "teams_needed": TEAMS_NEEDED,
    }
    return render_page(request, "feedback/principles.html", context, status=status)

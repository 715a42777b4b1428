"""How the community is doing, and what its retros came to."""

from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cop_portal.community import months_shown
from cop_portal.lib.htmx import render_page
from feedback.figures import FEWEST
from feedback.health import Retro
from feedback.quarters import label_of, quarter_of
from feedback.retros import AlreadyHeldError, RetroForm, current_retro, hold_retro
from members.rights import MemberRequest, facilitators_only, members_only

RETROS = 8


@require_safe
@members_only
def health(request: MemberRequest) -> HttpResponse:
    """Figures frozen once a month, and the last retros."""
    today = request.user.local_time(timezone.now()).date()
    retros = [(label_of(one.quarter), one) for one in Retro.objects.select_related("written_by")[:RETROS]]
    is_due = not any(one.quarter == quarter_of(today) for _label, one in retros)
    context = {"months": months_shown(), "retros": retros, "is_due": is_due, "fewest": FEWEST}
    return render_page(request, "community.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def retro(request: MemberRequest) -> HttpResponse:
    """Writing down this quarter's retro; closing the community is asked twice."""
    now = timezone.now()
    today = request.user.local_time(now).date()
    if held := current_retro(today):
        messages.info(request, _("The retro of this quarter is written down: %(choice)s.") % {"choice": _choice(held)})
        return redirect("community")
    form = RetroForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "quarter": label_of(quarter_of(today))}
    if not form.is_bound:
        return render_page(request, "retro.html", context)
    if not form.is_valid():
        return render_page(request, "retro.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if form.needs_a_second_look:
        hidden = [*((name, form.cleaned_data[name]) for name in ("choice", "words")), ("sure", "on")]
        return render_page(request, "retro_close.html", {"hidden": hidden})
    return _hold(request, form, now)


def _hold(request: MemberRequest, form: RetroForm, now: datetime) -> HttpResponse:
    try:
        held = hold_retro(form.cleaned_data["choice"], form.cleaned_data["words"], by=request.user, now=now)
    except AlreadyHeldError:
        messages.info(request, _("Somebody else has written it down meanwhile."))
    else:
        messages.success(request, _("Written down: %(choice)s.") % {"choice": _choice(held)})
    return redirect("community")


def _choice(held: Retro) -> str:
    return str(held.get_choice_display())

"""What an owner does for what they shared: saying that it is still true, and what became of it."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from library.aftermath import ASKED, say_what_became
from library.closing import while_open
from library.models import Material
from library.reviews import say_still_true
from library.trace_forms import BecameForm
from library.writing_views import own_material
from members.rights import MemberRequest, members_only


@members_only
@while_open
@require_POST
def still_true(request: MemberRequest, number: int) -> HttpResponse:
    """One click: looked at, and still true."""
    found = own_material(request, number)
    say_still_true(found, now=timezone.now())
    messages.success(request, _("Thank you. You are asked again in a year."))
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
@while_open
def became(request: MemberRequest, number: int) -> HttpResponse:
    """What came after a case or an experiment was discussed."""
    found = own_material(request, number)
    if found.kind != Material.Kind.INSIGHT or found.insight.nature not in ASKED or found.is_draft:
        raise Http404
    form = BecameForm(request.POST if request.method == "POST" else None, initial={"became": found.insight.became})
    context = {"material": found, "form": form}
    if request.method != "POST":
        return moved_to(request, found) or render_page(request, "library/became.html", context)
    if not form.is_valid():
        return render_page(request, "library/became.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    say_what_became(found, form.cleaned_data["became"], by=request.user, now=timezone.now())
    messages.success(request, _("It stands below your text now."))
    return redirect(found)

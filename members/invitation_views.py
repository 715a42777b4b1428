"""The page of invitations: for facilitators."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cop_portal.lib.htmx import render_page
from members.buddies import newcomers_with_buddies
from members.invitation_forms import InviteForm
from members.joining import Sorted, invite, send_again, sorted_addresses, withdraw
from members.limits import TooManyTries, forgive, hit, who
from members.models import Community, Invitation, JoinRequest
from members.rights import MemberRequest, facilitators_only

LISTED = 200
SOME = 5


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def invitations(request: MemberRequest) -> HttpResponse:
    """Whom we invited, who waits, who is new; and the form for inviting."""
    community = Community.current()
    form = InviteForm(request.POST if request.method == "POST" else None, community=community)
    if form.is_bound and community.stage == Community.Stage.CLOSED:
        raise PermissionDenied
    if form.is_valid():
        _invite(request, form)
        return redirect("members:invitations")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    now = timezone.now()
    context = {
        "form": form,
        "community": community,
        "invitations": Invitation.objects.open().select_related("invited_by")[:LISTED],
        "accepted": Invitation.objects.exclude(accepted_at=None).select_related("accepted_by")[:SOME],
        "requests": JoinRequest.objects.all()[:LISTED],
        "newcomers": newcomers_with_buddies(now=now),
        "now": now,
    }
    return render_page(request, "members/invitations.html", context, status=status)


def _invite(request: MemberRequest, form: InviteForm) -> None:
    """Mails each address that is new here; raises TooManyTries, and mails nobody, beyond the day's limit."""
    now = timezone.now()
    found = sorted_addresses(form.cleaned_data["addresses"], now=now)
    _count(request, len(found.fresh))
    done = invite(found.fresh, role=form.cleaned_data["role"], by=request.user, now=now)
    _say(request, found, len(done))


def _count(request: MemberRequest, number: int) -> None:
    """Counts so many invitations of this facilitator's day, all of them or none."""
    verdicts = [hit("invitation", who(request), now=timezone.now()) for _number in range(number)]
    refused = next((verdict for verdict in verdicts if not verdict.allowed), None)
    if refused:
        forgive(verdicts)
        raise TooManyTries("invitation", refused.retry_after)


def _say(request: MemberRequest, found: Sorted, number: int) -> None:
    if number:
        words = ngettext("%(n)d person is invited.", "%(n)d people are invited.", number)
        messages.success(request, words % {"n": number})
    if found.invited:
        messages.info(request, _("Invited already: %(list)s") % {"list": ", ".join(found.invited)})
    if found.here:
        messages.info(request, _("Here already: %(list)s") % {"list": ", ".join(found.here)})


@facilitators_only
@require_POST
def resend(request: MemberRequest, number: int) -> HttpResponse:
    """Mails an open invitation once more, with a new link."""
    found = get_object_or_404(Invitation.objects.open(), pk=number)
    if Community.current().stage == Community.Stage.CLOSED:
        raise PermissionDenied
    _count(request, 1)
    send_again(found, now=timezone.now())
    messages.success(request, _("The invitation of %(email)s is on its way again.") % {"email": found.email})
    return redirect("members:invitations")


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def take_back(request: MemberRequest, number: int) -> HttpResponse:
    """Asks, then makes the link worthless."""
    found = get_object_or_404(Invitation.objects.open(), pk=number)
    if request.method != "POST":
        return render_page(request, "members/invitation_withdraw.html", {"invitation": found})
    withdraw(found, now=timezone.now())
    messages.success(request, _("The invitation of %(email)s is taken back.") % {"email": found.email})
    return redirect("members:invitations")

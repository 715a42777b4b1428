"""One's own data: taking it along, and deleting it with the account."""

from datetime import timedelta
from http import HTTPStatus

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.contrib import messages
from django.contrib.auth import logout
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cop_portal.leaving import delete_account
from cop_portal.leaving_forms import LeavingForm
from cop_portal.lib.htmx import render_page
from cop_portal.own_data import export_of
from members.leaving import LastAdminError
from members.limits import limited
from members.models import Member
from members.rights import MemberRequest, signed_in
from members.session_life import began_within

FRESH = timedelta(minutes=10)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@limited("own data")
def export(request: MemberRequest) -> HttpResponseBase:
    """Says what the zip holds; the button fetches it."""
    if request.method != "POST":
        return render_page(request, "members/export.html")
    now = timezone.now()
    packed = export_of(Member.objects.get(pk=request.user.pk), now=now)
    return FileResponse(packed, as_attachment=True, filename=f"my-data-{now:%Y-%m-%d}.zip")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@reauthentication_required  # type: ignore[untyped-decorator]
def delete(request: MemberRequest) -> HttpResponse:
    """Asks what shall become of one's writings, and deletes the account."""
    if not _has_shown_who_they_are(request):
        messages.warning(request, _("Before you delete your account, please sign out and sign in once more."))
        return redirect("members:me")
    form = LeavingForm(request.POST if request.method == "POST" else None, member=request.user)
    if form.is_valid() and _deleted(request, form):
        logout(request)
        messages.success(request, _("Your account is deleted. Thank you for what you gave to this community."))
        return redirect("home")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render_page(request, "members/delete.html", {"form": form}, status=status)


def _has_shown_who_they_are(request: MemberRequest) -> bool:
    """Whoever has neither password nor second factor cannot be asked for them: their sign-in has to be fresh."""
    return bool(get_reauthentication_flows(request.user)) or began_within(request.session, FRESH, now=timezone.now())


def _deleted(request: MemberRequest, form: LeavingForm) -> bool:
    member = Member.objects.get(pk=request.user.pk)
    chosen = form.cleaned_data
    try:
        delete_account(member, writings=chosen["writings"], heir=chosen.get("heir"), now=timezone.now())
    except LastAdminError:
        form.add_error(None, _("You are the only admin. Please make somebody else an admin first."))
        return False
    return True

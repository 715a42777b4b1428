"""The list behind the bell: what a member was told in the portal, and how they want to be told."""

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cop_portal.lib.htmx import render_page
from members.choice_forms import ChoicesForm
from members.rights import MemberRequest, signed_in

PER_PAGE = 30


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def notifications(request: MemberRequest) -> HttpResponse:
    """What one was told, newest first, and how one wants to be told. Reading the list marks nothing."""
    form = ChoicesForm(request.POST if request.method == "POST" else None, member=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your choices are saved."))
        return redirect("members:notifications")
    page = Paginator(request.user.notifications.all(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "now": timezone.now()}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render_page(request, "members/notifications.html", context, status=status)


@require_POST
@signed_in
def open_notification(request: MemberRequest, number: int) -> HttpResponse:
    """Marks one as read and leads to what it tells of."""
    found = get_object_or_404(request.user.notifications, pk=number)
    request.user.notifications.filter(pk=number, read_at=None).update(read_at=timezone.now())
    return redirect(found.url)


@require_POST
@signed_in
def read_all(request: MemberRequest) -> HttpResponse:
    """Marks everything as read."""
    request.user.notifications.filter(read_at=None).update(read_at=timezone.now())
    messages.success(request, _("All read."))
    return redirect("members:notifications")

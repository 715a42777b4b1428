"""The list behind the bell: what a member was told, in the portal."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cop_portal.lib.htmx import render_page
from members.rights import MemberRequest, signed_in

PER_PAGE = 30


@require_safe
@signed_in
def notifications(request: MemberRequest) -> HttpResponse:
    """What one was told, newest first. Reading the list marks nothing: a GET writes nothing."""
    page = Paginator(request.user.notifications.all(), PER_PAGE).get_page(request.GET.get("page"))
    return render_page(request, "members/notifications.html", {"page": page, "now": timezone.now()})


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

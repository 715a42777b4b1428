"""The pages of the members app."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from members.actions import save_profile
from members.forms import DirectoryForm, ProfileForm
from members.limits import check, who
from members.models import Member, Photo, Team
from members.photos import MEDIA_TYPE
from members.rights import MemberRequest, members_only, signed_in

PER_PAGE = 24
PHOTO_KEPT = 24 * 3600  # seconds


@require_safe
@members_only
def directory(request: HttpRequest) -> HttpResponse:
    """Who is here, who can help with what, and who would like to practise it."""
    form = DirectoryForm(request.GET)
    status = HTTPStatus.OK if form.is_valid() else HTTPStatus.UNPROCESSABLE_ENTITY
    found = Member.objects.in_directory().found_by(form.cleaned_data) if form.is_valid() else Member.objects.none()
    page = Paginator(found.for_cards(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "now": timezone.now(), "filtered": any(form.cleaned_data.values())}
    return render_page(request, "members/directory.html", context, fragment="results", status=status)


@require_safe
@members_only
def member(request: HttpRequest, number: int) -> HttpResponse:
    """One member's profile."""
    person = get_object_or_404(Member.objects.in_directory().for_cards(), pk=number)
    context = {"person": person, "now": timezone.now()}
    return moved_to(request, person) or render_page(request, "members/member.html", context)


@require_safe
@members_only
def photo(request: HttpRequest, number: int) -> HttpResponse:
    """A member's photo. A new one has a new address, so that browsers may keep it for a while."""
    found = get_object_or_404(Photo, pk=number)
    response = HttpResponse(bytes(found.content), content_type=MEDIA_TYPE)
    patch_cache_control(response, private=True, max_age=PHOTO_KEPT, immutable=True)
    return response


@require_safe
@members_only
def team(request: MemberRequest, number: int) -> HttpResponse:
    """One team and the people in it."""
    found = get_object_or_404(Team, pk=number)
    people = Member.objects.in_directory().filter(team=found).for_cards()
    # Insights and adaptations lie above: they are reached by Django's reverse relation.
    shared: Any = found.materials.listed_to(request.user).of_team(found)
    context = {
        "team": found,
        "people": people,
        "now": timezone.now(),
        "insights": shared.filter(kind="insight").select_related("insight").newest_first()[:PER_PAGE],
        "adaptations": found.adaptations.visible_to(request.user)[:PER_PAGE],
    }
    return moved_to(request, found) or render_page(request, "members/team.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def me(request: HttpRequest) -> HttpResponse:
    """One's own profile, as a form."""
    own = Member.objects.get(pk=request.user.pk)
    if request.method == "POST" and request.FILES:
        check("upload", who(request), now=timezone.now())
    stopped = "library.too_large" in request.META
    form = ProfileForm(request.POST or None, request.FILES or None, instance=own, photo_stopped=stopped)
    if request.method != "POST":
        return render_page(request, "members/me.html", {"form": form})
    if not form.is_valid():
        return render_page(request, "members/me.html", {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    save_profile(form)
    messages.success(request, _("Your profile is saved."))
    return redirect("members:me")

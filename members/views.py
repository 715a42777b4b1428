"""The pages of the members app."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from members.models import Member, Team
from members.rights import members_only, signed_in


@members_only
def directory(request: HttpRequest) -> HttpResponse:
    """Who is here."""
    return render_page(request, "members/directory.html", {"members": Member.objects.in_directory().for_cards()})


@members_only
def member(request: HttpRequest, number: int) -> HttpResponse:
    """One member's profile."""
    person = get_object_or_404(Member.objects.in_directory().for_cards(), pk=number)
    return moved_to(request, person) or render_page(request, "members/member.html", {"person": person})


@members_only
def team(request: HttpRequest, number: int) -> HttpResponse:
    """One team with its members."""
    found = get_object_or_404(Team, pk=number)
    return moved_to(request, found) or render_page(request, "members/team.html", {"team": found})


@signed_in
def me(request: HttpRequest) -> HttpResponse:
    """One's own profile."""
    return render_page(request, "members/me.html")

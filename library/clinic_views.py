"""A case as a clinic: the step it is at and the time left, for everyone who may read the case."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page, wants_fragment
from library.clinic_steps import MINUTES, STEPS, Standing, clock_words, standing
from library.closing import while_open
from library.models import Clinic, Insight, Material
from library.pages import sections_with_html
from members.models import Member
from members.rights import MemberRequest, signed_in

READ_FIRST = ("context", "challenge", "options", "tried")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def clinic(request: MemberRequest, number: int) -> HttpResponse:
    """Where the clinic stands; who runs it starts it and moves it on. htmx asks now and then what is new."""
    now = timezone.now()
    cases = Material.objects.readable_by(request.user, now=now).filter(published_at__isnull=False)
    cases = cases.filter(insight__nature=Insight.Nature.CASE).with_facts().select_related("clinic")
    found = get_object_or_404(cases, pk=number)
    if request.method == "POST":
        return cast(HttpResponse, while_open(_move)(request, found, now))
    if moved := moved_to(request, found):
        return moved
    context = _context(request.user, found, now)
    if wants_fragment(request) and request.GET.get("state") == context["state"]:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render_page(request, "library/clinic.html", context, fragment="clock")


def _move(request: MemberRequest, material: Material, now: datetime) -> HttpResponse:
    """Starts, moves on or back, or ends it."""
    if not may_run(material, request.user):
        raise PermissionDenied
    at, do = _standing(material, now), request.POST.get("do", "")
    steps = {"start": 0, "end": len(STEPS)}
    if at:
        steps |= {"next": min(at.number + 1, len(STEPS)), "back": max(min(at.number, len(STEPS)) - 1, 0)}
    if do in steps:
        fields = {"step": steps[do], "step_began_at": now, "by": request.user}
        Clinic.objects.update_or_create(material=material, defaults=fields)
    return redirect("library:clinic", material)


def may_run(material: Material, member: Member) -> bool:
    """Whose case it is, facilitators, and who leads a session that uses it."""
    if material.owner_id == member.pk or member.may_facilitate:
        return True
    uses: Any = material.session_materials
    return member.is_member and bool(uses.filter(session__leads=member).exists())


def _standing(material: Material, now: datetime) -> Standing | None:
    held = getattr(material, "clinic", None)
    return standing(held.step, held.step_began_at, now=now) if held else None


def _context(reader: Member, material: Material, now: datetime) -> dict[str, Any]:
    at = _standing(material, now)
    running = at if at and not at.is_over else None
    seconds = running.seconds_left(now) if running else 0
    current = at.number if at else -1
    return {
        "material": material,
        "running": running,
        "is_over": bool(at and at.is_over),
        "number": current + 1,
        "seconds": seconds,
        "left": clock_words(seconds),
        "most": running.step.minutes * 60 if running else 1,
        "steps": [
            {"step": step, "is_current": place == current, "is_done": place < current}
            for place, step in enumerate(STEPS)
        ],
        "minutes": MINUTES,
        "may_run": may_run(material, reader),
        "state": f"{at.number}-{at.began_at.timestamp():.0f}" if at else "none",
        "sections": [one for one in sections_with_html(material) if one["section"].name in READ_FIRST],
    }

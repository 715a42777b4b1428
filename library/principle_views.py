"""The principles, and all that touches each of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from library.models import Adaptation, Material, Principle, Suggestion
from library.principle_writing_views import may_suggest
from library.rows import rows_of
from members.rights import MemberRequest, signed_in

SHOWN = 12


@require_safe
@signed_in
def principles(request: HttpRequest) -> HttpResponse:
    """All principles, as the community agreed on them."""
    return render_page(request, "principles/index.html", {"principles": Principle.objects.all()})


@require_safe
@signed_in
def principle(request: MemberRequest, number: int) -> HttpResponse:
    """One principle with the sessions, insights, materials and adaptations that touch it."""
    found = get_object_or_404(Principle, pk=number)
    return moved_to(request, found) or render_page(request, "principles/principle.html", _context(request, found))


def _context(request: MemberRequest, principle: Principle) -> dict[str, object]:
    """A guest reads the principle alone, and finds the sessions they are invited to."""
    now, reader = timezone.now(), request.user
    listed = Material.objects.listed_to(reader) if reader.is_member else Material.objects.none()
    touching = listed.filter(principles=principle).for_rows().newest_first()
    insights = touching.filter(kind=Material.Kind.INSIGHT)[:SHOWN]
    others = touching.exclude(kind=Material.Kind.INSIGHT)[:SHOWN]
    adaptations = Adaptation.objects.filter(material__in=listed, material__principles=principle)
    suggestions = Suggestion.objects.filter(principle=principle, state=Suggestion.State.OPEN).select_related("by")
    sessions = principle.sessions.visible_to(reader, now=now)
    return {
        "principle": principle,
        "insights": rows_of(insights),
        "materials": rows_of(others),
        "adaptations": adaptations.select_related("team", "material")[:SHOWN],
        "sessions": sessions.order_by("-starts_at", "-pk")[:SHOWN],
        "suggestions": suggestions if reader.is_member else (),
        "may_suggest": may_suggest(reader),
        "now": now,
    }

"""Earlier versions of a material: the list, one of them with what it changed, and bringing it back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from library.actions import ChangedMeanwhileError, bring_back
from library.closing import while_open
from library.history import Edit, changes_of, edits_of, texts_of, versions_of, who_of
from library.models import Material
from members.rights import MemberRequest, members_only

PER_PAGE = 20


def _readable(request: MemberRequest, number: int) -> Material:
    rows = Material.objects.visible_to(request.user).with_facts()
    found: Material = get_object_or_404(rows, pk=number)
    return found


@require_safe
@members_only
def history(request: MemberRequest, number: int) -> HttpResponse:
    """Every edit: who, when, and which parts of it."""
    found = _readable(request, number)
    if moved := moved_to(request, found):
        return moved
    page = Paginator(edits_of(found, request.user), PER_PAGE).get_page(request.GET.get("page"))
    versions = versions_of(found, request.user, offset=(page.number - 1) * PER_PAGE, limit=PER_PAGE)
    context = {"material": found, "page": page, "versions": versions}
    return render_page(request, "library/history.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def version(request: MemberRequest, number: int, edit: int) -> HttpResponse:
    """What one edit changed and how it read then; its owner can bring that back."""
    found = _readable(request, number)
    edits = edits_of(found, request.user)
    chosen = get_object_or_404(edits, history_id=edit)
    if request.method == "POST":
        return while_open(_bring_back)(request, found, chosen)  # type: ignore[return-value]
    context = {
        "material": found,
        "edit": chosen,
        "who": who_of(chosen, found),
        "changes": changes_of(chosen, found, request.user),
        "texts": texts_of(chosen, found),
        "may_bring_back": found.may_edit(request.user) and edits.filter(history_id__gt=chosen.pk).exists(),
    }
    return moved_to(request, found) or render_page(request, "library/version.html", context)


def _bring_back(request: MemberRequest, material: Material, edit: Edit) -> HttpResponse:
    if not material.may_edit(request.user):
        raise PermissionDenied
    try:
        bring_back(material, edit, by=request.user, now=timezone.now())
    except ChangedMeanwhileError:
        messages.error(request, _("It was changed at this very moment. Look at the newest version first."))
        return redirect("library:history", material)
    messages.success(request, _("That version is the newest again; what stood there before is in the history."))
    return redirect(material.get_absolute_url())

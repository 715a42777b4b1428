"""The lists of the library, and the page of one material."""

from http import HTTPStatus

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from library.feeds import narrowed
from library.models import Material, Tag
from library.pages import for_page, page_of
from library.rows import rows_of
from library.shelves import shelf_of
from library.tag_actions import suggested_tags
from library.tag_counts import tags_in_use
from members.limits import check, limited, who
from members.rights import MemberRequest, members_only, signed_in


@require_safe
@members_only
def index(request: MemberRequest) -> HttpResponse:
    """Everything in the library, narrowed by words and filters."""
    return _shelf(request, {"base": reverse("library:index")})


@require_safe
@members_only
def tag(request: MemberRequest, number: int) -> HttpResponse:
    """What carries a tag, narrowed further; an alias leads to its tag and keeps the query."""
    found = get_object_or_404(Tag.objects.select_related("alias_of"), pk=number)
    if found.alias_of:
        address = found.alias_of.get_absolute_url()
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{address}?{query}" if query else address, permanent=True)
    return moved_to(request, found) or _shelf(request, {"tag": found, "base": found.get_absolute_url()})


def _shelf(request: MemberRequest, context: dict[str, object]) -> HttpResponse:
    if request.GET.get("q"):
        check("search", who(request), now=timezone.now())
    tag = context.get("tag")
    context |= shelf_of(request, request.user, tag=tag if isinstance(tag, Tag) else None)
    context["feed_url"] = feed_url(request, tag if isinstance(tag, Tag) else None)
    context["topic_url"] = topic_url(str(context.get("words", "")))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if context["form"].errors else HTTPStatus.OK  # type: ignore[attr-defined]
    return render_page(request, "library/index.html", context, fragment="results", status=status)


def feed_url(request: MemberRequest, tag: Tag | None) -> str:
    """Returns where this list is had as a feed."""
    query = request.GET.copy()
    if tag:
        query.appendlist("tag", tag.slug)
    kept = narrowed(query)
    return f"{reverse('library:feeds')}?{kept}" if kept else reverse("library:feeds")


def topic_url(title: str) -> str:
    """Returns where a topic of this title is proposed; "" while there is no such page."""
    try:
        address = reverse("sessions:new_topic")
    except NoReverseMatch:
        return ""
    query = QueryDict(mutable=True)
    query["title"] = title
    return f"{address}?{query.urlencode()}" if title else address


@require_safe
@members_only
def tags(request: MemberRequest) -> HttpResponse:
    """All tags, most used first."""
    return render_page(request, "library/tags.html", {"tags": tags_in_use()})


@require_safe
@members_only
@limited("preview")
def tag_suggestions(request: MemberRequest) -> HttpResponse:
    """Tags for what is being typed: a fragment of buttons. `without` are those chosen already."""
    typed, chosen = request.GET.get("typed", "")[:100], request.GET.get("without", "")[:600]
    found = suggested_tags(typed, without=[name for name in chosen.split(",") if name.strip()])
    return render_page(request, "library/_tag_suggestions.html", {"tags": found})


@require_safe
@members_only
def mine(request: MemberRequest) -> HttpResponse:
    """What the member put here, drafts and private things included, latest first."""
    rows = Material.objects.filter(owner=request.user, binned_at=None).for_rows().order_by("-changed_at", "-pk")
    return render_page(request, "library/mine.html", {"rows": rows_of(rows), "tab": "mine"})


@require_safe
@signed_in
def material(request: MemberRequest, number: int) -> HttpResponse:
    """One material; a guest reads what a session granted them."""
    now = timezone.now()
    found = for_page(request.user, now=now).filter(pk=number).first()
    if found is None:
        hidden = get_object_or_404(Material.objects.hidden_from(request.user), pk=number)
        return render_page(request, "library/hidden.html", {"material": hidden})
    return moved_to(request, found) or render_page(
        request, "library/material.html", page_of(found, request.user, now=now)
    )

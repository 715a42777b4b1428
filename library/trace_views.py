"""What readers add: thanks, comments, adaptations, their reading list."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page, wants_fragment
from library.closing import while_open
from library.models import Comment, Material, ReadingItem
from library.pages import adaptations_of, for_page, page_of
from library.rows import rows_of
from library.trace_actions import (
    adapt,
    delete_comment,
    edit_comment,
    put_on_list,
    say_it_helped,
    take_thanks_back,
    write_comment,
)
from library.trace_forms import AdaptationForm, CommentForm, ReadingForm
from members.once import once
from members.rights import MemberRequest, members_only


def _readable(request: MemberRequest, number: int) -> Material:
    """Returns a shared material to react to; raises Http404 for what cannot be seen, and for drafts."""
    found: Material = get_object_or_404(Material.objects.listed_to(request.user), pk=number)
    return found


def _answer(request: MemberRequest, material: Material, fragment: str, **more: Any) -> HttpResponse:
    """The part of the page that changed; without htmx the whole page again, by a redirect."""
    if not wants_fragment(request):
        return redirect(f"{material.get_absolute_url()}#{fragment}")
    now = timezone.now()
    fresh = get_object_or_404(for_page(request.user, now=now), pk=material.pk)
    context = page_of(fresh, request.user, now=now) | more
    return render_page(request, "library/material.html", context, fragment=fragment)


@members_only
@while_open
@require_POST
def helped(request: MemberRequest, number: int) -> HttpResponse:
    """ "This helped me", or not after all."""
    found = _readable(request, number)
    if found.may_edit(request.user):
        raise PermissionDenied
    if request.POST.get("undo"):
        take_thanks_back(found, by=request.user)
    else:
        say_it_helped(found, by=request.user)
    return _answer(request, found, "thanks")


@members_only
@require_POST
def reading(request: MemberRequest, number: int) -> HttpResponse:
    """Onto the own reading list, further along it, or off it."""
    found = _readable(request, number)
    form = ReadingForm(request.POST)
    if not form.is_valid():
        raise Http404
    put_on_list(found, form.cleaned_data["state"], by=request.user, now=timezone.now())
    if request.POST.get("back") == "list":
        return redirect("library:reading_list")
    return _answer(request, found, "thanks")


@members_only
@while_open
@require_POST
def comment(request: MemberRequest, number: int) -> HttpResponse:
    """Adds a comment."""
    found = _readable(request, number)
    form, now = CommentForm(request.POST), timezone.now()
    if form.is_valid():

        def create() -> str:
            written = write_comment(found, form.cleaned_data["text"], by=request.user, now=now)
            return f"{found.get_absolute_url()}#comment-{written.pk}"

        url = once(request.user, form.cleaned_data["key"], create=create, now=now)
        return _answer(request, found, "comments") if wants_fragment(request) else redirect(url)
    fresh = get_object_or_404(for_page(request.user, now=now), pk=found.pk)
    context = page_of(fresh, request.user, now=now) | {"comment_form": form}
    return render_page(
        request, "library/material.html", context, fragment="comments", status=HTTPStatus.UNPROCESSABLE_ENTITY
    )


def _own_comment(request: MemberRequest, number: int, comment: int) -> Comment:
    """Returns a comment to change; 404 below what cannot be seen, 403 for somebody else's."""
    readable = Material.objects.listed_to(request.user)
    comments = Comment.objects.shown().select_related("material")
    found: Comment = get_object_or_404(comments, pk=comment, material=number, material__in=readable)
    if not found.may_edit(request.user):
        raise PermissionDenied
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
@while_open
def change_comment(request: MemberRequest, number: int, comment: int) -> HttpResponse:
    """Changes one's own words."""
    found = _own_comment(request, number, comment)
    form = CommentForm(request.POST or None, initial={"text": found.text})
    context = {"form": form, "comment": found, "material": found.material}
    if request.method != "POST":
        return render_page(request, "library/comment.html", context)
    if not form.is_valid():
        return render_page(request, "library/comment.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    edit_comment(found, form.cleaned_data["text"], now=timezone.now())
    return redirect(f"{found.material.get_absolute_url()}#comment-{found.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
@while_open
def remove_comment(request: MemberRequest, number: int, comment: int) -> HttpResponse:
    """Takes one's own words away, after a question."""
    found = _own_comment(request, number, comment)
    if request.method != "POST":
        return render_page(request, "library/comment_delete.html", {"comment": found, "material": found.material})
    delete_comment(found, now=timezone.now())
    messages.success(request, _("Your comment is gone."))
    return redirect(f"{found.material.get_absolute_url()}#comments")


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
@while_open
def adaptation(request: MemberRequest, number: int) -> HttpResponse:
    """Borrow, adapt or leave: what the member's team makes of an insight."""
    found = get_object_or_404(
        Material.objects.listed_to(request.user).for_rows(), pk=number, kind=Material.Kind.INSIGHT
    )
    around = adaptations_of(found, request.user)
    if around["adapt_form"] is None:
        raise PermissionDenied
    if request.method != "POST":
        context = {"material": found, "form": around["adapt_form"]}
        return moved_to(request, found) or render_page(request, "library/adapt.html", context)
    form = AdaptationForm(request.POST)
    if not form.is_valid():
        context = {"material": found, "form": form}
        return render_page(request, "library/adapt.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    adapt(found, **form.cleaned_data, by=request.user, now=timezone.now())
    messages.success(request, _("Your team’s answer stands beside it now."))
    return redirect(f"{found.get_absolute_url()}#adaptations")


@require_safe
@members_only
def reading_list(request: MemberRequest) -> HttpResponse:
    """One's own reading list: what is being read, what waits, what is done."""
    items = ReadingItem.objects.filter(member=request.user, material__in=Material.objects.listed_to(request.user))
    states = dict(items.order_by("-changed_at").values_list("material", "state"))
    materials = Material.objects.for_rows().in_bulk(list(states))
    groups = [
        {
            "state": state,
            "label": ReadingItem.State(state).label,
            "items": [(materials[pk].slug, row) for pk, row in _rows_in(state, states, materials)],
        }
        for state in (ReadingItem.State.READING, ReadingItem.State.TO_READ, ReadingItem.State.DONE)
    ]
    context = {"groups": [group for group in groups if group["items"]], "states": ReadingItem.State.choices}
    return render_page(request, "library/reading_list.html", context | {"tab": "reading"})


def _rows_in(state: str, states: dict[int, str], materials: dict[int, Material]) -> list[tuple[int, Any]]:
    pks = [pk for pk, own in states.items() if own == state and pk in materials]
    return list(zip(pks, rows_of(materials[pk] for pk in pks), strict=True))

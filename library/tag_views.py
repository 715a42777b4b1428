"""Tags: all of them, and for facilitators their names, other spellings and merging."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from library.closing import while_open
from library.models import Tag
from library.tag_actions import add_alias, drop_alias, merge_tags, rename_tag
from library.tag_counts import uses_of
from library.tag_forms import AliasForm, DropAliasForm, MergeForm, RenameForm
from members.rights import MemberRequest, facilitators_only


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
@while_open
def edit_tag(request: MemberRequest, number: int) -> HttpResponse:
    """Renames a tag, merges it into another, adds and drops other spellings: `do` says which."""
    found = get_object_or_404(Tag.objects.main(), pk=number)
    if request.method != "POST":
        return moved_to(request, found) or _page(request, found)
    do = request.POST.get("do", "")
    return _ACTIONS[do](request, found) if do in _ACTIONS else _page(request, found)


def _page(request: MemberRequest, tag: Tag, *, status: int = HTTPStatus.OK, **forms: Any) -> HttpResponse:
    context = {
        "tag": tag,
        "uses": uses_of(tag),
        "aliases": tag.aliases.order_by("name"),
        "others": Tag.objects.main().exclude(pk=tag.pk).values_list("name", flat=True),
        "rename": RenameForm(tag=tag, initial={"name": tag.name}),
        "merge": MergeForm(tag=tag),
        "alias": AliasForm(tag=tag),
        **forms,
    }
    return render_page(request, "library/tag_edit.html", context, status=status)


def _refused(request: MemberRequest, tag: Tag, **forms: Any) -> HttpResponse:
    return _page(request, tag, status=HTTPStatus.UNPROCESSABLE_ENTITY, **forms)


def _rename(request: MemberRequest, tag: Tag) -> HttpResponse:
    form = RenameForm(request.POST, tag=tag)
    if not form.is_valid():
        return _refused(request, tag, rename=form)
    try:
        rename_tag(tag, form.cleaned_data["name"])
    except IntegrityError:
        form.add_error("name", _("There is a tag of that name. You can merge this one into it below."))
        return _refused(request, tag, rename=form)
    messages.success(request, _("It is called “%(name)s” now.") % {"name": tag.name})
    return redirect("library:edit_tag", tag)


def _merge(request: MemberRequest, tag: Tag) -> HttpResponse:
    """Asks before: it cannot be taken apart again."""
    form = MergeForm(request.POST, tag=tag)
    if not form.is_valid():
        return _refused(request, tag, merge=form)
    into = form.cleaned_data["into"]
    if not request.POST.get("sure"):
        context = {"tag": tag, "into": into, "uses": uses_of(tag)}
        return render_page(request, "library/tag_merge.html", context)
    merge_tags(tag, into=into)
    messages.success(request, _("“%(tag)s” is “%(into)s” now.") % {"tag": tag.name, "into": into.name})
    return redirect(into)


def _alias(request: MemberRequest, tag: Tag) -> HttpResponse:
    form = AliasForm(request.POST, tag=tag)
    if not form.is_valid():
        return _refused(request, tag, alias=form)
    add_alias(tag, form.cleaned_data["alias"])
    messages.success(request, _("Who types “%(name)s” gets this tag.") % {"name": form.cleaned_data["alias"]})
    return redirect("library:edit_tag", tag)


def _drop(request: MemberRequest, tag: Tag) -> HttpResponse:
    form = DropAliasForm(request.POST, tag=tag)
    if form.is_valid():
        drop_alias(form.cleaned_data["alias"])
        messages.success(request, _("That spelling leads here no more."))
    return redirect("library:edit_tag", tag)


_ACTIONS: dict[str, Callable[[MemberRequest, Tag], HttpResponse]] = {
    "rename": _rename,
    "merge": _merge,
    "alias": _alias,
    "drop": _drop,
}

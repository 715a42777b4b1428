"""Adding, editing, throwing away and taking back."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page, wants_fragment
from library.actions import ChangedMeanwhileError, bin_material, restore_material
from library.closing import while_open
from library.drafts import autosave_url, store_new
from library.files import too_large_words
from library.forms import ArticleForm, FileForm, InsightForm, LinkForm, MaterialForm
from library.models import Insight, Material
from library.natures import NATURES
from library.pages import sections_with_html
from library.retention import BIN_KEPT
from library.rows import byline_of, length_of
from library.uploads import too_large
from members.limits import counts_as, limited
from members.once import once
from members.rights import MemberRequest, members_only

write = require_http_methods(["GET", "HEAD", "POST"])
FORMS: dict[str, type[MaterialForm]] = {
    Material.Kind.ARTICLE: ArticleForm,
    Material.Kind.LINK: LinkForm,
    Material.Kind.FILE: FileForm,
    Material.Kind.INSIGHT: InsightForm,
}


@require_safe
@members_only
@while_open
def new(request: MemberRequest) -> HttpResponse:
    """What would you like to share?"""
    return render_page(request, "library/new.html", {"natures": _natures()})


@write
@members_only
@while_open
def new_article(request: MemberRequest) -> HttpResponse:
    return _add(request, ArticleForm)


@write
@members_only
@while_open
def new_link(request: MemberRequest) -> HttpResponse:
    return _add(request, LinkForm)


@write
@members_only
@while_open
@limited("upload")
def new_file(request: MemberRequest) -> HttpResponse:
    return _add(request, FileForm)


@write
@members_only
@while_open
def new_insight(request: MemberRequest) -> HttpResponse:
    """First the nature, then its own form."""
    nature = request.GET.get("nature", "")
    if nature not in NATURES:
        return render_page(request, "library/new_insight.html", {"natures": _natures()})
    return _add(request, InsightForm, nature=nature)


def _natures() -> list[dict[str, Any]]:
    return [{"key": key, "label": Insight.Nature(key).label, "form": form} for key, form in NATURES.items()]


def _add(request: MemberRequest, form_class: type[MaterialForm], **options: Any) -> HttpResponse:
    if request.method != "POST":
        initial = {"title": request.GET.get("title", "")[:160], "tags": request.GET.get("tags", "")[:200]}
        return _show(request, form_class(member=request.user, initial=initial, **options))
    stopped = too_large(request)
    form = form_class(request.POST, request.FILES, member=request.user, **options)
    if stopped is not None and "file" in form.fields:
        return _refuse_size(request, form, stopped)
    if not form.is_valid():
        return _show(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    now, publish = timezone.now(), request.POST.get("save") != "draft"
    key = form.cleaned_data["key"]
    url = once(request.user, key, create=lambda: store_new(form, publish=publish, now=now), now=now)
    messages.success(request, _("It is in the library.") if publish else _("Your draft is kept; only you see it."))
    return _go(request, url)


def _show(request: MemberRequest, form: MaterialForm, *, status: int = HTTPStatus.OK, **more: Any) -> HttpResponse:
    nature = getattr(form, "nature", "")
    context = {
        "form": form,
        "kind": form.kind,
        "nature": nature,
        "nature_label": Insight.Nature(nature).label if nature else "",
        "invitation": NATURES[nature].invitation if nature else "",
        "material": form.material,
        "max_mb": settings.UPLOAD_MAX_MB,
        "is_draft": form.material is None or form.material.is_draft,
        "autosave_url": autosave_url(form),
        **more,
    }
    return render_page(request, "library/write.html", context, fragment="form", status=status)


def _refuse_size(request: MemberRequest, form: MaterialForm, name: str) -> HttpResponse:
    """Everything that was typed stays; the file has to be another one."""
    form.is_valid()
    form.errors.pop("file", None)
    form.add_error("file", too_large_words(name))
    return _show(request, form, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _go(request: MemberRequest, url: str) -> HttpResponse:
    """A redirect that htmx turns into a whole new page."""
    if wants_fragment(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": url})
    return redirect(url)


def own_material(request: MemberRequest, number: int) -> Material:
    """Returns a material to write to; raises Http404 for what the member cannot see, 403 for what is not theirs."""
    rows = Material.objects.visible_to(request.user).for_rows().prefetch_related("principles")
    found = get_object_or_404(rows, pk=number)
    if not found.may_edit(request.user):
        raise PermissionDenied
    return found


@write
@members_only
@while_open
def edit(request: MemberRequest, number: int) -> HttpResponse:
    """Changes a material; what was saved meanwhile is shown beside what was typed."""
    found = own_material(request, number)
    options = {"nature": found.insight.nature} if found.kind == Material.Kind.INSIGHT else {}
    form_class = FORMS[found.kind]
    if request.method != "POST":
        form = form_class(member=request.user, material=found, **options)
        return moved_to(request, found) or _show(request, form)
    stopped = too_large(request)
    form = form_class(request.POST, request.FILES, member=request.user, material=found, **options)
    if stopped is not None and "file" in form.fields:
        return _refuse_size(request, form, stopped)
    if not form.is_valid():
        return _show(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _save(request, form)


def _save(request: MemberRequest, form: MaterialForm) -> HttpResponse:
    now, publish = timezone.now(), request.POST.get("save") != "draft"
    try:
        key = form.cleaned_data["key"]
        url = once(request.user, key, create=lambda: form.edit(publish=publish, now=now), now=now)
    except ChangedMeanwhileError as changed:
        return _conflict(request, form, changed.material)
    messages.success(request, _("Saved."))
    return _go(request, url)


def _conflict(request: MemberRequest, form: MaterialForm, stored: Material) -> HttpResponse:
    """Both texts side by side; saving again is then a choice, for the form now knows the newer version."""
    data = request.POST.copy()
    data["version"] = str(stored.version)
    options = {"nature": form.nature} if isinstance(form, InsightForm) else {}
    form.data = data
    theirs = type(form)(member=request.user, material=stored, **options)
    return _show(request, form, status=HTTPStatus.CONFLICT, differences=_differences(form, theirs), stored=stored)


def _differences(mine: MaterialForm, theirs: MaterialForm) -> list[dict[str, Any]]:
    """Returns the fields that differ: what was typed, and what is stored."""
    pairs = []
    for name in mine.fields:
        if name in {"version", "key", "file", "anyway"}:
            continue
        typed, stored = _words_of(mine, name, mine[name].value()), _words_of(theirs, name, theirs[name].value())
        if typed != stored:
            pairs.append({"label": mine[name].label, "typed": typed, "stored": stored})
    return pairs


def _words_of(form: MaterialForm, name: str, value: Any) -> str:
    """Returns a field's value as one reads it."""
    labels = {str(key): str(label) for key, label in getattr(form.fields[name], "choices", ())}
    values = value if isinstance(value, (list, tuple)) else [value if value is not None else ""]
    return ", ".join(labels.get(str(one), str(one)) for one in values).replace("\r\n", "\n").strip()


@members_only
@while_open
@require_POST
@counts_as("preview")
def preview(request: MemberRequest) -> HttpResponse:
    """The page as it would be, from what is typed now; nothing is stored."""
    form = ArticleForm(request.POST, request.FILES, member=request.user)
    if not form.is_valid():
        return _show(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    words = form.words()
    draft = Material(
        kind=Material.Kind.ARTICLE, title=words.title, summary=words.summary, body=str(words.body),
        owner=request.user, team=request.user.team, shown_as=words.shown_as, published_at=timezone.now(),
    )  # fmt: skip
    context = {
        "material": draft,
        "is_preview": True,
        "byline": byline_of(draft),
        "length": length_of(draft),
        "icon": "file-text",
        "kind": draft.get_kind_display(),
        "html": getattr(words.body, "html", ""),
        "tag_names": words.tags,
        "sections": sections_with_html(draft),
    }
    return render_page(request, "library/preview.html", context)


@write
@members_only
@while_open
def delete(request: MemberRequest, number: int) -> HttpResponse:
    """Into the bin, after a question."""
    found = own_material(request, number)
    if request.method != "POST":
        return moved_to(request, found) or render_page(
            request, "library/delete.html", {"material": found, "days": BIN_KEPT.days}
        )
    bin_material(found, now=timezone.now())
    messages.success(request, _("“%(title)s” is in your bin. You can take it back below.") % {"title": found.title})
    return redirect("library:bin")


@require_safe
@members_only
def own_bin(request: MemberRequest) -> HttpResponse:
    """What the member threw away; only they see it."""
    rows = Material.objects.binned_by(request.user)
    return render_page(request, "library/bin.html", {"rows": rows, "days": BIN_KEPT.days, "tab": "bin"})


@members_only
@while_open
@require_POST
def restore(request: MemberRequest, number: int) -> HttpResponse:
    """Back from the bin, as it was."""
    found = get_object_or_404(Material.objects.binned_by(request.user), pk=number)
    restore_material(found)
    messages.success(request, _("It is back, with its tags, links and comments."))
    return redirect(found)

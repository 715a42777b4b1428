"""Bringing along, with a preview and a report; and taking away."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cop_portal.lib.csv import csv_response
from cop_portal.lib.htmx import render_page
from library.closing import while_open
from library.exporting import archive_of, table_of
from library.files import too_large_words
from library.import_actions import begin_import, drop_import, run_import_of, start_import
from library.import_forms import ImportForm, StartForm
from library.import_tasks import bring_along
from library.importing.entries import UnreadableFileError
from library.models import Import, ImportRow
from library.shelves import page_number
from library.uploads import too_large
from library.writing_views import write
from members.limits import limited
from members.rights import MemberRequest, members_only

ROWS, LATEST = 50, 10
AT_ONCE = 20  # rows that are added while the member waits


@write
@members_only
@while_open
@limited("upload")
def imports(request: MemberRequest) -> HttpResponse:
    """Choose a file; what was brought along before stands below."""
    if request.method != "POST":
        return _choose(request, ImportForm())
    stopped = too_large(request)
    form = ImportForm(request.POST, request.FILES)
    if stopped is not None:
        form.is_valid()
        form.errors.pop("file", None)
        form.add_error("file", too_large_words(stopped))
        return _choose(request, form, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if form.is_valid():
        try:
            new = begin_import(
                form.entries(), source=form.source, name=form.name, archive=form.archive(), by=request.user,
                now=timezone.now(),
            )  # fmt: skip
            return redirect("library:import", new.pk)
        except UnreadableFileError as unreadable:
            form.add_error("file", str(unreadable))
    return _choose(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _choose(request: MemberRequest, form: ImportForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    latest = Import.objects.filter(member=request.user).order_by("-created_at", "-pk")[:LATEST]
    context = {"form": form, "imports": latest, "tab": "mine", "max_mb": settings.UPLOAD_MAX_MB}
    return render_page(request, "library/imports.html", context, status=status)


@require_safe
@members_only
def one_import(request: MemberRequest, pk: int) -> HttpResponse:
    """What is in the file, or what became of it, row by row."""
    return _show(request, _own(request, pk), StartForm())


def _own(request: MemberRequest, pk: int) -> Import:
    found: Import = get_object_or_404(Import, pk=pk, member=request.user)
    return found


def _show(request: MemberRequest, found: Import, form: StartForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    counts = dict(found.rows.order_by().values_list("state").annotate(Count("pk")))
    total = sum(counts.values())
    rows = found.rows.select_related("material").defer("fields").order_by("number")
    context = {
        "import": found,
        "form": form,
        "page": Paginator(rows, ROWS).get_page(page_number(request.GET.get("page"))),
        "counts": [(state.label, counts[state]) for state in ImportRow.State if state in counts],
        "ready": counts.get(ImportRow.State.READY, 0),
        "added": counts.get(ImportRow.State.ADDED, 0),
        "total": total,
        "done": total - counts.get(ImportRow.State.READY, 0),
        "tab": "mine",
    }
    return render_page(request, "library/import.html", context, fragment="report", status=status)


@members_only
@require_POST
@while_open
def start(request: MemberRequest, pk: int) -> HttpResponse:
    """Adds what is new: at once where it is little, in the background where it is much."""
    found = _own(request, pk)
    form = StartForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if start_import(found, shown_as=form.cleaned_data["shown_as"], audience=form.cleaned_data["audience"]):
        if found.rows.filter(state=ImportRow.State.READY).count() <= AT_ONCE:
            run_import_of(found.pk)
        else:
            bring_along.enqueue(found.pk)
    return redirect("library:import", found.pk)


@members_only
@require_POST
def drop(request: MemberRequest, pk: int) -> HttpResponse:
    """Leaves it; nothing was added yet."""
    drop_import(_own(request, pk))
    messages.success(request, _("Nothing was added."))
    return redirect("library:imports")


@require_safe
@members_only
def export(request: MemberRequest) -> HttpResponse:
    """What one can take along, and what is in it."""
    return render_page(request, "library/export.html", {"tab": "mine"})


@require_safe
@members_only
@limited("export")
def export_csv(request: MemberRequest) -> HttpResponseBase:
    return csv_response(_("library"), table_of(request.user, settings.SITE_URL))


@require_safe
@members_only
@limited("export")
def export_zip(request: MemberRequest) -> HttpResponseBase:
    headers = {"Content-Disposition": 'attachment; filename="library.zip"'}
    return StreamingHttpResponse(archive_of(request.user), content_type="application/zip", headers=headers)

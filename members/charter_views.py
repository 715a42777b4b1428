"""The pages of the charter, and of what is kept about people."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cop_portal.lib.htmx import render_page
from members.charter_actions import CharterChangedError, note_read, write_charter
from members.charter_forms import CharterForm, ReadForm
from members.charters import CharterVersion
from members.models import Community
from members.rights import MemberRequest, facilitators_only, members_only, public, signed_in

LISTED = 100


@require_safe
@public
def charter(request: HttpRequest) -> HttpResponse:
    """How people here treat each other."""
    return render_page(request, "charter/charter.html", {"version": CharterVersion.objects.first()})


@require_http_methods(["GET", "HEAD", "POST"])
@facilitators_only
def edit(request: MemberRequest) -> HttpResponse:
    """Writes a new version, from the one in force; an archive keeps what it has."""
    if Community.current().stage == Community.Stage.CLOSED:
        raise PermissionDenied
    present = CharterVersion.objects.first()
    if request.method != "POST":
        start = {"text": present.text, "onto": present.number} if present else {"onto": 0}
        return render_page(request, "charter/edit.html", {"form": CharterForm(initial=start), "version": present})
    form = CharterForm(request.POST)
    if form.is_valid() and _try_write(request, form):
        messages.success(request, _("The charter is saved. Each member is shown it once."))
        return redirect("charter:charter")
    context = {"form": form, "version": present}
    return render_page(request, "charter/edit.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _try_write(request: MemberRequest, form: CharterForm) -> bool:
    """Whether the version was written; if not, the form says what stands in the way."""
    data = form.cleaned_data
    try:
        write_charter(data["text"], note=data["note"], onto=data["onto"], by=request.user, now=timezone.now())
    except CharterChangedError:
        form.add_error(None, _("Somebody saved another version meanwhile. Copy your text, open the page again, merge."))
        return False
    return True


@require_safe
@members_only
def history(request: MemberRequest) -> HttpResponse:
    """All versions, newest first."""
    versions = CharterVersion.objects.select_related("by").defer("text", "html")[:LISTED]
    return render_page(request, "charter/history.html", {"versions": versions})


@require_safe
@members_only
def version(request: MemberRequest, number: int) -> HttpResponse:
    """One version, as it stood."""
    found = get_object_or_404(CharterVersion.objects.select_related("by"), number=number)
    return render_page(request, "charter/version.html", {"version": found})


@signed_in
@require_POST
def seen(request: MemberRequest) -> HttpResponse:
    """Notes that the charter was read, and leads back to where the button stood."""
    form = ReadForm(request.POST, newest=Community.current().charter_version)
    if not form.is_valid():
        raise Http404
    note_read(request.user, form.cleaned_data["number"])
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "charter:charter")


@require_safe
@public
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, for how long, and who can see it."""
    return render_page(request, "charter/privacy.html")

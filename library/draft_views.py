"""What the script of the writing page talks to: it answers when, and whether, a draft was kept."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from library.actions import ChangedMeanwhileError
from library.closing import while_open
from library.drafts import KINDS, NotADraftError, is_blank, keep, keep_new
from library.forms import MaterialForm
from library.models import Material
from library.natures import NATURES
from library.writing_views import FORMS, own_material
from members.limits import counts_as
from members.rights import MemberRequest, members_only


@counts_as("preview")
@members_only
@while_open
@require_POST
def autosave_new(request: MemberRequest) -> JsonResponse:
    """Keeps what is typed into the form of a new article or insight: `?kind=`, and of an insight `nature=`."""
    kind, nature = request.GET.get("kind", ""), request.GET.get("nature", "")
    if kind not in KINDS or (kind == Material.Kind.INSIGHT and nature not in NATURES):
        raise Http404
    return _kept(_form(request, kind, nature))


@counts_as("preview")
@members_only
@while_open
@require_POST
def autosave(request: MemberRequest, number: int) -> JsonResponse:
    """Keeps what is typed into the form of one's own draft."""
    found = own_material(request, number)
    if found.kind not in KINDS:
        raise Http404
    nature = found.insight.nature if found.kind == Material.Kind.INSIGHT else ""
    return _kept(_form(request, found.kind, nature, material=found))


def _form(request: MemberRequest, kind: str, nature: str, **options: Any) -> MaterialForm:
    options |= {"nature": nature} if nature else {}
    form = FORMS[kind](request.POST, member=request.user, **options)
    form.relax()
    return form


def _kept(form: MaterialForm) -> JsonResponse:
    if not form.is_valid():
        return _not_kept(_("Not saved yet: something on this page cannot be stored."), HTTPStatus.UNPROCESSABLE_ENTITY)
    if form.material is None and is_blank(form):
        return JsonResponse({"words": ""})
    now = timezone.now()
    try:
        draft = keep(form.material, form, now=now) if form.material else keep_new(form, now=now)
    except NotADraftError:
        return _not_kept(_("Not saved by itself: this is no draft any more."), HTTPStatus.CONFLICT)
    except ChangedMeanwhileError:
        return _not_kept(
            _("Not saved by itself: it was changed in another window. Save to see both texts."), HTTPStatus.CONFLICT
        )
    words = _("Saved %(time)s") % {"time": date_format(timezone.localtime(now), _("H:i"))}
    return JsonResponse({
        "words": words,
        "version": draft.version,
        "autosave": reverse("library:autosave", args=[draft]),
        "edit": reverse("library:edit", args=[draft]),
    })  # fmt: skip


def _not_kept(words: str, status: int) -> JsonResponse:
    return JsonResponse({"words": words}, status=status)

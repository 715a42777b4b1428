"""What a session left behind, written by its leads and whoever takes notes; and the versions of it."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from cop_portal.lib.markdown_field import MarkdownField
from members.rights import MemberRequest, members_only
from sessions.coming import Coming
from sessions.formats import Format
from sessions.models import Session
from sessions.notes import NOTES, may_read_notes, may_write_notes, versions_of, write_notes
from sessions.views import visible_session


class NotesForm(forms.Form):
    """What one takes home from a session. There is no field for decisions or tasks: each team decides for itself."""

    mark_optional = False

    takeaways = MarkdownField(
        label=gettext_lazy("Takeaways"),
        prefix="takeaways",
        max_length=10_000,
        required=False,
        help_text=gettext_lazy("What would you tell somebody who could not come?"),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    team_may_try = MarkdownField(
        label=gettext_lazy("My team may try …"),
        prefix="team_may_try",
        max_length=10_000,
        required=False,
        help_text=gettext_lazy("An offer to every team, not a task for anybody."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    notes = MarkdownField(
        label=gettext_lazy("Notes"),
        prefix="notes",
        max_length=50_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    for_present = forms.BooleanField(
        label=gettext_lazy("Only those who came may read this"),
        required=False,
        help_text=gettext_lazy("Then it stands in no feed and no search, and guests never see it."),
    )

    def __init__(self, data: Any = None, *, session: Session) -> None:
        initial = {name: getattr(session, name) for name in NOTES} | {"for_present": session.notes_for_present}
        super().__init__(data, initial=initial)
        if session.format != Format.CASE_CLINIC and not session.notes_for_present:
            del self.fields["for_present"]


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def notes(request: MemberRequest, number: int) -> HttpResponse:
    """Writes the notes of a session."""
    now = timezone.now()
    session = visible_session(request, number, now)
    if not may_write_notes(session, request.user):
        raise PermissionDenied
    form = NotesForm(request.POST if request.method == "POST" else None, session=session)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        context = {"form": form, "session": session}
        return moved_to(request, session) or render_page(request, "sessions/write_notes.html", context, status=status)
    texts = {name: form.cleaned_data[name] for name in NOTES}
    write_notes(session, for_present=form.cleaned_data.get("for_present", False), by=request.user, now=now, **texts)
    messages.success(request, _("The notes are saved."))
    return redirect(session)


@require_safe
@members_only
def history(request: MemberRequest, number: int) -> HttpResponse:
    """Every edit of the notes, for whoever may read them."""
    session = visible_session(request, number, timezone.now())
    me = Coming.to(session).of(request.user)
    if not may_read_notes(session, request.user, came=bool(me.came), leads=me.leads):
        raise PermissionDenied
    labels = {name: str(NotesForm.base_fields[name].label) for name in NOTES}
    context = {"session": session, "versions": versions_of(session, labels)}
    return moved_to(request, session) or render_page(request, "sessions/notes_history.html", context)

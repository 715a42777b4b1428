"""The pages of a coaching group and of what one tells the matcher. Rounds have `practice.round_views`."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from members.once import once
from members.rights import MemberRequest, members_only
from practice import coaching_actions as actions
from practice.coaching_forms import CheckInForm, GoalsForm, NotAgainForm, NoteForm, PreferencesForm
from practice.getting import own_group, today_of
from practice.group_page import current_group, goals_of, group_page
from practice.models import (
    CheckIn,
    CoachingGroup,
    CoachingPreferences,
    CoachingRound,
    Goal,
    GroupMember,
    GroupNote,
    OptIn,
    Plan,
    SharedReflection,
)

UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@members_only
def coaching(request: MemberRequest) -> HttpResponse:
    """Rounds to join, one's groups, and for facilitators all rounds."""
    today, me = today_of(request.user), request.user
    joined = set(OptIn.objects.filter(member=me).values_list("round", flat=True))
    rounds = [(one, one.pk in joined) for one in CoachingRound.objects.gathering()]
    mine = GroupMember.objects.published().filter(member=me).select_related("group__round").order_by("-round__number")
    context = {
        "rounds": rounds,
        "group": current_group(me, on=today),
        "mine": [row.group for row in mine],
        "all_rounds": CoachingRound.objects.all() if me.may_facilitate else (),
        "pause": CoachingPreferences.of(me).paused_until,
        "today": today,
    }
    return render_page(request, "practice/coaching.html", context)


@write
@members_only
def preferences(request: MemberRequest) -> HttpResponse:
    """What the matcher knows of one, and nobody else does."""
    data = request.POST if request.method == "POST" else None
    form = PreferencesForm(data, member=request.user, today=today_of(request.user))
    if not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else HTTPStatus.OK
        return render_page(request, "practice/preferences.html", {"form": form}, status=status)
    actions.save_preferences(request.user, **form.cleaned_data)
    messages.success(request, _("Saved. Only the matcher reads it."))
    return redirect("practice:coaching")


@require_safe
@members_only
def group(request: MemberRequest, number: int) -> HttpResponse:
    """One's own group."""
    found = own_group(request, number)
    return moved_to(request, found) or _show_group(request, found)


def _show_group(request: MemberRequest, group: CoachingGroup, status: int = HTTPStatus.OK, **more: Any) -> HttpResponse:
    today, me = today_of(request.user), request.user
    page = group_page(group, me, today=today)
    goals = {f"goal_{goal.position}": goal.text for goal in Goal.objects.filter(group=group, member=me)}
    partners = [one.member.pk for one in page.partners]
    context = {
        "page": page,
        "goals": goals_of(group),
        "notes": group.notes.select_related("by"),
        "plans": Plan.objects.visible_to(me, on=today).running().filter(member__in=partners).select_related("member"),
        "shared": SharedReflection.objects.filter(group=group).select_related("reflection__member"),
        "goals_form": GoalsForm(initial=goals),
        "note_form": NoteForm(),
        "again_form": NotAgainForm(group=group, member=me) if page.has_ended else None,
        "now": timezone.now(),
        **more,
    }
    return render_page(request, "practice/group.html", context, status=status)


@members_only
@require_POST
def goals(request: MemberRequest, number: int) -> HttpResponse:
    found, form = own_group(request, number), GoalsForm(request.POST)
    if not form.is_valid():
        return _show_group(request, found, UNPROCESSABLE, goals_form=form)
    actions.set_goals(found, request.user, form.texts())
    messages.success(request, _("Your goals are kept."))
    return redirect(found)


@write
@members_only
def check_in(request: MemberRequest, number: int, which: int) -> HttpResponse:
    """Met, moved, not this time."""
    found = own_group(request, number)
    row = get_object_or_404(CheckIn, group=found, number=which)
    options: dict[str, Any] = {"check_in": row, "coaching_round": found.round}
    initial = {"outcome": row.outcome, "on": row.on if row.outcome == CheckIn.Outcome.MOVED else None}
    form = CheckInForm(request.POST if request.method == "POST" else None, initial=initial, **options)
    if not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else HTTPStatus.OK
        context = {"form": form, "group": found, "row": row}
        return moved_to(request, found) or render_page(request, "practice/check_in.html", context, status=status)
    actions.check_in(row, form.cleaned_data["outcome"], form.day())
    messages.success(request, _("Saved."))
    return redirect(found)


@members_only
@require_POST
def note(request: MemberRequest, number: int) -> HttpResponse:
    found, form, now = own_group(request, number), NoteForm(request.POST), timezone.now()
    if not form.is_valid():
        return _show_group(request, found, UNPROCESSABLE, note_form=form)

    def create() -> str:
        actions.write_note(found, form.cleaned_data["text"], by=request.user, now=now)
        return found.get_absolute_url()

    return redirect(once(request.user, form.cleaned_data["key"], create=create, now=now))


@write
@members_only
def delete_note(request: MemberRequest, number: int, note: int) -> HttpResponse:
    """One's own note, after a question."""
    found = own_group(request, number)
    row = get_object_or_404(GroupNote, group=found, by=request.user, pk=note)
    if request.method != "POST":
        page = {"group": found, "note": row}
        return moved_to(request, found) or render_page(request, "practice/note_delete.html", page)
    row.delete()
    messages.success(request, _("The note is gone."))
    return redirect(found)


@members_only
@require_POST
def not_again(request: MemberRequest, number: int) -> HttpResponse:
    """With whom one would rather not be again, asked when the round is over."""
    found = own_group(request, number)
    if not found.round.has_ended(today_of(request.user)):
        raise Http404
    form = NotAgainForm(request.POST, group=found, member=request.user)
    if not form.is_valid():
        return _show_group(request, found, UNPROCESSABLE, again_form=form)
    actions.rather_not_again(found, request.user, form.cleaned_data["others"])
    messages.success(request, _("Saved. Only the matcher reads it."))
    return redirect(found)

"""The pages of coaching rounds: joining one and, for facilitators, drawing and publishing its groups."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cop_portal.lib.addresses import moved_to
from cop_portal.lib.htmx import render_page
from members.models import Community, Member, Skill
from members.once import once
from members.rights import MemberRequest, facilitators_only, members_only
from practice import coaching_actions as actions
from practice.coaching_forms import DrawForm, RoundForm, SwapForm, TakePartForm
from practice.drawing import pool_of, taking_part
from practice.getting import today_of
from practice.group_page import day_words
from practice.models import CheckIn, CoachingGroup, CoachingPreferences, CoachingRound, GroupMember, OptIn
from practice.reasons import pairs_with_reasons
from sessions.models import may_take_part

UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
write = require_http_methods(["GET", "HEAD", "POST"])


def _round(number: int) -> CoachingRound:
    return get_object_or_404(CoachingRound, pk=number)


@write
@facilitators_only
def new_round(request: MemberRequest) -> HttpResponse:
    """Opens a round that people can join."""
    today, now = today_of(request.user), timezone.now()
    form = RoundForm(request.POST if request.method == "POST" else None, today=today)
    if not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else HTTPStatus.OK
        return render_page(request, "practice/new_round.html", {"form": form}, status=status)
    row = form.save(commit=False)
    return redirect(
        once(request.user, form.cleaned_data["key"], create=lambda: actions.open_round(row, now=now), now=now)
    )


@require_safe
@members_only
def round_(request: MemberRequest, number: int) -> HttpResponse:
    """A round: when, whether one takes part; for facilitators the draft and its reasons."""
    found = _round(number)
    return moved_to(request, found) or _show(request, found)


def _show(request: MemberRequest, found: CoachingRound, status: int = HTTPStatus.OK, **more: Any) -> HttpResponse:
    today, me = today_of(request.user), request.user
    mine = GroupMember.objects.published().filter(round=found, member=me).select_related("group").first()
    context = {
        "round": found,
        "first_day": day_words(found.starts_on, today),
        "last_day": day_words(found.ends_on, today),
        "takes_part": OptIn.objects.filter(round=found, member=me).exists(),
        "paused": CoachingPreferences.of(me).is_paused(found.starts_on),
        "joined": OptIn.objects.filter(round=found).count(),
        "group": mine.group if mine else None,
        "unmatched": found.unmatched.filter(member=me).first() if found.is_published else None,
        "may_take_part": may_take_part(me, Community.current()),
        **(_of_facilitators(found) if me.may_facilitate else {}),
        **more,
    }
    fragment = "drawing" if me.may_facilitate and not found.is_published and request.method == "GET" else None
    return render_page(request, "practice/round.html", context, fragment=fragment, status=status)


def _of_facilitators(found: CoachingRound) -> dict[str, Any]:
    if found.is_published:
        return {"met": _met(found), "facilitates": True}
    context: dict[str, Any] = {"facilitates": True, "people": taking_part(found), "swap_form": _swap_form(found)}
    return context | _draft(found) if found.state == CoachingRound.State.DRAFT else context


def _met(found: CoachingRound) -> dict[str, int]:
    """How many groups met so far, of how many."""
    groups = CoachingGroup.objects.filter(round=found)
    return {"n": groups.filter(check_ins__outcome=CheckIn.Outcome.MET).distinct().count(), "all": groups.count()}


def _draft(found: CoachingRound) -> dict[str, Any]:
    """The groups of a draft with what speaks for each pair, and who has none."""
    pool = pool_of(found)
    skills = dict(Skill.objects.values_list("pk", "name"))
    groups: list[dict[str, Any]] = []
    for group in found.groups.prefetch_related("group_members__member__team"):
        people = [row.member for row in group.group_members.all()]
        groups.append({"people": people, "pairs": pairs_with_reasons(people, pool, skills)})
    grouped = {one.pk for group in groups for one in group["people"]}
    left = list(found.unmatched.select_related("member"))
    known = grouped | {row.member_id for row in left}
    return {
        "groups": groups,
        "left": [{"member": row.member, "reason": _(row.reason)} for row in left],
        "late": [one.id for one in pool.people if one.id not in known],
        "seed": found.seed,
        "window": found.window,
    }


def _swap_form(found: CoachingRound, data: Any = None) -> SwapForm:
    in_draft = Member.objects.filter(coaching_groups__round=found) | Member.objects.filter(
        pk__in=found.unmatched.values("member")
    )
    return SwapForm(data, people=in_draft.distinct().order_by("name", "pk"))


@members_only
@require_POST
def take_part(request: MemberRequest, number: int) -> HttpResponse:
    """In or out, for this round."""
    found = _round(number)
    if not may_take_part(request.user, Community.current()):
        raise PermissionDenied
    form = TakePartForm(request.POST)
    if not form.is_valid():
        return _show(request, found, UNPROCESSABLE)
    try:
        if form.cleaned_data["answer"] == "in":
            actions.join(found, request.user, now=timezone.now())
        else:
            actions.leave(found, request.user)
    except actions.RoundClosedError:
        messages.warning(request, _("The groups of this round are known already."))
    else:
        joined = form.cleaned_data["answer"] == "in"
        messages.success(request, _("You take part.") if joined else _("Not this time. You can still join."))
    return redirect(found)


@facilitators_only
@require_POST
def draw(request: MemberRequest, number: int) -> HttpResponse:
    """Has the worker draw, or stops it."""
    found, form = _round(number), DrawForm(request.POST)
    if not form.is_valid():
        return _show(request, found, UNPROCESSABLE)
    try:
        (actions.start_draw if form.cleaned_data["what"] == "draw" else actions.stop_draw)(found)
    except actions.RoundClosedError:
        messages.warning(request, _("The groups of this round are known already."))
    return redirect(found)


@facilitators_only
@require_POST
def swap(request: MemberRequest, number: int) -> HttpResponse:
    """Two people of a draft change places."""
    found = _round(number)
    form = _swap_form(found, request.POST)
    if not form.is_valid():
        return _show(request, found, UNPROCESSABLE, swap_form=form)
    try:
        actions.swap(found, form.cleaned_data["first"], form.cleaned_data["second"])
    except actions.AgainstTheRulesError:
        form.add_error(None, _("The rules keep some of them apart. Nothing was changed."))
        return _show(request, found, UNPROCESSABLE, swap_form=form)
    except actions.RoundClosedError:
        messages.warning(request, _("The groups of this round are known already."))
    else:
        messages.success(request, _("They changed places."))
    return redirect(found)


@write
@facilitators_only
def publish(request: MemberRequest, number: int) -> HttpResponse:
    """Everyone learns their group, after a question."""
    found = _round(number)
    if request.method != "POST":
        return moved_to(request, found) or render_page(request, "practice/publish.html", {"round": found})
    try:
        actions.publish(found, now=timezone.now())
    except actions.RoundClosedError:
        messages.warning(request, _("The groups of this round are known already."))
    except actions.EmptyDraftError:
        messages.error(request, _("There are no groups yet. Draw them first."))
    except actions.StaleDraftError:
        messages.error(request, _("Since the draft something has changed. Please draw again."))
    else:
        messages.success(request, _("Published. Everyone has been told their own group."))
    return redirect(found)


@write
@facilitators_only
def delete_round(request: MemberRequest, number: int) -> HttpResponse:
    """Away with a round that nobody has been told of, after a question."""
    found = get_object_or_404(CoachingRound.objects.gathering(), pk=number)
    if request.method != "POST":
        return moved_to(request, found) or render_page(request, "practice/round_delete.html", {"round": found})
    try:
        actions.delete_round(found)
    except actions.RoundClosedError:
        messages.warning(request, _("The groups of this round are known already."))
        return redirect(found)
    messages.success(request, _("The round is gone."))
    return redirect("practice:coaching")
